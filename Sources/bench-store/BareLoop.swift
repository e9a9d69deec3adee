import BelayEngine
import BelayStore
import FoundationEssentials
import GRDB

/// What the same rows cost without a journal: a bare loop over SQLite in the same settings.
struct BareLoop {
    private let pool: DatabasePool
    private let record = Data(repeating: 0x61, count: 620)
    private let payload = Data(repeating: 0x62, count: 120)

    init(path: String) throws {
        pool = try DatabasePool(path: path)
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try Tuning.apply(db)
            try db.execute(
                sql: """
                    CREATE TABLE record(idx INTEGER PRIMARY KEY, id TEXT UNIQUE, chain TEXT, kind TEXT,
                        at INTEGER, leaf BLOB, bytes BLOB);
                    CREATE INDEX record_chain ON record(chain, idx);
                    CREATE TABLE payload(idx INTEGER, name TEXT, salt BLOB, bytes BLOB,
                        PRIMARY KEY(idx, name)) WITHOUT ROWID;
                    """)
        }
    }

    /// Inserts `count` records with one payload each, `group` in a commit.
    func run(_ count: Int, group: Int) throws {
        let world = BenchWorld()
        try pool.writeWithoutTransaction { db in
            var index = try Int.fetchOne(db, sql: "SELECT count(*) FROM record") ?? 0
            let end = index + count
            while index < end {
                try db.inTransaction(.immediate) {
                    for _ in 0..<min(group, end - index) {
                        try insert(db, index, world)
                        index += 1
                    }
                    return .commit
                }
            }
        }
    }

    private func insert(_ db: Database, _ index: Int, _ world: BenchWorld) throws {
        let id = UUIDv7.make(world)
        try db.cachedStatement(sql: "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)").execute(
            arguments: [index, id, "run-\(index % 64)", "step.result", index, payload, record])
        try db.cachedStatement(sql: "INSERT INTO payload VALUES (?, ?, ?, ?)").execute(
            arguments: [index, "output", payload.prefix(16), payload])
    }
}
