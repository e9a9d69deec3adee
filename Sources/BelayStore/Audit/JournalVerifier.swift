import BelayCompiler
package import BelayEngine
import Cryptography
import GRDB

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

    func run() throws -> VerificationReport { try run(snapshotAt: nil).report }

    /// Also answers the state as it was after so many records, for a pruning.
    func run(snapshotAt size: Int64?) throws -> (report: VerificationReport, FoldedState?) {
        try Schema.checkVersion(db)
        var signed = CheckpointCheck(keys: keys)
        let notes = try String.fetchAll(db, sql: "SELECT note FROM checkpoint ORDER BY seq")
        signed.take(notes)
        if let note = files.keptNote() {
            signed.take(note, place: "the checkpoint file")
        }
        for note in remembered { signed.take(note, place: "a remembered checkpoint") }
        var check = LogCheck(
            checkpoints: signed.good, pruned: try PrunedPrefix(db), foldsState: true,
            snapshotAt: size)
        try checkRecords(&check)
        var report = check.finish()
        for fault in signed.faults { report.add(fault) }
        if files.keptNote() == nil, !notes.isEmpty {
            report.add(VerificationFault(.missingCheckpointFile, "\(files.checkpoint) is gone"))
        }
        if report.isSound { try checkTree(check.nodes, &report) }
        for fault in try StateComparison(db: db, state: check.state).faults() { report.add(fault) }
        return (report, check.snapshot)
    }

    private func checkRecords(_ check: inout LogCheck) throws {
        let reader = try RecordReading(db, from: check.cut)
        // One batch is read while the one before is examined.
        var batch = try reader.next()
        while batch.count > 0 {
            let ahead = ReadAhead(reader)
            check.take(batch)
            batch = try ahead.wait()
        }
        for fault in reader.strays { check.add(fault) }
    }

    /// The stored upper hashes, from which proofs are made, against those that the records make.
    private func checkTree(_ wanted: [[Digest]], _ report: inout VerificationReport) throws {
        let rows = try RawRows(db, "SELECT level, idx, hash FROM node ORDER BY level, idx")
        var count = 0
        while try rows.next() {
            count += 1
            let (level, index) = (Int(rows.integer(0)), rows.integer(1))
            let place = level / StoredNodes.levelStep - 1
            let isKnown =
                level.isMultiple(of: StoredNodes.levelStep) && wanted.indices.contains(place)
                && index >= 0 && index < wanted[place].count
            let hash = isKnown ? wanted[place][Int(index)] : nil
            guard hash == nil || Digest(rows.blob(2)) != hash else { continue }
            report.add(
                VerificationFault(
                    .changedTree, index: isKnown ? index << Int64(level) : nil, table: "node",
                    "the hash of level \(level) is not that of the records below"))
        }
        let expected = wanted.reduce(0) { $0 + $1.count }
        if count != expected {
            report.add(
                VerificationFault(
                    .changedTree, table: "node", "\(expected) hashes expected, \(count) found"))
        }
    }
}
