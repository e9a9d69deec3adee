import BelayCompiler
import BelayEngine
import Cryptography
import JSON
import Synchronization

/// One life of the simulated process: it dies at a boundary that the schedule names, and nothing of it acts after.
final class Process: Sendable {
    private struct State {
        var boundaries = 0
        var isDead = false
    }

    private let state = Mutex(State())
    /// The boundary at which it dies; nil: it lives on.
    let diesAt: Int?

    init(diesAt: Int?) { self.diesAt = diesAt }

    var isDead: Bool { state.withLock { $0.isDead } }

    /// Passes one boundary; false if the process is dead from here on.
    func pass() -> Bool {
        state.withLock { state in
            guard !state.isDead else { return false }
            state.boundaries += 1
            if state.boundaries == diesAt { state.isDead = true }
            return !state.isDead
        }
    }
}

/// What really happened outside, whatever the journal says: the oracle of a schedule.
final class EffectLedger: Sendable {
    struct Effect: Sendable {
        var key: String
        var path: String
        var attempt: Int
        var recovery: RecoveryClass
        var effect: BelayCompiler.Effect
        /// Whether its intent was on disk when it happened.
        var hadIntent: Bool
    }

    private struct State {
        var effects: [Effect] = []
        var intents: Set<String> = []
    }

    private let state = Mutex(State())

    var effects: [Effect] { state.withLock { $0.effects } }

    func note(intentsOf transaction: StoreTransaction) {
        for write in transaction.writes {
            guard case .record(let draft) = write, draft.kind == .stepIntent, let key = draft.idem
            else { continue }
            _ = state.withLock { $0.intents.insert("\(key) \(draft.attempt ?? 0)") }
        }
    }

    func happen(_ request: ActionRequest) {
        state.withLock { state in
            let name = "\(request.idempotencyKey) \(request.attempt)"
            state.effects.append(
                Effect(
                    key: request.idempotencyKey, path: request.step, attempt: request.attempt,
                    recovery: request.recovery, effect: request.effect,
                    hadIntent: state.intents.contains(name)))
        }
    }
}

/// A store that dies with its process, before or after a transaction became durable.
struct MortalStore: Store {
    let inner: any Store
    let process: Process
    let ledger: EffectLedger

    var boot: String { inner.boot }

    private func alive() throws(StoreError) {
        guard process.pass() else { throw .closed }
    }

    func accept(_ delivery: AcceptedDelivery) async throws(StoreError) -> [Acceptance] {
        try alive()
        let answer = try await inner.accept(delivery)
        try alive()
        return answer
    }

    func decide<Value: Sendable>(
        _ decisions: [StoreDecision<Value>]
    ) async -> [Result<StoreAnswer<Value>, StoreError>] {
        var answers: [Result<StoreAnswer<Value>, StoreError>] = []
        for decision in decisions {
            do throws(StoreError) {
                try alive()
                let answer = try await inner.decide { view throws(StoreError) in
                    let proposal = try decision(view)
                    return StoreProposal(proposal.transaction, proposal)
                }
                ledger.note(intentsOf: answer.value.transaction)
                try alive()
                answers.append(
                    .success(StoreAnswer(receipt: answer.receipt, value: answer.value.value)))
            } catch { answers.append(.failure(error)) }
        }
        return answers
    }

    func claim(_ count: Int, for duration: Duration) async throws(StoreError) -> [ClaimedRun] {
        try alive()
        let claimed = try await inner.claim(count, for: duration)
        try alive()
        return claimed
    }

    func renew(_ leases: [RunLease], for duration: Duration) async throws(StoreError) -> [RunLease]
    {
        try alive()
        return try await inner.renew(leases, for: duration)
    }

    func forget(incident: String, actor: RecordActor) async throws(StoreError) -> Int {
        try await inner.forget(incident: incident, actor: actor)
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreView) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        guard !process.isDead else { throw .closed }
        return try await inner.read(body)
    }

    func checkpoint(always: Bool) async throws(StoreError) -> SignedCheckpoint? {
        try await inner.checkpoint(always: always)
    }

    func close() async { await inner.close() }
}

/// A provider with faults at every boundary: not sent, done and lost, slow, refused.
struct FaultyProvider: ActionProvider {
    let contract: ProviderContract
    let world: VirtualWorld
    let process: Process
    let ledger: EffectLedger
    let chance: Chance

    /// The schedule's random choices, shared by all calls.
    final class Chance: Sendable {
        private let state: Mutex<Randomness>

        init(seed: UInt64) { state = Mutex(Randomness(seed: seed)) }

        func below(_ bound: Int) -> Int { state.withLock { $0.below(bound) } }
    }

    func perform(_ request: ActionRequest) async -> ActionOutcome {
        let fate = chance.below(100)
        if fate < 6 {
            return .failed(.unavailable, retryable: true, message: "not sent")
        }
        if fate < 10 { return .failed(.remote, retryable: false, message: "refused") }
        if fate < 25 {
            guard (try? await world.sleep(for: .seconds(chance.below(40)))) != nil else {
                return .lost(.cancelled, message: "broken off")
            }
        }
        guard process.pass() else { return .lost(.cancelled, message: "dead") }
        ledger.happen(request)
        guard process.pass() else { return .lost(.cancelled, message: "dead") }
        if fate > 92 { return .lost(.unavailable, message: "the answer was lost") }
        guard request.effect == .read else { return .succeeded([:]) }
        return .succeeded(["value": .integer(Int64(chance.below(100)))])
    }
}

/// No secrets in simulations.
struct NoSecrets: SecretOpener {
    func open(_ name: String) throws(SecretError) -> String { throw SecretError("no secrets") }
    func redact(_ text: String) -> String { text }
}
