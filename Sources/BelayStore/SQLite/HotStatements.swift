import BelayCompiler
import BelayEngine
import Cryptography
import GRDB

/// The statements that nearly every transaction runs, prepared once and bound without boxes.
struct HotStatements {
    private let record: RawStatement
    private let payload: RawStatement
    private let newRun: RawStatement
    private let changedRun: RawStatement

    init(_ db: Database) throws {
        func prepare(_ sql: String) throws -> RawStatement {
            RawStatement(try db.cachedStatement(sql: sql))
        }
        record = try prepare(
            "INSERT INTO record(idx, id, chain, kind, at, leaf, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        payload = try prepare("INSERT INTO payload(idx, name, salt, bytes) VALUES (?, ?, ?, ?)")
        newRun = try prepare(
            """
            INSERT INTO run(id, phase, reason, epoch, owner, wake_at, recoveries, due_at, incident,
                runbook, program, rule, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        changedRun = try prepare(
            """
            UPDATE run SET phase = ?2, reason = ?3, epoch = ?4, owner = ?5, wake_at = ?6,
                recoveries = ?7, due_at = ?8 WHERE id = ?1
            """)
    }

    func insert(_ stored: StoredRecord, leaf: Digest) throws(StoreError) {
        record.bind(1, stored.index)
        record.bind(2, stored.record.id)
        record.bind(3, stored.record.chain)
        record.bind(4, stored.record.kind.rawValue)
        record.bind(5, stored.record.at.microseconds)
        record.bind(6, leaf)
        record.bind(7, stored.bytes)
        try record.run()
    }

    func insert(_ stored: StoredPayload, at index: Int64) throws(StoreError) {
        payload.bind(1, index)
        payload.bind(2, stored.name)
        payload.bind(3, stored.salt)
        payload.bind(4, stored.bytes)
        try payload.run()
    }

    func insert(_ run: RunRow) throws(StoreError) {
        bindState(of: run, to: newRun)
        newRun.bind(9, run.incident)
        newRun.bind(10, run.runbook.name)
        newRun.bind(11, run.runbook.program)
        newRun.bind(12, run.rule)
        newRun.bind(13, run.createdAt.microseconds)
        try newRun.run()
    }

    func update(_ run: RunRow) throws(StoreError) {
        bindState(of: run, to: changedRun)
        try changedRun.run()
    }

    private func bindState(of run: RunRow, to statement: RawStatement) {
        statement.bind(1, run.id)
        statement.bind(2, run.phase.rawValue)
        statement.bind(3, run.reason)
        statement.bind(4, Int64(run.epoch))
        statement.bind(5, run.owner)
        statement.bind(6, run.wakeAt?.microseconds)
        statement.bind(7, Int64(run.recoveries))
        statement.bind(8, run.dueAt)
    }
}
