import BelayCompiler
import BelayEngine
import Cryptography
import GRDB
import GRDBSQLite

/// A prepared statement bound and stepped directly, for the few that every record runs.
///
/// Arguments of GRDB are boxed and copied twice; here a value goes straight into SQLite, which copies it once.
struct RawStatement {
    private let handle: OpaquePointer
    private static let copy = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ statement: Statement) { handle = statement.sqliteStatement }

    func bindNull(_ place: Int32) { sqlite3_bind_null(handle, place) }

    func bind(_ place: Int32, _ value: Int64) { sqlite3_bind_int64(handle, place, value) }

    func bind(_ place: Int32, _ value: Int64?) {
        if let value { bind(place, value) } else { sqlite3_bind_null(handle, place) }
    }

    func bind(_ place: Int32, _ value: String) {
        var value = value
        value.withUTF8 { text in
            _ = text.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(handle, place, $0.baseAddress, Int32($0.count), Self.copy)
            }
        }
    }

    func bind(_ place: Int32, _ value: String?) {
        if let value { bind(place, value) } else { sqlite3_bind_null(handle, place) }
    }

    func bind(_ place: Int32, _ value: [UInt8]) {
        value.withUnsafeBytes { bind(place, $0) }
    }

    func bind(_ place: Int32, _ value: Digest) { value.withUnsafeBytes { bind(place, $0) } }

    private func bind(_ place: Int32, _ bytes: UnsafeRawBufferPointer) {
        if bytes.isEmpty {
            sqlite3_bind_zeroblob(handle, place, 0)
        } else {
            sqlite3_bind_blob(handle, place, bytes.baseAddress, Int32(bytes.count), Self.copy)
        }
    }

    /// Runs a statement that gives no rows.
    func run() throws(StoreError) {
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw Self.failure(handle) }
    }

    /// Runs a statement and makes something of each row.
    func rows<Value>(_ make: (RawRow) -> Value) throws(StoreError) -> [Value] {
        var values: [Value] = []
        var code = sqlite3_step(handle)
        while code == SQLITE_ROW {
            values.append(make(RawRow(handle: handle)))
            code = sqlite3_step(handle)
        }
        let failure = code == SQLITE_DONE ? nil : Self.failure(handle)
        sqlite3_reset(handle)
        if let failure { throw failure }
        return values
    }

    /// What SQLite says of the statement's last step.
    static func failure(_ handle: OpaquePointer) -> StoreError {
        let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
        let extended = sqlite3_extended_errcode(sqlite3_db_handle(handle))
        return SQLiteFailure.storeError(
            DatabaseError(resultCode: ResultCode(rawValue: extended), message: message))
    }
}

/// The row that a statement stands on, valid until its next step.
struct RawRow {
    fileprivate let handle: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// The hash in a blob; of anything else, that of nothing.
    func digest(_ column: Int32) -> Digest { Digest(bytes(column)) ?? SHA256.hash([]) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func optional<Value>(_ column: Int32, _ read: (Int32) -> Value) -> Value? {
        isNull(column) ? nil : read(column)
    }

    func time(_ column: Int32) -> Timestamp { Timestamp(microseconds: integer(column)) }

    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
