import BelayEngine
import GRDB
import GRDBSQLite

/// The rows of a query, stepped directly: columns are looked at where SQLite has them, nothing is boxed.
final class RawRows {
    private let statement: Statement
    private let handle: OpaquePointer
    /// A statement that is stepped once more after its end would begin anew.
    private var isDone = false

    /// The statement belongs to the connection and ends with it.
    init(_ db: Database, _ sql: String) throws {
        statement = try db.makeStatement(sql: sql)
        handle = statement.sqliteStatement
    }

    /// Whether there is another row.
    func next() throws(StoreError) -> Bool {
        if isDone { return false }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            isDone = true
            return false
        default: throw RawStatement.failure(handle)
        }
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// A blob's or text's bytes, until the next row.
    func blob(_ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(handle, column),
            count: Int(sqlite3_column_bytes(handle, column)))
    }
}
