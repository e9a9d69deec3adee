import BelayCompiler
import BelayEngine
import Crypto
import GRDB

/// The state tables in SQLite, for the length of one transaction.
final class SQLiteTables: StateTables {
    /// How many chain heads are remembered before the memory starts afresh.
    private static let headLimit = 50_000

    private let db: Database
    /// The last hash of chains written to lately.
    private(set) var heads: [String: Digest]

    init(_ db: Database, heads: [String: Digest]) {
        self.db = db
        self.heads = heads
    }

    /// After a rollback, what was remembered may not be so.
    func forgetHeads() { heads.removeAll(keepingCapacity: true) }

    func execute(_ sql: String, _ arguments: StatementArguments) throws(StoreError) {
        try SQLiteFailure.attempt {
            try db.cachedStatement(sql: sql).execute(arguments: arguments)
        }
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws(StoreError) -> Row? {
        try SQLiteFailure.attempt {
            try Row.fetchOne(try db.cachedStatement(sql: sql), arguments: arguments)
        }
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws(StoreError) -> [Row] {
        try SQLiteFailure.attempt {
            try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments)
        }
    }

    /// How many rows the last statement changed.
    var changes: Int { db.changesCount }

    // MARK: The log

    func append(_ stored: StoredRecord, leaf: Digest) throws(StoreError) {
        let chain = stored.record.chain
        try execute(
            "INSERT INTO record(idx, id, chain, kind, at, leaf, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                stored.index, stored.record.id, chain, stored.record.kind.rawValue,
                stored.record.at.microseconds, leaf.blob, stored.bytes.blob,
            ])
        for payload in stored.payloads {
            try execute(
                "INSERT INTO payload(idx, name, salt, bytes) VALUES (?, ?, ?, ?)",
                [stored.index, payload.name, payload.salt.blob, payload.bytes.blob])
        }
        if heads.count >= Self.headLimit { forgetHeads() }
        heads[chain] = SHA256.hash(stored.bytes)
    }

    func complete(level: Int, index: Int64, hash: Digest) throws(StoreError) {
        guard level.isMultiple(of: StoredNodes.levelStep) else { return }
        try execute(
            "INSERT INTO node(level, idx, hash) VALUES (?, ?, ?)", [level, index, hash.blob])
    }

    func head(of chain: String) throws(StoreError) -> Digest? {
        if let head = heads[chain] { return head }
        let row = try row(
            "SELECT bytes FROM record WHERE chain = ? ORDER BY idx DESC LIMIT 1", [chain])
        return row.map { SHA256.hash($0.bytes(0)) }
    }

    func payload(_ index: Int64, _ name: String) throws(StoreError) -> StoredPayload? {
        let row = try row(
            "SELECT salt, bytes FROM payload WHERE idx = ? AND name = ?", [index, name])
        return row.map { StoredPayload(name: name, salt: $0.bytes(0), bytes: $0.bytes(1)) }
    }

    func erasePayloads(incident: String) throws(StoreError) -> Int {
        try execute(
            """
            DELETE FROM payload WHERE idx IN (SELECT idx FROM record WHERE chain = ?1
                OR chain IN (SELECT id FROM run WHERE incident = ?1))
            """, [incident])
        return changes
    }

    // MARK: Runs

    func run(_ id: String) throws(StoreError) -> RunRow? {
        try row("SELECT \(RunRow.columns) FROM run WHERE id = ?", [id]).map(RunRow.init(row:))
    }

    func insert(_ run: RunRow) throws(StoreError) {
        try execute(
            """
            INSERT INTO run(id, incident, runbook, program, rule, phase, reason, epoch, owner, wake_at,
                created_at, recoveries, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, run.values + [run.dueAt])
    }

    func update(_ run: RunRow) throws(StoreError) {
        try execute(
            """
            UPDATE run SET phase = ?, reason = ?, epoch = ?, owner = ?, wake_at = ?, recoveries = ?,
                due_at = ? WHERE id = ?
            """,
            [
                run.phase.rawValue, run.reason, run.epoch, run.owner, run.wakeAt?.microseconds,
                run.recoveries, run.dueAt, run.id,
            ])
    }

    func setLease(run: String, until: Duration) throws(StoreError) {
        try execute("UPDATE run SET lease_until = ? WHERE id = ?", [until.microseconds, run])
    }

    func dueRuns(
        _ count: Int, now: Timestamp, uptime: Duration, boot: String
    ) throws(StoreError) -> [RunRow] {
        let lost = try rows(
            """
            SELECT \(RunRow.columns) FROM run WHERE phase = 'running'
                AND (owner <> ? OR lease_until <= ?) ORDER BY created_at, id LIMIT ?
            """, [boot, uptime.microseconds, count])
        let due = try rows(
            """
            SELECT \(RunRow.columns) FROM run WHERE phase IN ('ready', 'waiting')
                AND due_at <= ? ORDER BY due_at, id LIMIT ?
            """, [now.microseconds, count])
        return Array(
            (lost + due).map(RunRow.init(row:)).sorted {
                ($0.wakeAt ?? $0.createdAt, $0.id) < ($1.wakeAt ?? $1.createdAt, $1.id)
            }.prefix(count))
    }

    func openRun(of incident: String) throws(StoreError) -> String? {
        try row(
            """
            SELECT id FROM run WHERE incident = ? AND phase IN ('ready', 'waiting', 'running')
                ORDER BY id LIMIT 1
            """, [incident])?[0]
    }
}
