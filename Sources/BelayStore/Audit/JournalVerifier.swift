import BelayCompiler
package import BelayEngine
import Cryptography
import Dispatch
import GRDB
import Synchronization

/// Verifies a journal offline: from the database and the files beside it, or from an export alone.
package struct JournalVerifier: Sendable {
    /// Whom to believe; empty means the keys in the `.vkey` file beside the database.
    package var keys: [NoteVerifier]
    /// Checkpoints that were kept elsewhere: what only they cover cannot be cut off unnoticed.
    package var remembered: [String]

    package init(keys: [NoteVerifier] = [], remembered: [String] = []) {
        self.keys = keys
        self.remembered = remembered
    }

    /// Reads the whole database; throws only if it cannot be opened at all.
    package func verify(path: String) throws(StoreError) -> VerificationReport {
        let files = StoreFiles(path: path)
        let configuration = IntegrityCheck.configuration
        let queue = try SQLiteFailure.attempt {
            try DatabaseQueue(path: path, configuration: configuration)
        }
        let integrity = IntegrityCheck(path: path)
        integrity.start()
        let keys = self.keys.isEmpty ? files.knownVerifiers() : self.keys
        var report = VerificationReport()
        do {
            report = try queue.read { db in
                try DatabaseCheck(db: db, files: files, keys: keys, remembered: remembered).run()
            }
        } catch {
            report.add(VerificationFault(.damagedFile, "\(SQLiteFailure.storeError(error))"))
        }
        for message in integrity.wait() { report.add(VerificationFault(.damagedFile, message)) }
        return report
    }
}

/// One pass over an open database.
struct DatabaseCheck {
    let db: Database
    let files: StoreFiles
    let keys: [NoteVerifier]
    let remembered: [String]

    func run() throws -> VerificationReport {
        var signed = CheckpointCheck(keys: keys)
        let notes = try String.fetchAll(db, sql: "SELECT note FROM checkpoint ORDER BY seq")
        signed.take(notes)
        if let note = files.keptNote() {
            signed.take(note, place: "the checkpoint file")
        }
        for note in remembered { signed.take(note, place: "a remembered checkpoint") }
        var check = LogCheck(checkpoints: signed.good, foldsState: true)
        try checkRecords(&check)
        var report = check.finish()
        for fault in signed.faults { report.add(fault) }
        if files.keptNote() == nil, !notes.isEmpty {
            report.add(VerificationFault(.missingCheckpointFile, "\(files.checkpoint) is gone"))
        }
        if report.isSound { try checkTree(check.frontier, &report) }
        for fault in try StateComparison(db: db, state: check.state).faults() { report.add(fault) }
        return report
    }

    /// How many records are examined side by side.
    private static let batch = 8192

    private func checkRecords(_ check: inout LogCheck) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT idx, bytes, leaf, id, chain, kind, at FROM record ORDER BY idx")
        var payloads = try PayloadCursor(db)
        var found: [StoredRow] = []
        found.reserveCapacity(Self.batch)
        while let row = try rows.next() {
            found.append(StoredRow(row, payloads: try payloads.take(row[0])))
            if found.count == Self.batch {
                for examined in StoredRow.examine(found) { check.take(examined) }
                found.removeAll(keepingCapacity: true)
            }
        }
        for examined in StoredRow.examine(found) { check.take(examined) }
        for fault in payloads.strays { check.add(fault) }
    }

    /// The stored upper hashes, from which proofs are made.
    private func checkTree(_ frontier: MerkleFrontier, _ report: inout VerificationReport) throws {
        let nodes = StoredNodes(db: db)
        let rows = try Row.fetchAll(
            db, sql: "SELECT level, idx, hash FROM node ORDER BY level, idx")
        for row in rows {
            let level: Int = row[0]
            let index: Int64 = row[1]
            let below = level - StoredNodes.levelStep
            let children = Int64(1) << Int64(StoredNodes.levelStep)
            let right = try? nodes.hash(level: below, from: index * children, count: children)
            guard right != row.digest(2) else { continue }
            report.add(
                VerificationFault(
                    .changedTree, index: index << Int64(level), table: "node",
                    "the hash of level \(level) is not that of the records below"))
        }
        let count = Int64(rows.count)
        let wanted = stride(
            from: StoredNodes.levelStep, to: Int64.bitWidth, by: StoredNodes.levelStep
        )
        .reduce(Int64(0)) { $0 + frontier.size >> Int64($1) }
        if count != wanted {
            report.add(
                VerificationFault(
                    .changedTree, table: "node", "\(wanted) hashes expected, \(count) found"))
        }
    }
}

/// A row of the table of records, whose columns repeat what the record says.
private struct StoredRow: Sendable {
    let found: LogCheck.Found
    private let id: String
    private let chain: String
    private let kind: String
    private let at: Int64

    init(_ row: Row, payloads: [StoredPayload]) {
        found = LogCheck.Found(
            index: row[0], bytes: row.bytes(1), payloads: payloads, leaf: row.digest(2))
        id = row[3]
        chain = row[4]
        kind = row[5]
        at = row[6]
    }

    /// Examines rows on all cores, in their order.
    static func examine(_ rows: [StoredRow]) -> [LogCheck.Examined] {
        let slices = min(rows.count, 8)
        let results = Mutex<[Int: [LogCheck.Examined]]>([:])
        DispatchQueue.concurrentPerform(iterations: slices) { slice in
            let part = rows[rows.count * slice / slices..<rows.count * (slice + 1) / slices]
            let examined = part.map { $0.examine() }
            results.withLock { $0[slice] = examined }
        }
        return results.withLock { results in (0..<slices).flatMap { results[$0] ?? [] } }
    }

    private func examine() -> LogCheck.Examined {
        var examined = LogCheck.examine(found)
        guard let record = examined.record else { return examined }
        let agrees =
            id == record.id && chain == record.chain && kind == record.kind.rawValue
            && at == record.at.microseconds
        if !agrees {
            examined.faults.append(
                VerificationFault(
                    .changedState, index: found.index, id: record.id, table: "record",
                    "id, chain, kind or at of the row are not those of the record"))
        }
        return examined
    }
}

/// Reads all payloads in order of index, beside the records.
private struct PayloadCursor {
    private let rows: RowCursor
    private var next: (index: Int64, payload: StoredPayload)?
    /// Payloads of records that are not there.
    private(set) var strays: [VerificationFault] = []

    init(_ db: Database) throws {
        rows = try Row.fetchCursor(
            db, sql: "SELECT idx, name, salt, bytes FROM payload ORDER BY idx, name")
        try advance()
    }

    private mutating func advance() throws {
        next = try rows.next().map { row in
            (row[0], StoredPayload(name: row[1], salt: row.bytes(2), bytes: row.bytes(3)))
        }
    }

    /// The payloads of one record; those of indexes before it belong to none.
    mutating func take(_ index: Int64) throws -> [StoredPayload] {
        var payloads: [StoredPayload] = []
        while let found = next, found.index <= index {
            if found.index == index {
                payloads.append(found.payload)
            } else {
                strays.append(
                    VerificationFault(
                        .strangePayload, index: found.index, table: "payload",
                        "it belongs to no record"))
            }
            try advance()
        }
        return payloads
    }
}
