import BelayEngine
import GRDB

/// The tables of a store file and how older files come up to date.
enum Schema {
    /// `Bly1`, in the file's header, so that no other program's file is taken for ours.
    static let applicationID: Int32 = 0x426c_7931

    /// One script for each version, in order; `user_version` says how many a file has seen. Never edited, only
    /// added to.
    static let migrations: [String] = [first, pruning, reports]

    /// Refuses a file of a newer version, for those who only read.
    static func checkVersion(_ db: Database) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version <= migrations.count else { throw StoreError.newer(version: version) }
    }

    /// Whether the file has a place for what is kept of pruned records: a file of the first version that is only read
    /// has none.
    static func hasPruning(_ db: Database) throws -> Bool { try db.tableExists("kept_leaf") }

    /// Brings an open file up to date in one transaction; refuses files of others and of newer versions.
    static func migrate(_ db: Database) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard application == applicationID || (application == 0 && tables == 0) else {
            throw StoreError.damaged("the file is another program's database")
        }
        guard version <= migrations.count else { throw StoreError.newer(version: version) }
        guard version < migrations.count else { return }
        try db.inTransaction(.immediate) {
            for script in migrations[version...] { try db.execute(sql: script) }
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(migrations.count)")
            return .commit
        }
    }

    /// Times are microseconds since 1970; leases count on the clock that never jumps. Levels 4, 8, … of the Merkle
    /// tree are stored, the rest is computed from at most 16 hashes below.
    private static let first = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
        CREATE TABLE record(
            idx INTEGER PRIMARY KEY, id TEXT NOT NULL, chain TEXT NOT NULL, kind TEXT NOT NULL,
            at INTEGER NOT NULL, leaf BLOB NOT NULL, bytes BLOB NOT NULL) STRICT;
        CREATE UNIQUE INDEX record_id ON record(id);
        CREATE INDEX record_chain ON record(chain, idx);
        CREATE TABLE payload(
            idx INTEGER NOT NULL, name TEXT NOT NULL, salt BLOB NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY(idx, name)) STRICT, WITHOUT ROWID;
        CREATE TABLE node(
            level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL,
            PRIMARY KEY(level, idx)) STRICT, WITHOUT ROWID;
        CREATE TABLE checkpoint(
            seq INTEGER PRIMARY KEY, size INTEGER NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
        CREATE TABLE run(
            id TEXT PRIMARY KEY, incident TEXT NOT NULL, runbook TEXT NOT NULL, program BLOB NOT NULL,
            rule TEXT NOT NULL, phase TEXT NOT NULL, reason TEXT, epoch INTEGER NOT NULL, owner TEXT,
            wake_at INTEGER, due_at INTEGER, lease_until INTEGER, created_at INTEGER NOT NULL,
            recoveries INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX run_due ON run(due_at, id) WHERE phase IN ('ready', 'waiting');
        CREATE INDEX run_running ON run(created_at, id) WHERE phase = 'running';
        CREATE INDEX run_incident ON run(incident);
        CREATE TABLE incident(
            id TEXT PRIMARY KEY, idx INTEGER NOT NULL, delivery BLOB NOT NULL UNIQUE, problem BLOB NOT NULL,
            resolves INTEGER NOT NULL, started_at INTEGER NOT NULL, received_at INTEGER NOT NULL,
            phase TEXT NOT NULL, reason TEXT, wake_at INTEGER, body_idx INTEGER NOT NULL)
            STRICT, WITHOUT ROWID;
        CREATE INDEX incident_problem ON incident(problem);
        CREATE INDEX incident_idx ON incident(idx);
        CREATE INDEX incident_received ON incident(idx) WHERE phase = 'received';
        CREATE INDEX incident_wake ON incident(wake_at) WHERE wake_at IS NOT NULL;
        CREATE TABLE ledger(
            idx INTEGER PRIMARY KEY, run TEXT NOT NULL, kind TEXT NOT NULL, key BLOB NOT NULL,
            name TEXT NOT NULL, rule TEXT NOT NULL, phase TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
        CREATE INDEX ledger_run ON ledger(run);
        CREATE INDEX ledger_at ON ledger(phase, at);
        CREATE TABLE target(key BLOB PRIMARY KEY, name TEXT NOT NULL, run TEXT NOT NULL)
            STRICT, WITHOUT ROWID;
        CREATE INDEX target_run ON target(run);
        CREATE TABLE pause(id TEXT PRIMARY KEY, scope TEXT NOT NULL, idx INTEGER NOT NULL)
            STRICT, WITHOUT ROWID;
        CREATE TABLE program(digest BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO meta VALUES ('limits_version', 0);
        """

    /// A fingerprint with many reports is looked at by its newest and by its start; there is no version of limits any
    /// more (docs/decisions/0008).
    private static let reports = """
        CREATE INDEX IF NOT EXISTS incident_reports ON incident(problem, idx);
        CREATE INDEX IF NOT EXISTS incident_starts ON incident(problem, started_at, idx);
        DROP INDEX IF EXISTS incident_problem;
        DELETE FROM meta WHERE name = 'limits_version';
        """

    /// What is kept of records that were pruned: the leaf hash of each, the heads of their chains that may go on, and
    /// the state that they had made (`KeptState`).
    private static let pruning = """
        CREATE TABLE kept_leaf(idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL) STRICT;
        CREATE TABLE kept_state(
            part TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(part, key))
            STRICT, WITHOUT ROWID;
        """
}
