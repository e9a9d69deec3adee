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

    @discardableResult
    func commit(_ transaction: StoreTransaction) async throws(StoreError) -> StoreReceipt {
        try check()
        return try await inner.commit(transaction)
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

    func run(_ id: String) async throws(StoreError) -> RunRow? { try await inner.run(id) }
    func runs(_ filter: RunFilter) async throws(StoreError) -> [RunRow] {
        try await inner.runs(filter)
    }
    func incident(_ id: String) async throws(StoreError) -> IncidentRow? {
        try await inner.incident(id)
    }
    func incidents(_ filter: IncidentFilter) async throws(StoreError) -> [IncidentRow] {
        try await inner.incidents(filter)
    }
    func events(ofRun id: String) async throws(StoreError) -> [StoredRecord] {
        try await inner.events(ofRun: id)
    }
    func records(_ query: RecordQuery) async throws(StoreError) -> [StoredRecord] {
        try await inner.records(query)
    }
    func limits(committedSince horizon: Timestamp) async throws(StoreError) -> LimitSnapshot {
        try await inner.limits(committedSince: horizon)
    }
    func program(_ digest: Digest) async throws(StoreError) -> ProgramText? {
        try await inner.program(digest)
    }
    func checkpoint(always: Bool) async throws(StoreError) -> SignedCheckpoint? {
        try check()
        return try await inner.checkpoint(always: always)
    }
    func close() async { await inner.close() }
}
