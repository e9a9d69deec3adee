import BelayCompiler
import BelayEngine
import Cryptography

/// Where records and the state that follows from them are kept: what a medium must offer to `StoreCore`.
///
/// All calls happen inside one transaction of one writer. Keys that records know by hash are given with their plain
/// name beside it. Rows are written as told; what they should say is decided above.
protocol StateTables: AnyObject {
    // MARK: The log

    func append(_ stored: StoredRecord, leaf: Digest) throws(StoreError)
    /// Told of every complete subtree as the log grows.
    func complete(level: Int, index: Int64, hash: Digest) throws(StoreError)
    /// The hash of a chain's last record.
    func head(of chain: String) throws(StoreError) -> Digest?
    func payload(_ index: Int64, _ name: String) throws(StoreError) -> StoredPayload?
    /// Erases the payloads of an incident's and its runs' records; the answer is how many there were.
    func erasePayloads(incident: String) throws(StoreError) -> Int

    // MARK: Runs

    func run(_ id: String) throws(StoreError) -> RunRow?
    func insert(_ run: RunRow) throws(StoreError)
    func update(_ run: RunRow) throws(StoreError)
    func setLease(run: String, until: Duration) throws(StoreError)
    func dueRuns(
        _ count: Int, now: Timestamp, uptime: Duration, boot: String
    ) throws(StoreError) -> [RunRow]
    /// Some run of the incident that is not final.
    func openRun(of incident: String) throws(StoreError) -> String?

    // MARK: Incidents

    func incident(_ id: String) throws(StoreError) -> FoldedIncident?
    func incident(delivery: Digest) throws(StoreError) -> FoldedIncident?
    func insert(_ incident: FoldedIncident, _ door: IncidentDoor) throws(StoreError)
    func update(_ incident: FoldedIncident) throws(StoreError)
    func setWake(incident: String, at: Timestamp?) throws(StoreError)

    // MARK: Limits, targets, pauses, programs

    func holder(of target: Digest) throws(StoreError) -> String?
    func take(target: Digest, name: String, run: String) throws(StoreError)
    func free(target: Digest?, run: String) throws(StoreError)
    func reserve(_ entry: LedgerRow) throws(StoreError)
    func commit(kind: String, key: Digest?, run: String, at: Timestamp) throws(StoreError)
    func release(kind: String?, key: Digest?, run: String) throws(StoreError)
    func setPause(id: String, scope: String, index: Int64) throws(StoreError)
    func liftPause(id: String) throws(StoreError)
    func insert(_ program: ProgramText) throws(StoreError)
}

/// What an incident's row holds besides what its records say: how it is recognised at the door.
struct IncidentDoor {
    /// The index of the record of its acceptance: the order in which incidents came.
    var index: Int64
    var delivery: Digest
    var problem: Digest
    var startedAt: Timestamp
    var receivedAt: Timestamp
}

/// A row of the limit ledger, named by the index of the record that made it.
struct LedgerRow {
    var index: Int64
    var kind: String
    var key: Digest
    var name: String
    var run: String
    var rule: String
    var at: Timestamp
}
