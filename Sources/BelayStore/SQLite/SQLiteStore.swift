import BelayCompiler
package import BelayEngine
import Cryptography
import GRDB
import Synchronization

/// The store in one SQLite file: WAL, every commit synced, one process at a time.
package final class SQLiteStore: Store {
    package let boot: String
    package let files: StoreFiles
    private let lock: LockFile
    let pool: DatabasePool
    let writer: GroupCommit
    let checkpoints: Mutex<Checkpoints>
    private let isClosed = Mutex(false)
    private let failpoints: Failpoints

    /// Opens or makes the store at a path whose folder exists; throws `inUse` while another process has it.
    ///
    /// A log that is not what was signed before opens too, records `log.forked` and does not sign: see
    /// `acceptFork`.
    package static func open(
        path: String, world: any World, node: String = "localhost"
    ) async throws(StoreError) -> SQLiteStore {
        let opening = SQLiteOpening(
            files: StoreFiles(path: path), world: world, node: node, boot: UUIDv7.make(world))
        let parts = try opening.open()
        let store = SQLiteStore(opening, parts)
        try await store.recordStart(parts)
        return store
    }

    private init(_ opening: SQLiteOpening, _ parts: SQLiteOpening.Parts) {
        boot = opening.boot
        files = opening.files
        lock = parts.lock
        pool = parts.pool
        checkpoints = Mutex(parts.checkpoints)
        failpoints = opening.world.failpoints
        writer = GroupCommit(parts.pool, core: parts.core, failpoints: failpoints)
    }

    private func recordStart(_ parts: SQLiteOpening.Parts) async throws(StoreError) {
        var kinds: [RecordKind] = [.logStarted]
        if !parts.stoppedCleanly { kinds.append(.logRecovered) }
        if parts.madeNewKey { kinds.append(.logKeyRotated) }
        if parts.checkpoints.fork != nil { kinds.append(.logForked) }
        let records = kinds
        try await writer.write { (core, tables) throws(StoreError) in
            for kind in records { try core.append(RecordDraft(kind), tables) }
        }
    }

    /// Names the API's address in the lock file, for commands that would rather talk to the daemon.
    package func announce(address: String) { lock.announce(boot: boot, address: address) }

    // MARK: Writing

    package func accept(
        _ delivery: AcceptedDelivery
    ) async throws(StoreError) -> [Acceptance] {
        try await writer.write(.accept) { (core, tables) throws(StoreError) in
            try core.accept(delivery, tables)
        }
    }

    package func decide<Value: Sendable>(
        _ decisions: [StoreDecision<Value>]
    ) async -> [Result<StoreAnswer<Value>, StoreError>] {
        let failpoints = failpoints
        return await writer.write(decisions.map { Self.work($0, failpoints) })
    }

    private static func work<Value: Sendable>(
        _ decision: @escaping StoreDecision<Value>, _ failpoints: Failpoints
    ) -> GroupCommit.Work<StoreAnswer<Value>> {
        { (core, tables) throws(StoreError) in
            let proposal = try decision(SQLiteView(tables.db, core, tables))
            let receipt = try core.commit(proposal.transaction, tables)
            return GroupCommit.Written(
                value: StoreAnswer(receipt: receipt, value: proposal.value),
                points: failpoints.areSet ? .of(proposal.transaction) : .none)
        }
    }

    package func claim(
        _ count: Int, for duration: Duration
    ) async throws(StoreError) -> [ClaimedRun] {
        try await writer.write(.claim) { (core, tables) throws(StoreError) in
            try core.claim(count, for: duration, tables)
        }
    }

    package func renew(
        _ leases: [RunLease], for duration: Duration
    ) async throws(StoreError) -> [RunLease] {
        try await writer.write { (core, tables) throws(StoreError) in
            try core.renew(leases, for: duration, tables)
        }
    }

    package func forget(
        incident: String, actor: RecordActor
    ) async throws(StoreError) -> Int {
        try await writer.write { (core, tables) throws(StoreError) in
            try core.forget(incident: incident, actor: actor, tables)
        }
    }

    // MARK: The log

    package func checkpoint(
        always: Bool
    ) async throws(StoreError) -> SignedCheckpoint? {
        if isClosed.withLock({ $0 }) { throw .closed }
        return try await sign(always: always)
    }

    /// Signs the log as it stands, if it is time or `always`: first into the file beside the database, then into it.
    private func sign(always: Bool) async throws(StoreError) -> SignedCheckpoint? {
        failpoints.pass(.checkpointBeforeSign)
        let core = writer.core
        let next = checkpoints.withLock { checkpoints in
            Result { () throws(StoreError) in
                try checkpoints.next(
                    core.frontier, uptime: core.world.uptime(), always: always)
            }
        }
        guard let next = try next.get() else { return nil }
        try SideFile.write(Array(next.note.utf8), to: files.checkpoint)
        failpoints.pass(.checkpointAfterFile)
        try await keep(next)
        return next
    }

    /// Once the note is in the file, it goes into the database.
    private func keep(_ signed: SignedCheckpoint) async throws(StoreError) {
        try await writer.write { (core, tables) throws(StoreError) in
            try tables.execute(
                "INSERT INTO checkpoint(size, at, note) VALUES (?, ?, ?)",
                signed.checkpoint.size, core.world.now().microseconds, signed.note)
        }
        checkpoints.withLock { $0.kept(signed) }
    }

    /// Why nothing is signed, `nil` if all is well.
    package var fork: String? { checkpoints.withLock { $0.fork } }

    /// A person takes a restored log as it is: it goes on under a new name and key, so that nobody takes its
    /// checkpoints for continuations of the old ones.
    package func acceptFork(by actor: RecordActor) async throws(StoreError) {
        guard fork != nil else { return }
        let core = writer.core
        let origin = LogMeta.newOrigin(core.world)
        let signer = try files.makeSigner(named: origin, seed: core.world.randomBytes(32))
        try await writer.write { (core, tables) throws(StoreError) in
            try core.append(RecordDraft(.logForked, actor: actor, reason: "accepted"), tables)
            try tables.execute(
                "INSERT OR REPLACE INTO meta(name, value) VALUES ('log', ?)", origin)
        }
        var identity = core.identity
        identity.log = origin
        writer.reidentify(identity)
        checkpoints.withLock { $0 = Checkpoints(signer: signer, last: nil, fork: nil) }
        _ = try await checkpoint(always: true)
    }

    package func close() async {
        let first = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        guard first else { return }
        if writer.isBroken {
            // Closing would sync a file again whose sync has failed; what is on disk tells the next process the truth.
            _ = Unmanaged.passRetained(pool)
        } else {
            await stopCleanly()
            writer.refuse(.closed)
            try? pool.close()
        }
        lock.release()
    }

    private func stopCleanly() async {
        let signed = checkpoints.withLock { $0.last?.checkpoint.size }
        if signed != writer.core.frontier.size { _ = try? await sign(always: true) }
        try? await writer.write { (_, tables) throws(StoreError) in
            try tables.execute("DELETE FROM meta WHERE name = 'boot'")
        }
        _ = try? await pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    }
}
