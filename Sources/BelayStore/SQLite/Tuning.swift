package import GRDB

/// Settings of a connection that change how fast it is, and nothing of what it promises.
package enum Tuning {
    /// The ends of tables and indexes are written again by every commit: they are copied into the database once in
    /// 4,000 pages of the log (16 MB) instead of SQLite's 1,000, and stay in memory between.
    package static func apply(_ db: Database) throws {
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
        try db.execute(sql: "PRAGMA cache_size = -16384")
    }
}
