import BelayCompiler
import BelayEngine
import Cryptography
import GRDB

/// The state tables in SQLite, for the length of one transaction.
final class SQLiteTables: StateTables {
    let db: Database
    /// What this writer wrote lately, kept between transactions.
    private(set) var memory: SQLiteMemory
    /// How many changes there were: none means that nothing need be undone.
    private(set) var writes = 0
    private var hot: HotStatements?
    /// By the address of their text.
    private var statements: [UInt: RawStatement] = [:]

    init(_ db: Database, memory: SQLiteMemory) {
        self.db = db
        self.memory = memory
    }

    /// After a rollback, what was remembered may not be so.
    func forget() { memory = SQLiteMemory() }

    /// Begins, ends or undoes a transaction, with the knowledge of the connection.
    func control(_ sql: String) throws(StoreError) {
        writes += 1
        try SQLiteFailure.attempt { try db.cachedStatement(sql: sql).execute() }
    }

    /// Runs a statement that changes something; its text is prepared once.
    func execute<each Value: RawValue>(
        _ sql: StaticString, _ values: repeat each Value
    ) throws(StoreError) {
        writes += 1
        let statement = try statement(sql, repeat each values)
        try statement.run()
    }

    /// Asks for rows and makes something of each.
    func rows<each Value: RawValue, Answer>(
        _ sql: StaticString, _ values: repeat each Value, make: (RawRow) -> Answer
    ) throws(StoreError) -> [Answer] {
        try statement(sql, repeat each values).rows(make)
    }

    private func statement<each Value: RawValue>(
        _ sql: StaticString, _ values: repeat each Value
    ) throws(StoreError) -> RawStatement {
        let key = UInt(bitPattern: sql.utf8Start)
        let statement: RawStatement
        if let known = statements[key] {
            statement = known
        } else {
            statement = try prepare(sql, key)
        }
        var place: Int32 = 1
        for value in repeat each values {
            value.bind(to: statement, at: place)
            place += 1
        }
        return statement
    }

    private func prepare(_ sql: StaticString, _ key: UInt) throws(StoreError) -> RawStatement {
        let made = try SQLiteFailure.attempt {
            RawStatement(try db.cachedStatement(sql: "\(sql)"))
        }
        statements[key] = made
        return made
    }

    private func hotStatements() throws(StoreError) -> HotStatements {
        writes += 1
        if let hot { return hot }
        let made = try SQLiteFailure.attempt { try HotStatements(db) }
        hot = made
        return made
    }

    /// How many rows the last statement changed.
    var changes: Int { db.changesCount }

    // MARK: What decisions ask

    /// The ledger from memory, read again where that does not reach so far back.
    func limits(committedSince horizon: Timestamp, at now: Timestamp) throws(StoreError)
        -> LimitState
    {
        if memory.limits?.reach(horizon, at: now) != true {
            memory.limits = try SQLiteFailure.attempt {
                try SQLiteReading(db: db).limits(since: horizon)
            }
        }
        var state = memory.limits?.state ?? LimitState()
        state.pauses = try pauses().map(Pause.init)
        return state
    }

    func pauses() throws(StoreError) -> [PauseRow] {
        if let pauses = memory.pauses { return pauses }
        let pauses = try SQLiteFailure.attempt { try SQLiteReading(db: db).pauses() }
        memory.pauses = pauses
        return pauses
    }

    func forgetPauses() { memory.pauses = nil }

    func insert(_ program: ProgramText) throws(StoreError) {
        guard memory.programs.insert(program.digest).inserted else { return }
        try execute(
            "INSERT OR IGNORE INTO program(digest, bytes) VALUES (?, ?)", program.digest,
            program.bytes)
    }

    func incident(_ id: String) throws(StoreError) -> FoldedIncident? {
        if let incident = memory.incidents[id] { return incident }
        let incident = try rows(
            "SELECT id, resolves, phase, reason, body_idx FROM incident WHERE id = ?", id,
            make: FoldedIncident.init(row:)
        ).first
        if let incident { memory.set(incident) }
        return incident
    }

    func insert(_ incident: FoldedIncident, _ door: IncidentDoor) throws(StoreError) {
        try execute(
            """
            INSERT INTO incident(id, idx, delivery, problem, resolves, started_at, received_at, phase,
                reason, body_idx) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            incident.id, door.index, door.delivery, door.problem, incident.resolvesProblem,
            door.startedAt.microseconds, door.receivedAt.microseconds, incident.phase.rawValue,
            incident.reason, incident.bodyIndex)
        memory.set(incident)
    }

    func update(_ incident: FoldedIncident) throws(StoreError) {
        try execute(
            "UPDATE incident SET phase = ?, reason = ?, body_idx = ? WHERE id = ?",
            incident.phase.rawValue, incident.reason, incident.bodyIndex, incident.id)
        memory.set(incident)
    }

    /// Does the same to the remembered ledger as to the tables.
    func remember(_ change: (inout RememberedLimits) -> Void) {
        guard var limits = memory.limits else { return }
        memory.limits = nil
        change(&limits)
        memory.limits = limits
    }

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
            "INSERT INTO node(level, idx, hash) VALUES (?, ?, ?)", Int64(level), index, hash)
    }

    func head(of chain: String) throws(StoreError) -> Digest? {
        if let head = memory.heads[chain] { return head }
        let head = try rows(
            "SELECT bytes FROM record WHERE chain = ? ORDER BY idx DESC LIMIT 1", chain,
            make: { SHA256.hash($0.bytes(0)) }
        ).first
        if let head { return head }
        if memory.hasPruned == nil { memory.hasPruned = try hasPruned() }
        return memory.hasPruned == true ? try keptHead(of: chain) : nil
    }

    func payload(_ index: Int64, _ name: String) throws(StoreError) -> StoredPayload? {
        try rows(
            "SELECT salt, bytes FROM payload WHERE idx = ? AND name = ?", index, name,
            make: { StoredPayload(name: name, salt: $0.bytes(0), bytes: $0.bytes(1)) }
        ).first
    }

    func erasePayloads(incident: String) throws(StoreError) -> Int {
        try execute(
            """
            DELETE FROM payload WHERE idx IN (SELECT idx FROM record WHERE chain = ?1
                OR chain IN (SELECT id FROM run WHERE incident = ?1))
            """, incident)
        return changes
    }

    // MARK: Runs

    func run(_ id: String) throws(StoreError) -> RunRow? {
        if let run = memory.runs[id] { return run }
        guard let run = try SQLiteFailure.attempt({ try SQLiteReading(db: db).run(id) }) else {
            return nil
        }
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
        try execute("UPDATE run SET lease_until = ? WHERE id = ?", until.microseconds, run)
    }

    func dueRuns(
        _ count: Int, now: Timestamp, uptime: Duration, boot: String
    ) throws(StoreError) -> [RunRow] {
        let due = try SQLiteFailure.attempt {
            try SQLiteReading(db: db).dueRuns(count, now: now, uptime: uptime, boot: boot)
        }
        return Array(
            due.sorted {
                ($0.wakeAt ?? $0.createdAt, $0.id) < ($1.wakeAt ?? $1.createdAt, $1.id)
            }.prefix(count))
    }

    func openRun(of incident: String) throws(StoreError) -> String? {
        try rows(
            """
            SELECT id FROM run WHERE incident = ? AND phase IN ('ready', 'waiting', 'running')
                ORDER BY id LIMIT 1
            """, incident, make: { $0.text(0) }
        ).first
    }
}
