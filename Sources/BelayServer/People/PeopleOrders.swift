package import BelayCompiler
package import BelayEngine
import JSON

/// Gives people tokens and takes them away, and keeps on record who did: the daemon's API and the commands act through
/// this.
package struct PeopleOrders: Sendable {
    let file: PeopleFile
    let store: any Store
    let world: any World

    package init(file: PeopleFile, store: any Store, world: any World) {
        self.file = file
        self.store = store
        self.world = world
    }

    /// The record is there before the token counts; if it cannot be written, there is no token.
    package func add(_ token: PersonToken, by person: Person) async throws(OperationProblem) {
        _ = try Self.change(file) { $0 }
        try await record(.authGranted, [token], by: person)
        do throws(OperationProblem) {
            _ = try Self.change(file) { tokens in tokens + [token] }
        } catch {
            try await record(.authRevoked, [token], by: person, reason: "not_written")
            throw error
        }
    }

    /// Ends all tokens of a person that are good; the answer is how many. They end before the record is written: a
    /// journal that cannot be written lets nobody keep a token.
    package func revoke(_ name: String, by person: Person) async throws(OperationProblem) -> Int {
        let ended = try Self.end(name, in: file, at: world.now())
        try await record(.authRevoked, ended, by: person)
        return ended.count
    }

    /// Ends them without a record, for where no journal can be written; the answer is what they were.
    package static func end(
        _ name: String, in file: PeopleFile, at now: Timestamp
    ) throws(OperationProblem) -> [PersonToken] {
        func isMeant(_ token: PersonToken) -> Bool {
            token.name == name && token.standing(at: now) == .active
        }
        let before = try change(file) { tokens in
            tokens.map { token in
                var token = token
                if isMeant(token) { token.revokedAt = now }
                return token
            }
        }
        var ended = before.filter(isMeant)
        guard !ended.isEmpty else {
            let near = Suggestion.nearest(to: name, in: before.map(\.name).filter { $0 != name })
            throw .conflict(
                "\(name) has no token that is good"
                    + (near.map { "; did you mean \($0)?" } ?? "; belay token list"))
        }
        for place in ended.indices { ended[place].revokedAt = now }
        return ended
    }

    /// Changes the tokens, and nobody else meanwhile; what they were.
    private static func change(
        _ file: PeopleFile, _ body: ([PersonToken]) -> [PersonToken]
    ) throws(OperationProblem) -> [PersonToken] {
        do throws(PeopleFile.Problem) { return try file.change(body) } catch {
            throw .conflict(error.message)
        }
    }

    /// Whose tokens and which roles; never a token or its hash.
    private func record(
        _ kind: RecordKind, _ tokens: [PersonToken], by person: Person, reason: String? = nil
    ) async throws(OperationProblem) {
        let writes = tokens.map { token -> StoreWrite in
            let roles = token.roles.map(\.rawValue)
            var body: JSONObject = [
                "name": .string(token.name), "roles": .array(roles.map(JSONValue.string)),
                "created_at": .string(token.createdAt.rfc3339), "proof": .string(person.proof),
            ]
            body["expires_at"] = token.expiresAt.map { .string($0.rfc3339) }
            return .record(
                RecordDraft(
                    kind, actor: .person(RecordText.name(from: person.name)), reason: reason,
                    payloads: [
                        PayloadDraft("token", .object(body)),
                        .message("\(token.name): \(roles.joined(separator: ", "))"),
                    ]))
        }
        do throws(StoreError) { try await store.commit(StoreTransaction(writes)) } catch {
            throw .store(error)
        }
    }
}
