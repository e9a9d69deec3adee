import BelayCompiler
import BelayEngine
import BelayStore
import Cryptography
import Synchronization

/// A store whose writes fail as a full or broken disk makes them fail, while somebody wishes so.
final class FailingStore: Store {
    private let inner: any Store
    private let failure = Mutex<StoreError?>(nil)

    init(_ inner: any Store) { self.inner = inner }

    func fail(_ error: StoreError?) { failure.withLock { $0 = error } }

    private func check() throws(StoreError) {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    var boot: String { inner.boot }

    func accept(_ delivery: AcceptedDelivery) async throws(StoreError) -> [Acceptance] {
        try check()
        return try await inner.accept(delivery)
    }

    func decide<Value: Sendable>(
        _ decisions: [StoreDecision<Value>]
    ) async -> [Result<StoreAnswer<Value>, StoreError>] {
        do throws(StoreError) { try check() } catch {
            return decisions.map { _ in .failure(error) }
        }
        return await inner.decide(decisions)
    }

    func claim(_ count: Int, for duration: Duration) async throws(StoreError) -> [ClaimedRun] {
        try check()
        return try await inner.claim(count, for: duration)
    }

    func renew(_ leases: [RunLease], for duration: Duration) async throws(StoreError) -> [RunLease]
    {
        try check()
        return try await inner.renew(leases, for: duration)
    }

    func forget(incident: String, actor: RecordActor) async throws(StoreError) -> Int {
        try await inner.forget(incident: incident, actor: actor)
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreView) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await inner.read(body)
    }

    func checkpoint(always: Bool) async throws(StoreError) -> SignedCheckpoint? {
        try check()
        return try await inner.checkpoint(always: always)
    }
    func close() async { await inner.close() }
}
