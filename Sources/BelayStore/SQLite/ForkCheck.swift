package import BelayEngine
import GRDB

/// Compares the database with what was signed before: a copy put back from an old backup must not be signed over.
struct ForkCheck {
    let files: StoreFiles

    /// What may be built on, and why not.
    struct Outcome {
        var last: SignedCheckpoint?
        var fork: String?
    }

    func check(_ pool: DatabasePool, size: Int64) throws(StoreError) -> Outcome {
        try SQLiteFailure.attempt {
            try pool.read { db in try check(db, size: size) }
        }
    }

    private func check(_ db: Database, size: Int64) throws -> Outcome {
        let stored = try String.fetchOne(
            db, sql: "SELECT note FROM checkpoint ORDER BY seq DESC LIMIT 1")
        guard let note = files.keptNote() ?? stored else { return Outcome() }
        guard let signed = SignedCheckpoint(note: note, keys: files.knownVerifiers()) else {
            return Outcome(fork: "the last checkpoint is not signed by a key of this store")
        }
        let checkpoint = signed.checkpoint
        guard checkpoint.size <= size else {
            return Outcome(
                last: signed,
                fork: "the log has \(size) records, \(checkpoint.size) were signed for")
        }
        guard try StoredNodes(db: db).root(size: checkpoint.size) == checkpoint.root else {
            return Outcome(
                last: signed,
                fork: "the first \(checkpoint.size) records are not those that were signed for")
        }
        return Outcome(last: signed)
    }
}

extension SignedCheckpoint {
    /// Reads a note; `nil` if it holds no checkpoint or none of the keys has signed it for that origin.
    package init?(note: String, keys: [NoteVerifier]) {
        guard let signed = try? SignedNote(note), let checkpoint = Checkpoint(text: signed.text)
        else { return nil }
        let own = keys.filter { $0.name.utf8.elementsEqual(checkpoint.origin.utf8) }
        guard (try? signed.verify(own)) != nil else { return nil }
        self.init(checkpoint: checkpoint, note: note)
    }
}
