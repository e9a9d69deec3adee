import BelayCompiler
import BelayEngine
import JSON

/// Who may speak for themselves: giving and ending tokens. The token itself stays with whoever made it.
struct PeopleRoutes: Sendable {
    let orders: PeopleOrders
    let operations: Operations

    var routes: [Route] {
        [
            Route("POST", "/v1/people", .administer) { request, _ in
                do throws(OperationProblem) {
                    let said = try await Said(request, operations, members: ["token"])
                    let token = try token(said)
                    try await orders.add(token, by: said.person)
                    return APIAnswer(
                        201, ["name": .string(token.name), "by": .string(said.person.name)])
                } catch { return .refusal(error) }
            },
            Route("POST", "/v1/people/revoke", .administer) { request, _ in
                do throws(OperationProblem) {
                    let said = try await Said(request, operations, members: ["name"])
                    guard let name = said.text("name") else {
                        throw .invalid("'name' is missing: whose tokens end")
                    }
                    let count = try await orders.revoke(name, by: said.person)
                    return APIAnswer(
                        200,
                        ["revoked": .integer(Int64(count)), "by": .string(said.person.name)])
                } catch { return .refusal(error) }
            },
        ]
    }

    private func token(_ said: Said) throws(OperationProblem) -> PersonToken {
        guard case .object(var body)? = said.object("token") else {
            throw .invalid("'token' is missing: name, roles, sha256")
        }
        body["created_at"] = .string(orders.world.now().rfc3339)
        body["revoked_at"] = nil
        guard let token = PersonToken(.object(body)), PersonToken.isName(token.name) else {
            throw .invalid("'token' is not a name, roles and the SHA-256 of a token")
        }
        return token
    }
}
