import BelayCompiler
import BelayEngine
import Cryptography
import GRDB

/// The state tables in SQLite, for the length of one transaction.
final class SQLiteTables: StateTables {
    private let db: Database
    /// What this writer wrote lately, kept between transactions.
    private(set) var memory: SQLiteMemory
    /// How many changes there were: none means that nothing need be undone.
    private(set) var writes = 0
    private var hot: HotStatements?

    init(_ db: Database, memory: SQLiteMemory) {
        self.db = db
        self.memory = memory
    }

    /// After a rollback, what was remembered may not be so.
    func forget() { memory = SQLiteMemory() }

    func execute(_ sql: String, _ arguments: StatementArguments) throws(StoreError) {
        writes += 1
        try SQLiteFailure.attempt {
            try db.cachedStatement(sql: sql).execute(arguments: arguments)
        }
    }

    private func hotStatements() throws(StoreError) -> HotStatements {
        writes += 1
        if let hot { return hot }
        let made = try SQLiteFailure.attempt { try HotStatements(db) }
        hot = made
        return made
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
        let hot = try hotStatements()
        try hot.insert(stored, leaf: leaf)
        for payload in stored.payloads { try hot.insert(payload, at: stored.index) }
        memory.setHead(SHA256.hash(stored.bytes), of: stored.record.chain)
    }

    func complete(level: Int, index: Int64, hash: Digest) throws(StoreError) {
        guard level.isMultiple(of: StoredNodes.levelStep) else { return }
        try execute(
            "INSERT INTO node(level, idx, hash) VALUES (?, ?, ?)", [level, index, hash.blob])
    }

    func head(of chain: String) throws(StoreError) -> Digest? {
        if let head = memory.heads[chain] { return head }
        let row = try row(
            "SELECT bytes FROM record WHERE chain = ? ORDER BY idx DESC LIMIT 1", [chain])
        if let row { return SHA256.hash(row.bytes(0)) }
        if memory.hasPruned == nil { memory.hasPruned = try hasPruned() }
        return memory.hasPruned == true ? try keptHead(of: chain) : nil
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
        if let run = memory.runs[id] { return run }
        let row = try row("SELECT \(RunRow.columns) FROM run WHERE id = ?", [id])
        guard let run = row.map(RunRow.init(row:)) else { return nil }
        memory.set(run)
        return run
    }

    func insert(_ run: RunRow) throws(StoreError) {
        try hotStatements().insert(run)
        memory.set(run)
    }

    func update(_ run: RunRow) throws(StoreError) {
        try hotStatements().update(run)
        memory.set(run)
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
