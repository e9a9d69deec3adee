import BelayCompiler
import BelayEngine
import Cryptography
import GRDB

extension SQLiteTables {
    // MARK: Incidents

    func incident(delivery: Digest) throws(StoreError) -> FoldedIncident? {
        try rows(
            "SELECT id, resolves, phase, reason, body_idx FROM incident WHERE delivery = ?",
            delivery, make: FoldedIncident.init(row:)
        ).first
    }

    func setWake(incident: String, at time: Timestamp?) throws(StoreError) {
        try execute(
            "UPDATE incident SET wake_at = ? WHERE id = ?", time?.microseconds, incident)
        guard changes == 1 else { throw .notFound(incident) }
    }

    // MARK: Limits, targets, pauses, programs

    func holder(of target: Digest) throws(StoreError) -> String? {
        try rows("SELECT run FROM target WHERE key = ?", target, make: { $0.text(0) }).first
    }

    func take(target: Digest, name: String, run: String) throws(StoreError) {
        try execute(
            "INSERT OR REPLACE INTO target(key, name, run) VALUES (?, ?, ?)",
            target, name, run)
        remember { $0.take(target, name: name, run: run) }
    }

    func free(target: Digest?, run: String) throws(StoreError) {
        try execute(
            "DELETE FROM target WHERE run = ?1 AND (?2 IS NULL OR key = ?2)", run, target)
        remember { $0.free(target, run: run) }
    }

    func reserve(_ entry: LedgerRow) throws(StoreError) {
        try execute(
            """
            INSERT INTO ledger(idx, run, kind, key, name, rule, phase, at)
                VALUES (?, ?, ?, ?, ?, ?, 'reserved', ?)
            """,
            entry.index, entry.run, entry.kind, entry.key, entry.name, entry.rule,
            entry.at.microseconds)
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
            """, run, kind, key, time.microseconds)
        remember { $0.commit(kind: kind, key: key, run: run, at: time) }
    }

    func release(kind: String?, key: Digest?, run: String) throws(StoreError) {
        try execute(
            """
            DELETE FROM ledger WHERE run = ?1 AND (?2 IS NULL OR kind = ?2)
                AND (?2 IS NOT NULL OR phase = 'reserved') AND (?3 IS NULL OR key = ?3)
            """, run, kind, key)
        remember { $0.release(kind: kind, key: key, run: run) }
    }

    func setPause(id: String, scope: String, index: Int64) throws(StoreError) {
        try execute(
            "INSERT INTO pause(id, scope, idx) VALUES (?, ?, ?)", id, scope, index)
        forgetPauses()
    }

    func liftPause(id: String) throws(StoreError) {
        try execute("DELETE FROM pause WHERE id = ?", id)
        forgetPauses()
    }
}
