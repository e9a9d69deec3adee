package import BelayEngine
import GRDB

extension SQLiteStore {
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreView) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let core = writer.core
        do {
            return try await pool.read { db in try body(SQLiteView(db, core)) }
        } catch {
            throw SQLiteFailure.storeError(error)
        }
    }
}
