import BelayCompiler
import BelayEngine
import JSON

/// The kill switch: what is paused, and pausing and resuming it.
struct PauseRoutes: Sendable {
    let operations: Operations
    let supervisor: Supervisor

    var routes: [Route] {
        [
            Route("GET", "/v1/pauses", .read) { _, _ in
                do throws(OperationProblem) {
                    let rows = try await operations.pauses()
                    return APIAnswer(
                        200, ["schema_version": "1.0", "pauses": .array(rows.map(Self.json))])
                } catch { return .refusal(error) }
            },
            Route("POST", "/v1/pause", .operate) { request, _ in
                do throws(OperationProblem) {
                    return try await pause(
                        Said(
                            request, operations, members: ["scope", "reason", "expires"]))
                } catch {
                    return .refusal(error)
                }
            },
            Route("POST", "/v1/resume", .operate) { request, _ in
                do throws(OperationProblem) {
                    let said = try await Said(request, operations, members: ["scope"])
                    let lifted = try await operations.resume(
                        said.text("scope") ?? "all", by: said.person)
                    supervisor.ring()
                    return APIAnswer(
                        200,
                        [
                            "lifted": .array(lifted.map(JSONValue.string)),
                            "by": .string(said.person.name),
                        ])
                } catch { return .refusal(error) }
            },
        ]
    }

    private func pause(_ said: Said) async throws(OperationProblem) -> APIAnswer {
        var expires: Timestamp?
        if let text = said.text("expires") {
            guard let time = Timestamp(rfc3339: text) else {
                throw .invalid("expires '\(text)' is no time such as 2026-03-01T02:00:00Z")
            }
            expires = time
        }
        let scope = said.text("scope") ?? "all"
        let id = try await operations.pause(
            scope, reason: said.text("reason") ?? "", by: said.person, expires: expires)
        var answer: JSONObject = ["pause": .string(id), "by": .string(said.person.name)]
        answer["warning"] = warning(scope).map(JSONValue.string)
        return APIAnswer(201, .object(answer))
    }

    /// Says that the program and the environment in force have no such name; the pause is set by then, for it may
    /// be one that only incidents name.
    private func warning(_ scope: String) -> String? {
        guard let scope = Pause.Scope(scope) else { return nil }
        let loaded = supervisor.program
        return PausableNames(loaded.program, in: loaded.environment).warning(of: scope)
    }

    private static func json(_ row: PauseRow) -> JSONValue {
        let pause = Pause(row)
        var object: JSONObject = [
            "id": .string(row.id), "scope": .string(row.scope), "reason": .string(pause.reason),
            "owner": .string(pause.owner), "since": .string(row.at.rfc3339),
        ]
        object["expires"] = pause.expires.map { .string($0.rfc3339) }
        return .object(object)
    }
}
