package import BelayCompiler
import JSON

extension Operations {
    /// Stops changes within a scope; the answer is the pause's id. `expires` nil: until somebody lifts it.
    package func pause(
        _ scope: String, reason: String, by person: Person, expires: Timestamp?
    ) async throws(OperationProblem) -> String {
        let scope = try Self.scope(scope)
        guard !reason.isEmpty else { throw .invalid("a pause needs a reason") }
        if let expires, expires <= world.now() { throw .invalid("a pause ends in the future") }
        var body: JSONObject = [
            "reason": .string(reason), "owner": .string(person.name),
            "proof": .string(person.proof),
        ]
        body["expires"] = expires.map { .string($0.rfc3339) }
        let draft = RecordDraft(
            .pauseSet, actor: .person(RecordText.name(from: person.name)), target: scope.text,
            payloads: [PayloadDraft("pause", .object(body))])
        let receipt = try await commit([.record(draft)])
        guard let id = receipt.records.first?.id else {
            preconditionFailure("one write, one record")
        }
        return id
    }

    /// Lifts every pause of exactly that scope; the answer is their ids.
    package func resume(
        _ scope: String, by person: Person
    ) async throws(OperationProblem) -> [String] {
        let scope = try Self.scope(scope)
        let found = try await pauses().filter { $0.scope == scope.text }
        guard !found.isEmpty else { throw .notFound("there is no pause of \(scope.text)") }
        _ = try await commit(
            found.map { row in
                .record(
                    RecordDraft(
                        .pauseLifted, actor: .person(RecordText.name(from: person.name)),
                        target: row.scope, causedBy: row.id))
            })
        return found.map(\.id)
    }

    /// The pauses in force.
    package func pauses() async throws(OperationProblem) -> [PauseRow] {
        do throws(StoreError) {
            return try await store.pauses()
        } catch { throw .store(error) }
    }

    private func commit(_ writes: [StoreWrite]) async throws(OperationProblem) -> StoreReceipt {
        do throws(StoreError) { return try await store.commit(StoreTransaction(writes)) } catch {
            throw .store(error)
        }
    }

    private static func scope(_ text: String) throws(OperationProblem) -> Pause.Scope {
        guard let scope = Pause.Scope(text) else {
            throw .invalid(
                "'\(text)' is no scope: all, runbook/NAME, target/NAME or provider/NAME")
        }
        return scope
    }
}
