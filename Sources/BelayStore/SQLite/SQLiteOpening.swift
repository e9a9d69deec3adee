import BelayCompiler
import BelayEngine
import Cryptography
import FoundationEssentials
import GRDB
import Glibc

/// Opening a store file: lock, settings that are read back, migrations, identity, and a look at what was signed.
struct SQLiteOpening {
    let files: StoreFiles
    let world: any World
    let node: String
    let boot: String

    /// What an open store works with.
    struct Parts {
        var lock: LockFile
        var pool: DatabasePool
        var core: StoreCore
        var checkpoints: Checkpoints
        var stoppedCleanly: Bool
        var madeNewKey: Bool
    }

    func open() throws(StoreError) -> Parts {
        let lock = try LockFile(path: files.lock, boot: boot)
        let pool = try SQLiteFailure.attempt { try Self.pool(files.path) }
        let meta = try SQLiteFailure.attempt {
            try pool.writeWithoutTransaction { db in
                try Schema.migrate(db)
                return try LogMeta.start(db, world: world, boot: boot)
            }
        }
        let known = files.signer(named: meta.log)
        let signer: NoteSigner
        if let known {
            signer = known
        } else {
            signer = try files.makeSigner(named: meta.log, seed: world.randomBytes(32))
        }
        let frontier = try SQLiteFailure.attempt {
            try pool.read { db in try StoredNodes(db: db).frontier() }
        }
        let audit = try ForkCheck(files: files).check(pool, size: frontier.size)
        return Parts(
            lock: lock, pool: pool,
            core: StoreCore(
                identity: LogIdentity(
                    log: meta.log, node: RecordText.name(from: node), boot: boot,
                    pepper: meta.pepper),
                world: world, frontier: frontier),
            checkpoints: Checkpoints(signer: signer, last: audit.last, fork: audit.fork),
            stoppedCleanly: meta.lastBoot == nil,
            madeNewKey: known == nil && frontier.size > 0)
    }

    /// Opens the database with every setting that durability needs, and reads the decisive one back.
    private static func pool(_ path: String) throws -> DatabasePool {
        try createPrivately(path)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(30)
        configuration.label = "belay"
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            // The pool sets NORMAL when it is opened: an acknowledged commit could then be lost with the power.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try Tuning.apply(db)
            let level = try Int.fetchOne(db, sql: "PRAGMA synchronous")
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            guard level == 2, mode == "wal" else {
                throw StoreError.broken(
                    "synchronous is \(level ?? -1), journal_mode \(mode ?? "?")")
            }
        }
        return pool
    }

    /// The database holds payloads: nobody else may read it, and its journal files take its mode.
    private static func createPrivately(_ path: String) throws {
        let descriptor = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError.broken("\(path): \(SystemFailure.last)") }
        close(descriptor)
    }
}

/// The rows of `meta` that say whose log this is.
struct LogMeta {
    var log: String
    var pepper: [UInt8]
    /// The boot that had the store open and did not close it.
    var lastBoot: String?

    /// Reads them, makes them at first use, and notes the new boot.
    static func start(_ db: Database, world: any World, boot: String) throws -> LogMeta {
        var meta: LogMeta?
        try db.inTransaction(.immediate) {
            let found = try read(db) ?? create(db, world: world)
            try set(db, "boot", boot)
            meta = found
            return .commit
        }
        guard let meta else { throw StoreError.damaged("the table meta cannot be read") }
        return meta
    }

    static func read(_ db: Database) throws -> LogMeta? {
        guard let log = try value(db, "log"), let pepper = try bytes(db, "pepper") else {
            return nil
        }
        return LogMeta(log: log, pepper: pepper, lastBoot: try value(db, "boot"))
    }

    private static func create(_ db: Database, world: any World) throws -> LogMeta {
        let meta = LogMeta(log: newOrigin(world), pepper: world.randomBytes(32), lastBoot: nil)
        try set(db, "log", meta.log)
        try set(db, "pepper", meta.pepper.blob)
        return meta
    }

    /// A name that no other log has.
    static func newOrigin(_ world: any World) -> String {
        "belay/" + Hex.encode(world.randomBytes(8))
    }

    static func set(_ db: Database, _ name: String, _ value: (any DatabaseValueConvertible)?) throws
    {
        try db.execute(
            sql: "INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)", arguments: [name, value])
    }

    private static func value(_ db: Database, _ name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
    }

    private static func bytes(_ db: Database, _ name: String) throws -> [UInt8]? {
        try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
            .map { [UInt8]($0) }
    }
}
