import BelayCompiler

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

    /// Carries out decisions one after another, each in a transaction of its own: it reads, and what it answers is
    /// written before anybody else writes. One that fails leaves nothing behind and holds up none of the others.
    func decide<Value: Sendable>(
        _ decisions: [StoreDecision<Value>]
    ) async -> [Result<StoreAnswer<Value>, StoreError>]

    /// Claims at most `count` due runs, oldest first: `ready` ones, `waiting` ones whose time has come, `running`
    /// ones whose lease is over or whose boot is gone (`run.lease_lost` first). Writes `run.claimed` for each.
    func claim(_ count: Int, for duration: Duration) async throws(StoreError) -> [ClaimedRun]

    /// Prolongs leases; the answer has those that are still ours. No record.
    func renew(_ leases: [RunLease], for duration: Duration) async throws(StoreError) -> [RunLease]

    /// Erases the payloads of an incident and its runs, which must be final, and writes `payloads.forgotten`;
    /// records stay. The answer is how many payloads went.
    func forget(incident: String, actor: RecordActor) async throws(StoreError) -> Int

    // MARK: Reading

    /// Reads at one moment: nothing that was committed later is seen, however much is asked.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreView) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value

    // MARK: The log

    /// Signs the log as it stands and keeps the note outside the database too. At most one a second: `nil` when it
    /// is too early or nothing is new; `always` signs anyway (hourly when idle). Throws `forked` rather than sign
    /// over what was signed before.
    func checkpoint(always: Bool) async throws(StoreError) -> SignedCheckpoint?

    /// Signs a last checkpoint and gives the store up; every later call throws `closed`.
    func close() async
}

/// A decision within a transaction. It may be asked more than once and must do nothing but compute.
package typealias StoreDecision<Value: Sendable> =
    @Sendable (any StoreView) throws(StoreError) -> StoreProposal<Value>

/// What a decision wants to be written, and what its maker wants to know of it.
package struct StoreProposal<Value: Sendable>: Sendable {
    package var transaction: StoreTransaction
    package var value: Value

    package init(_ transaction: StoreTransaction, _ value: Value) {
        self.transaction = transaction
        self.value = value
    }
}

/// What became of a decision: it is durable.
package struct StoreAnswer<Value: Sendable>: Sendable {
    package var receipt: StoreReceipt
    package var value: Value

    package init(receipt: StoreReceipt, value: Value) {
        self.receipt = receipt
        self.value = value
    }
}

extension Store {
    /// Carries out one decision.
    package func decide<Value: Sendable>(
        _ decision: @escaping StoreDecision<Value>
    ) async throws(StoreError) -> StoreAnswer<Value> {
        try await decide([decision])[0].get()
    }

    /// Carries out one transaction that is known beforehand. On an error nothing of it is kept, whatever else
    /// commits beside it.
    @discardableResult
    package func commit(
        _ transaction: StoreTransaction
    ) async throws(StoreError) -> StoreReceipt {
        try await decide { _ throws(StoreError) in StoreProposal(transaction, ()) }.receipt
    }
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
