package import BelayEngine
import Cryptography

/// What survives when a store in memory is dropped and opened again: a disk for simulations and tests.
package actor MemoryDisk {
    /// The host's name in records.
    private static let node = "memory"

    let tables = MemoryTables()
    private var core: StoreCore?
    private var checkpoints: Checkpoints
    private let pepper: [UInt8]
    private var stoppedCleanly = true

    /// A new, empty disk; the log's name, key and pepper come from the given bytes, so that a seed repeats them.
    package init(origin: String = "belay/memory", seed: [UInt8] = SecureRandom.bytes(32)) {
        let digest = SHA256.hash(seed)
        guard let key = Ed25519.PrivateKey(seed: digest.bytes),
            let signer = NoteSigner(name: origin, key: key)
        else { preconditionFailure("an origin without spaces and a seed of 32 bytes") }
        checkpoints = Checkpoints(signer: signer, last: nil, fork: nil)
        pepper = SHA256.hash(digest.bytes).bytes
    }

    /// What verifies the disk's checkpoints.
    package var verifier: NoteVerifier { checkpoints.signer.verifier }

    /// The last checkpoint, `nil` before the first.
    package var lastCheckpoint: SignedCheckpoint? { checkpoints.last }

    /// Starts a new boot; a store that was opened before gets `closed` from now on, as if its process had died.
    package func open(world: any World) throws(StoreError) -> MemoryStore {
        let boot = UUIDv7.make(world)
        let identity = LogIdentity(
            log: checkpoints.signer.name, node: Self.node, boot: boot, pepper: pepper)
        core = StoreCore(
            identity: identity, world: world, frontier: core?.frontier ?? MerkleFrontier())
        let starts: [RecordKind] =
            stoppedCleanly ? [.logStarted] : [.logStarted, .logRecovered]
        stoppedCleanly = false
        try write(boot) { (core, tables) throws(StoreError) in
            for kind in starts { try core.append(RecordDraft(kind), tables) }
        }
        return MemoryStore(disk: self, boot: boot)
    }

    /// One transaction: all of it or nothing.
    func write<Value: Sendable>(
        _ boot: String,
        _ body: (inout StoreCore, MemoryTables) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        guard var core, core.boot == boot else { throw .closed }
        do throws(StoreError) {
            let value = try body(&core, tables)
            tables.keep()
            self.core = core
            return value
        } catch {
            tables.rollBack()
            throw error
        }
    }

    func decide<Value: Sendable>(
        _ boot: String, _ decisions: [StoreDecision<Value>]
    ) -> [Result<StoreAnswer<Value>, StoreError>] {
        decisions.map { decision in
            Result { () throws(StoreError) in
                try write(boot) { (core, tables) throws(StoreError) in
                    let proposal = try decision(
                        MemoryView(contents: tables.contents, core: core))
                    return StoreAnswer(
                        receipt: try core.commit(proposal.transaction, tables),
                        value: proposal.value)
                }
            }
        }
    }

    func read<Value: Sendable>(
        _ boot: String, _ body: (any StoreView) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        guard let core, core.boot == boot else { throw .closed }
        return try body(MemoryView(contents: tables.contents, core: core))
    }

    func checkpoint(_ boot: String, always: Bool) throws(StoreError) -> SignedCheckpoint? {
        guard let core, core.boot == boot else { throw .closed }
        let next = try checkpoints.next(
            core.frontier, uptime: core.world.uptime(), always: always)
        if let next { checkpoints.kept(next) }
        return next
    }

    func close(_ boot: String) {
        guard let core, core.boot == boot else { return }
        if checkpoints.last?.checkpoint.size != core.frontier.size {
            _ = try? checkpoint(boot, always: true)
        }
        stoppedCleanly = true
        self.core = StoreCore(
            identity: LogIdentity(
                log: core.identity.log, node: Self.node, boot: "", pepper: pepper),
            world: core.world, frontier: core.frontier)
    }
}
