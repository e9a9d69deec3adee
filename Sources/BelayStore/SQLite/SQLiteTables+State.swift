import BelayCompiler
import BelayEngine
import Cryptography
import GRDB

extension SQLiteTables {
    // MARK: Incidents

    func incident(_ id: String) throws(StoreError) -> FoldedIncident? {
        try row("SELECT \(FoldedIncident.columns) FROM incident WHERE id = ?", [id])
            .map(FoldedIncident.init(row:))
    }

    func incident(delivery: Digest) throws(StoreError) -> FoldedIncident? {
        try row(
            "SELECT \(FoldedIncident.columns) FROM incident WHERE delivery = ?", [delivery.blob]
        ).map(FoldedIncident.init(row:))
    }

    func insert(_ incident: FoldedIncident, _ door: IncidentDoor) throws(StoreError) {
        try execute(
            """
            INSERT INTO incident(id, idx, delivery, problem, resolves, started_at, received_at, phase,
                reason, body_idx) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                incident.id, door.index, door.delivery.blob, door.problem.blob,
                incident.resolvesProblem,
                door.startedAt.microseconds, door.receivedAt.microseconds,
                incident.phase.rawValue, incident.reason, incident.bodyIndex,
            ])
    }

    func update(_ incident: FoldedIncident) throws(StoreError) {
        try execute(
            "UPDATE incident SET phase = ?, reason = ?, body_idx = ? WHERE id = ?",
            [incident.phase.rawValue, incident.reason, incident.bodyIndex, incident.id])
    }

    func setWake(incident: String, at time: Timestamp?) throws(StoreError) {
        try execute(
            "UPDATE incident SET wake_at = ? WHERE id = ?", [time?.microseconds, incident])
        guard changes == 1 else { throw .notFound(incident) }
    }

    func wake(incident: String) throws(StoreError) -> Timestamp? {
        let row = try row("SELECT wake_at FROM incident WHERE id = ?", [incident])
        return row?.time(0)
    }

    // MARK: Limits, targets, pauses, programs

    func holder(of target: Digest) throws(StoreError) -> String? {
        try row("SELECT run FROM target WHERE key = ?", [target.blob])?[0]
    }

    func take(target: Digest, name: String, run: String) throws(StoreError) {
        try execute(
            "INSERT OR REPLACE INTO target(key, name, run) VALUES (?, ?, ?)",
            [target.blob, name, run])
        remember { $0.take(target, name: name, run: run) }
    }

    func free(target: Digest?, run: String) throws(StoreError) {
        try execute(
            "DELETE FROM target WHERE run = ?1 AND (?2 IS NULL OR key = ?2)", [run, target?.blob])
        remember { $0.free(target, run: run) }
    }

    func reserve(_ entry: LedgerRow) throws(StoreError) {
        try execute(
            """
            INSERT INTO ledger(idx, run, kind, key, name, rule, phase, at)
                VALUES (?, ?, ?, ?, ?, ?, 'reserved', ?)
            """,
            [
                entry.index, entry.run, entry.kind, entry.key.blob, entry.name, entry.rule,
                entry.at.microseconds,
            ])
        let known = LimitEntry(
            kind: entry.kind, key: entry.name, run: entry.run, rule: entry.rule, phase: .reserved,
            at: entry.at)
        remember { $0.reserve(known, entry.key, at: entry.index) }
    }

    func commit(kind: String, key: Digest?, run: String, at time: Timestamp) throws(StoreError) {
        try execute(
            """
            UPDATE ledger SET phase = 'committed', at = ?4 WHERE run = ?1 AND kind = ?2
                AND phase = 'reserved' AND (?3 IS NULL OR key = ?3)
            """, [run, kind, key?.blob, time.microseconds])
        remember { $0.commit(kind: kind, key: key, run: run, at: time) }
    }

    func release(kind: String?, key: Digest?, run: String) throws(StoreError) {
        try execute(
            """
            DELETE FROM ledger WHERE run = ?1 AND (?2 IS NULL OR kind = ?2)
                AND (?2 IS NOT NULL OR phase = 'reserved') AND (?3 IS NULL OR key = ?3)
            """, [run, kind, key?.blob])
        remember { $0.release(kind: kind, key: key, run: run) }
    }

    func setPause(id: String, scope: String, index: Int64) throws(StoreError) {
        try execute(
            "INSERT INTO pause(id, scope, idx) VALUES (?, ?, ?)", [id, scope, index])
        try rememberPauses()
    }

    func liftPause(id: String) throws(StoreError) {
        try execute("DELETE FROM pause WHERE id = ?", [id])
        try rememberPauses()
    }

    private func rememberPauses() throws(StoreError) {
        let pauses = try SQLiteFailure.attempt { try SQLiteReading(db: db).pauses() }
        remember { $0.state.pauses = pauses.map(Pause.init) }
    }

    func insert(_ program: ProgramText) throws(StoreError) {
        try execute(
            "INSERT OR IGNORE INTO program(digest, bytes) VALUES (?, ?)",
            [program.digest.blob, program.bytes.blob])
    }
}
