package import BelayCompiler
package import Cryptography

/// The journal and the state that follows from it: all that survives the process.
///
/// One writer at a time decides; reads see all that was durable before they began. An incident, a run and a record
/// are named by lower-case UUIDs (`UUIDv7.make`). A store serves one boot: it is opened, writes `log.started`, and
/// ends with `close`. Times come from the `World` that the store was opened with; leases count on its `uptime`, so
/// a wall clock that jumps ends none.
package protocol Store: Sendable {
    /// Random for each opening; the owner of all runs claimed here.
    var boot: String { get }

    // MARK: Writing. What these return is durable: the medium has synced it.

    /// Takes a delivery in one transaction; the answer has one acceptance for each incident, in order. A repeat of
    /// a delivery id gets the id of the first. A repeat whose last decision made no run is `received` again.
    func accept(_ delivery: AcceptedDelivery) async throws(StoreError) -> [Acceptance]

    /// Carries out one transaction. On an error nothing of it is kept, whatever else commits beside it.
    @discardableResult
    func commit(_ transaction: StoreTransaction) async throws(StoreError) -> StoreReceipt

    /// Claims at most `count` due runs, oldest first: `ready` ones, `waiting` ones whose time has come, `running`
    /// ones whose lease is over or whose boot is gone (`run.lease_lost` first). Writes `run.claimed` for each.
    func claim(_ count: Int, for duration: Duration) async throws(StoreError) -> [ClaimedRun]

    /// Prolongs leases; the answer has those that are still ours. No record.
    func renew(_ leases: [RunLease], for duration: Duration) async throws(StoreError) -> [RunLease]

    /// Erases the payloads of an incident and its runs, which must be final, and writes `payloads.forgotten`;
    /// records stay. The answer is how many payloads went.
    func forget(incident: String, actor: RecordActor) async throws(StoreError) -> Int

    // MARK: Reading

    func run(_ id: String) async throws(StoreError) -> RunRow?

    func runs(_ filter: RunFilter) async throws(StoreError) -> [RunRow]

    func incident(_ id: String) async throws(StoreError) -> IncidentRow?

    /// In the order in which they came; of those due, the ones whose time has come before the received.
    func incidents(_ filter: IncidentFilter) async throws(StoreError) -> [IncidentRow]

    /// All records of a run in order: what its state is folded from.
    func events(ofRun id: String) async throws(StoreError) -> [StoredRecord]

    /// Records in index order.
    func records(_ query: RecordQuery) async throws(StoreError) -> [StoredRecord]

    /// The ledger, without entries that were committed before `horizon`, and with `version` for the transaction
    /// that reserves.
    func limits(committedSince horizon: Timestamp) async throws(StoreError) -> LimitSnapshot

    func program(_ digest: Digest) async throws(StoreError) -> ProgramText?

    // MARK: The log

    /// Signs the log as it stands and keeps the note outside the database too. At most one a second: `nil` when it
    /// is too early or nothing is new; `always` signs anyway (hourly when idle). Throws `forked` rather than sign
    /// over what was signed before.
    func checkpoint(always: Bool) async throws(StoreError) -> SignedCheckpoint?

    /// Signs a last checkpoint and gives the store up; every later call throws `closed`.
    func close() async
}

/// A run that this boot may carry on.
package struct ClaimedRun: Sendable, Hashable {
    package var run: RunRow
    package var lease: RunLease
    /// The phase it was found in: `running` means that its last holder lost it, so look for a bare intent.
    package var found: RunPhase

    package init(run: RunRow, lease: RunLease, found: RunPhase) {
        self.run = run
        self.lease = lease
        self.found = found
    }
}

/// Which runs to read; all that is given must hold.
package struct RunFilter: Sendable, Hashable {
    package var phases: [RunPhase]?
    package var incident: String?
    package var rule: String?
    /// Newest first; at most this many.
    package var limit: Int

    package init(
        phases: [RunPhase]? = nil, incident: String? = nil, rule: String? = nil, limit: Int = 1000
    ) {
        self.phases = phases
        self.incident = incident
        self.rule = rule
        self.limit = limit
    }

    package static let open: [RunPhase] = [.ready, .running, .waiting]
}

/// Which incidents to read.
package enum IncidentFilter: Sendable, Hashable {
    /// Those to decide now: received, or suppressed until a time that has come.
    case due(limit: Int)
    /// All reports of one problem, resolve notices too, whenever they came.
    case problem(source: String, fingerprint: String)
    /// The newest.
    case latest(limit: Int)
}

/// Which records to read; all that is given must hold.
package struct RecordQuery: Sendable, Hashable {
    /// The first index that may be answered: the last one read plus one, to page.
    package var from: Int64
    package var limit: Int
    /// The incident itself and all its runs.
    package var incident: String?
    package var run: String?
    package var kinds: [RecordKind]?
    package var since: Timestamp?
    package var until: Timestamp?
    package var withPayloads: Bool

    package init(
        from: Int64 = 0, limit: Int = 1000, incident: String? = nil, run: String? = nil,
        kinds: [RecordKind]? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
        withPayloads: Bool = true
    ) {
        self.from = from
        self.limit = limit
        self.incident = incident
        self.run = run
        self.kinds = kinds
        self.since = since
        self.until = until
        self.withPayloads = withPayloads
    }
}
