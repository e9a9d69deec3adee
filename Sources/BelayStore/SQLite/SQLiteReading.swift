import BelayCompiler
import BelayEngine
import Cryptography
import FoundationEssentials
import GRDB

/// Reads rows and records from a database connection, for the store and for audits of closed files.
struct SQLiteReading {
    let db: Database

    // MARK: Records

    func records(_ query: RecordQuery) throws -> [StoredRecord] {
        var (conditions, arguments) = chainCondition(query)
        conditions.append("idx >= ?")
        arguments.append(query.from)
        if let kinds = query.kinds {
            conditions.append("kind IN (\(kinds.map { _ in "?" }.joined(separator: ", ")))")
            arguments += kinds.map { $0.rawValue }
        }
        if let since = query.since {
            conditions.append("at >= ?")
            arguments.append(since.microseconds)
        }
        if let until = query.until {
            conditions.append("at < ?")
            arguments.append(until.microseconds)
        }
        arguments.append(query.limit)
        return try stored(
            "SELECT idx, bytes FROM record WHERE \(conditions.joined(separator: " AND ")) ORDER BY idx LIMIT ?",
            StatementArguments(arguments), withPayloads: query.withPayloads)
    }

    private func chainCondition(
        _ query: RecordQuery
    ) -> ([String], [any DatabaseValueConvertible]) {
        if let run = query.run { return (["chain = ?"], [run]) }
        guard let incident = query.incident else { return ([], []) }
        return (
            ["(chain = ? OR chain IN (SELECT id FROM run WHERE incident = ?))"],
            [incident, incident]
        )
    }

    func events(ofRun id: String) throws -> [StoredRecord] {
        try stored(
            "SELECT idx, bytes FROM record WHERE chain = ? ORDER BY idx", [id], withPayloads: true)
    }

    func record(id: String) throws -> StoredRecord? {
        try stored("SELECT idx, bytes FROM record WHERE id = ?", [id], withPayloads: true).first
    }

    func record(at index: Int64) throws -> StoredRecord? {
        try stored("SELECT idx, bytes FROM record WHERE idx = ?", [index], withPayloads: true).first
    }

    /// The rows of a statement that is prepared once for each connection.
    private func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments)
    }

    private func stored(
        _ sql: String, _ arguments: StatementArguments, withPayloads: Bool
    ) throws -> [StoredRecord] {
        try rows(sql, arguments).map { row in
            let index: Int64 = row[0]
            let bytes = row.bytes(1)
            do throws(RecordFault) {
                return StoredRecord(
                    index: index, record: try JournalRecord(canonical: bytes), bytes: bytes,
                    payloads: withPayloads ? try payloads(of: index) : [])
            } catch {
                throw StoreError.damaged("record \(index): \(error.message)")
            }
        }
    }

    func payloads(of index: Int64) throws(RecordFault) -> [StoredPayload] {
        do {
            return try rows(
                "SELECT name, salt, bytes FROM payload WHERE idx = ? ORDER BY name", [index]
            ).map { StoredPayload(name: $0[0], salt: $0.bytes(1), bytes: $0.bytes(2)) }
        } catch {
            throw RecordFault("its payloads cannot be read: \(error)")
        }
    }

    // MARK: Runs and incidents

    func run(_ id: String) throws -> RunRow? {
        try raw("SELECT \(RunRow.columns) FROM run WHERE id = ?", [id], RunRow.init(row:)).first
    }

    /// At most so many that were lost and so many whose time has come.
    func dueRuns(
        _ count: Int, now: Timestamp, uptime: Duration, boot: String
    ) throws -> [RunRow] {
        let lost = try raw(
            """
            SELECT \(RunRow.columns) FROM run WHERE phase = 'running'
                AND (owner <> ? OR lease_until <= ?) ORDER BY created_at, id LIMIT ?
            """, [boot, uptime.microseconds, Int64(count)], RunRow.init(row:))
        let due = try raw(
            """
            SELECT \(RunRow.columns) FROM run WHERE phase IN ('ready', 'waiting')
                AND due_at <= ? ORDER BY due_at, id LIMIT ?
            """, [now.microseconds, Int64(count)], RunRow.init(row:))
        return lost + due
    }

    func runs(_ filter: RunFilter) throws -> [RunRow] {
        var conditions = ["1"]
        var arguments: [any RawValue] = []
        if let phases = filter.phases { conditions.append(phaseCondition(phases)) }
        if let incident = filter.incident {
            conditions.append("incident = ?")
            arguments.append(incident)
        }
        if let runbook = filter.runbook {
            conditions.append("runbook = ?")
            arguments.append(runbook)
        }
        if let rule = filter.rule {
            conditions.append("rule = ?")
            arguments.append(rule)
        }
        arguments.append(Int64(filter.limit))
        return try raw(
            """
            SELECT \(RunRow.columns) FROM run WHERE \(conditions.joined(separator: " AND "))
                ORDER BY created_at DESC, id DESC LIMIT ?
            """, arguments, RunRow.init(row:))
    }

    /// Rows without boxes, for what decisions ask.
    private func raw<Value>(
        _ sql: String, _ arguments: [any RawValue], _ make: (RawRow) -> Value
    ) throws -> [Value] {
        let statement = RawStatement(try db.cachedStatement(sql: sql))
        for (place, value) in arguments.enumerated() {
            value.bind(to: statement, at: Int32(place + 1))
        }
        return try statement.rows(make)
    }

    /// Written so that the partial indexes over open runs serve: a million finished ones are not looked at.
    private func phaseCondition(_ phases: [RunPhase]) -> String {
        let names = phases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        guard !phases.contains(where: \.isFinal) else { return "phase IN (\(names))" }
        return """
            id IN (SELECT id FROM run WHERE phase IN ('ready', 'waiting')
                UNION ALL SELECT id FROM run WHERE phase = 'running') AND phase IN (\(names))
            """
    }

    func incident(_ id: String) throws -> IncidentRow? {
        try incidents("WHERE id = ?", [id]).first
    }

    func incidents(
        _ filter: IncidentFilter, _ identity: LogIdentity, now: Timestamp
    ) throws -> [IncidentRow] {
        switch filter {
        case .due(let limit):
            let limit = Int64(limit)
            let received = try incidents(
                "WHERE phase = 'received' ORDER BY idx LIMIT ?", [limit])
            let woken = try incidents(
                "WHERE wake_at <= ? AND phase <> 'received' ORDER BY idx LIMIT ?",
                [now.microseconds, limit])
            return Array((woken + received).prefix(Int(limit)))
        case .problem(let source, let fingerprint):
            return try incidents(
                "WHERE problem = ? ORDER BY idx",
                [identity.hash(fingerprint: fingerprint, of: source)])
        case .reports(let source, let fingerprint, let start, let most):
            let problem = identity.hash(fingerprint: fingerprint, of: source)
            let newest = try incidents(
                "WHERE problem = ? ORDER BY idx DESC LIMIT ?", [problem, Int64(most)])
            guard newest.count == most else { return newest.reversed() }
            let first = try incidents(
                "WHERE problem = ? AND started_at = ? ORDER BY idx LIMIT ?",
                [problem, start.microseconds, Int64(most)])
            let known = Set(newest.map(\.id))
            return first.filter { !known.contains($0.id) } + newest.reversed()
        case .latest(let limit):
            return try incidents("ORDER BY idx DESC LIMIT ?", [Int64(limit)]).reversed()
        }
    }

    private func incidents(
        _ rest: String, _ arguments: [any RawValue]
    ) throws -> [IncidentRow] {
        try raw(
            """
            SELECT id, resolves, started_at, phase, reason, wake_at, received_at,
                (SELECT bytes FROM payload WHERE idx = body_idx AND name = '\(IncidentPayload.name)')
                FROM incident \(rest)
            """, arguments
        ) { row in
            IncidentRow(
                id: row.text(0), resolvesProblem: row.integer(1) != 0,
                startedAt: row.time(2), phase: IncidentPhase(rawValue: row.text(3)) ?? .decided,
                reason: row.optional(4, row.text), wakeAt: row.optional(5, row.time),
                receivedAt: row.time(6),
                body: StoredPayload(name: "", salt: [], bytes: row.bytes(7)).value)
        }
    }

    // MARK: Limits and programs

    /// The ledger without what was committed before a time.
    func limits(since horizon: Timestamp) throws -> RememberedLimits {
        var limits = RememberedLimits(since: horizon)
        let rows = try raw(
            """
            SELECT kind, name, run, rule, phase, at, idx, key FROM ledger
                WHERE phase = 'reserved' OR (phase = 'committed' AND at >= ?)
            """, [horizon.microseconds]
        ) { row in
            (
                place: row.integer(6), key: row.digest(7),
                entry: LimitEntry(
                    kind: row.text(0), key: row.text(1), run: row.text(2), rule: row.text(3),
                    phase: LimitPhase(rawValue: row.text(4)) ?? .reserved,
                    at: Timestamp(microseconds: row.integer(5)))
            )
        }
        for row in rows.sorted(by: { $0.place < $1.place }) {
            limits.reserve(row.entry, row.key, at: row.place)
        }
        for row in try self.rows("SELECT key, name, run FROM target ORDER BY name, run") {
            limits.take(row.digest(0) ?? SHA256.hash([]), name: row[1], run: row[2])
        }
        return limits
    }

    func pauses() throws -> [PauseRow] {
        try rows("SELECT id, scope, idx FROM pause ORDER BY idx").map { row in
            let index: Int64 = row[2]
            guard let stored = try record(at: index) else {
                throw StoreError.damaged("record \(index) of a pause is missing")
            }
            return PauseRow(
                id: row[0], scope: row[1], actor: stored.record.actor, at: stored.record.at,
                body: stored[payload: PausePayload.name])
        }
    }

    func program(_ digest: Digest) throws -> ProgramText? {
        try Data.fetchOne(
            db, sql: "SELECT bytes FROM program WHERE digest = ?", arguments: [digest.blob]
        ).map { ProgramText([UInt8]($0)) }
    }
}
