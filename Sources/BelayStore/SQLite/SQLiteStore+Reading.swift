package import BelayCompiler
package import BelayEngine
package import Cryptography
import GRDB

extension SQLiteStore {
    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteReading) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.read { db in try body(SQLiteReading(db: db)) }
        } catch {
            throw SQLiteFailure.storeError(error)
        }
    }

    package func run(_ id: String) async throws(StoreError) -> RunRow? {
        try await read { try $0.run(id) }
    }

    package func runs(_ filter: RunFilter) async throws(StoreError) -> [RunRow] {
        try await read { try $0.runs(filter) }
    }

    package func incident(_ id: String) async throws(StoreError) -> IncidentRow? {
        try await read { try $0.incident(id) }
    }

    package func incidents(
        _ filter: IncidentFilter
    ) async throws(StoreError) -> [IncidentRow] {
        let core = writer.core
        return try await read {
            try $0.incidents(filter, core.identity, now: core.world.now())
        }
    }

    package func events(ofRun id: String) async throws(StoreError) -> [StoredRecord] {
        try await read { try $0.events(ofRun: id) }
    }

    package func records(_ query: RecordQuery) async throws(StoreError) -> [StoredRecord] {
        try await read { try $0.records(query) }
    }

    package func limits(
        committedSince horizon: Timestamp
    ) async throws(StoreError) -> LimitSnapshot {
        try await read { try $0.limits(since: horizon) }
    }

    package func program(_ digest: Digest) async throws(StoreError) -> ProgramText? {
        try await read { try $0.program(digest) }
    }
}
