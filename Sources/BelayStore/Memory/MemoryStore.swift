package import BelayEngine

/// The store in memory, for simulations and tests: one boot over a `MemoryDisk`.
package struct MemoryStore: Store {
    let disk: MemoryDisk
    package let boot: String

    /// A store on a disk of its own.
    package static func make(world: any World) async throws(StoreError) -> MemoryStore {
        try await MemoryDisk().open(world: world)
    }

    // MARK: Writing

    package func accept(
        _ delivery: AcceptedDelivery
    ) async throws(StoreError) -> [Acceptance] {
        try await disk.write(boot) { (core, tables) throws(StoreError) in
            try core.accept(delivery, tables)
        }
    }

    package func decide<Value: Sendable>(
        _ decisions: [StoreDecision<Value>]
    ) async -> [Result<StoreAnswer<Value>, StoreError>] {
        await disk.decide(boot, decisions)
    }

    package func claim(
        _ count: Int, for duration: Duration
    ) async throws(StoreError) -> [ClaimedRun] {
        try await disk.write(boot) { (core, tables) throws(StoreError) in
            try core.claim(count, for: duration, tables)
        }
    }

    package func renew(
        _ leases: [RunLease], for duration: Duration
    ) async throws(StoreError) -> [RunLease] {
        try await disk.write(boot) { (core, tables) throws(StoreError) in
            try core.renew(leases, for: duration, tables)
        }
    }

    package func forget(
        incident: String, actor: RecordActor
    ) async throws(StoreError) -> Int {
        try await disk.write(boot) { (core, tables) throws(StoreError) in
            try core.forget(incident: incident, actor: actor, tables)
        }
    }

    // MARK: Reading

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreView) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await disk.read(boot, body)
    }

    // MARK: The log

    package func checkpoint(
        always: Bool
    ) async throws(StoreError) -> SignedCheckpoint? {
        try await disk.checkpoint(boot, always: always)
    }

    package func close() async { await disk.close(boot) }
}
