package import BelayEngine
package import Cryptography
import GRDB

/// A journal opened for reading only, beside a running daemon or without one: what `belay audit` works on.
package final class AuditLog: Sendable {
    package let files: StoreFiles
    private let queue: DatabaseQueue

    /// Opens the database of a store; throws `notFound` if there is none.
    package init(path: String) throws(StoreError) {
        files = StoreFiles(path: path)
        guard SideFile.exists(path) else { throw .notFound(path) }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        queue = try SQLiteFailure.attempt {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read(Schema.checkVersion)
            return queue
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try SQLiteFailure.attempt { try queue.read(body) }
    }

    /// The log's name.
    package func origin() throws(StoreError) -> String {
        guard let meta = try read({ try LogMeta.read($0) }) else {
            throw .damaged("the log's name is gone")
        }
        return meta.log
    }

    /// Records in index order.
    package func records(_ query: RecordQuery) throws(StoreError) -> [StoredRecord] {
        try read { try SQLiteReading(db: $0).records(query) }
    }

    /// One record by its id.
    package func record(id: String) throws(StoreError) -> StoredRecord {
        guard let record = try read({ try SQLiteReading(db: $0).record(id: id) }) else {
            throw .notFound(id)
        }
        return record
    }

    package func run(_ id: String) throws(StoreError) -> RunRow? {
        try read { try SQLiteReading(db: $0).run(id) }
    }

    package func runs(_ filter: RunFilter) throws(StoreError) -> [RunRow] {
        try read { try SQLiteReading(db: $0).runs(filter) }
    }

    /// The pauses that nobody has lifted and that have not expired on record, in the order of the log.
    package func pauses() throws(StoreError) -> [PauseRow] {
        try read { try SQLiteReading(db: $0).pauses() }
    }

    package func incident(_ id: String) throws(StoreError) -> IncidentRow? {
        try read { try SQLiteReading(db: $0).incident(id) }
    }

    /// What can be named by the beginning of its id.
    package enum Named: Sendable, Hashable {
        case run
        case incident
    }

    /// Ids that begin with a text, in order: the text itself first, and no more of them than tell one from several.
    package func ids(
        of kind: Named, beginningWith text: String
    ) throws(StoreError) -> [String] {
        let table =
            switch kind {
            case .run: "run"
            case .incident: "incident"
            }
        return try read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT id FROM \(table) WHERE id >= ? AND substr(id, 1, length(?)) = ?
                        ORDER BY id LIMIT 2
                    """, arguments: [text, text, text])
        }
    }

    /// The newest signed checkpoint, `nil` before the first.
    package func checkpoint() throws(StoreError) -> SignedCheckpoint? {
        let note = try read {
            try String.fetchOne($0, sql: "SELECT note FROM checkpoint ORDER BY seq DESC LIMIT 1")
        }
        guard let note else { return nil }
        guard let signed = SignedCheckpoint(note: note, keys: files.knownVerifiers()) else {
            throw .damaged("the newest checkpoint is signed by no known key")
        }
        return signed
    }

    /// The proof that a record is in the log, under the newest checkpoint; `nil` while none covers it yet.
    package func prove(id: String) throws(StoreError) -> TLogProof? {
        let index = try record(id: id).index
        guard let signed = try checkpoint(), signed.checkpoint.size > index else { return nil }
        let path = try read {
            try StoredNodes(db: $0).inclusionProof(index: index, size: signed.checkpoint.size)
        }
        return TLogProof(index: index, path: path, note: signed.note)
    }

    /// Whether the newer of two signed checkpoints continues the older one; this log's hashes make the proof.
    package func consistency(
        old: SignedCheckpoint, new: SignedCheckpoint
    ) throws(StoreError) -> Consistency {
        let (older, newer) = (old.checkpoint, new.checkpoint)
        guard older.origin == newer.origin else { return .otherLog }
        guard older.size <= newer.size else { return .shorter }
        if older.size == 0 { return .consistent([]) }
        let path = try read { db -> [Digest]? in
            let size = try Int64.fetchOne(db, sql: "SELECT max(idx) + 1 FROM record") ?? 0
            guard newer.size <= size else { return nil }
            return try StoredNodes(db: db).consistencyProof(from: older.size, to: newer.size)
        }
        guard let path else { return .unknown }
        let holds = MerkleProof.isConsistent(
            path, oldSize: older.size, oldRoot: older.root, newSize: newer.size,
            newRoot: newer.root)
        return holds ? .consistent(path) : .inconsistent
    }

    /// Writes a whole copy of the database, beside whoever has it open.
    func copy(to path: String) throws(StoreError) {
        try SQLiteFailure.attempt {
            let target = try DatabaseQueue(path: path)
            try queue.backup(to: target)
            try target.close()
        }
    }

    /// Verifies the whole journal offline.
    package func verify(
        keys: [NoteVerifier] = [], remembered: [String] = []
    ) throws(StoreError) -> VerificationReport {
        try JournalVerifier(keys: keys, remembered: remembered).verify(path: files.path)
    }

    /// SQLite's own check of a file's pages and indexes; throws `damaged` with its words.
    package static func checkFile(_ path: String) throws(StoreError) {
        let check = IntegrityCheck(path: path)
        check.start()
        if let message = check.wait().first { throw .damaged(message) }
    }

    /// How two checkpoints stand to each other.
    package enum Consistency: Sendable, Hashable {
        /// With the proof, for others to check.
        case consistent([Digest])
        case inconsistent
        /// The newer one is the smaller.
        case shorter
        case otherLog
        /// This log has not as many records as the newer one.
        case unknown
    }
}
