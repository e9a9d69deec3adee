package import BelayCompiler
package import BelayEngine
package import Cryptography

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

    @discardableResult
    package func commit(
        _ transaction: StoreTransaction
    ) async throws(StoreError) -> StoreReceipt {
        try await disk.write(boot) { (core, tables) throws(StoreError) in
            try core.commit(transaction, tables)
        }
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

    package func run(_ id: String) async throws(StoreError) -> RunRow? {
        try await disk.read(boot) { (_, contents) in contents.runs[id] }
    }

    package func runs(_ filter: RunFilter) async throws(StoreError) -> [RunRow] {
        try await disk.read(boot) { (_, contents) in
            let found = contents.runs.values.filter { run in
                filter.phases?.contains(run.phase) ?? true
                    && filter.incident ?? run.incident == run.incident
                    && filter.rule ?? run.rule == run.rule
            }
            return Array(
                found.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }.prefix(filter.limit))
        }
    }

    package func incident(_ id: String) async throws(StoreError) -> IncidentRow? {
        try await disk.read(boot) { (_, contents) in contents.incidentRow(id) }
    }

    package func incidents(
        _ filter: IncidentFilter
    ) async throws(StoreError) -> [IncidentRow] {
        try await disk.read(boot) { (core, contents) in contents.incidents(filter, core) }
    }

    package func events(ofRun id: String) async throws(StoreError) -> [StoredRecord] {
        try await disk.read(boot) { (_, contents) in
            (contents.indexes[id] ?? []).map { contents.records[Int($0)] }
        }
    }

    package func records(_ query: RecordQuery) async throws(StoreError) -> [StoredRecord] {
        try await disk.read(boot) { (_, contents) in contents.records(query) }
    }

    package func limits(
        committedSince horizon: Timestamp
    ) async throws(StoreError) -> LimitSnapshot {
        try await disk.read(boot) { (_, contents) in contents.limits(since: horizon) }
    }

    package func program(_ digest: Digest) async throws(StoreError) -> ProgramText? {
        try await disk.read(boot) { (_, contents) in contents.programs[digest] }
    }

    // MARK: The log

    package func checkpoint(
        always: Bool
    ) async throws(StoreError) -> SignedCheckpoint? {
        try await disk.checkpoint(boot, always: always)
    }

    package func close() async { await disk.close(boot) }
}
