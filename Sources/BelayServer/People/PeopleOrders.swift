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
        let tokens = try Self.read(file)
        try await record(.authGranted, [token], by: person)
        do throws(OperationProblem) { try Self.write(tokens + [token], file) } catch {
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
        var tokens = try read(file)
        let places = tokens.indices.filter {
            tokens[$0].name == name && tokens[$0].standing(at: now) == .active
        }
        guard !places.isEmpty else {
            let near = Suggestion.nearest(to: name, in: tokens.map(\.name).filter { $0 != name })
            throw .conflict(
                "\(name) has no token that is good"
                    + (near.map { "; did you mean \($0)?" } ?? "; belay token list"))
        }
        for place in places { tokens[place].revokedAt = now }
        try write(tokens, file)
        return places.map { tokens[$0] }
    }

    private static func read(_ file: PeopleFile) throws(OperationProblem) -> [PersonToken] {
        do throws(PeopleFile.Problem) { return try file.read() } catch {
            throw .conflict(error.message)
        }
    }

    private static func write(
        _ tokens: [PersonToken], _ file: PeopleFile
    ) throws(OperationProblem) {
        do throws(PeopleFile.Problem) { try file.write(tokens) } catch {
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
