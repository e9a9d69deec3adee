import BelayEngine
import GRDB

/// Turns what SQLite and GRDB throw into the store's own errors.
enum SQLiteFailure {
    static func attempt<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
        do { return try body() } catch { throw storeError(error) }
    }

    static func storeError(_ error: any Error) -> StoreError {
        switch error {
        case let error as StoreError: error
        case let error as DatabaseError: storeError(error)
        default: .broken("\(error)")
        }
    }

    private static func storeError(_ error: DatabaseError) -> StoreError {
        let message = error.message ?? error.resultCode.description
        return switch error.resultCode {
        case .SQLITE_FULL: .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(message)
        case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(message)
        case .SQLITE_INTERRUPT, .SQLITE_MISUSE: .closed
        default: .broken("\(error.extendedResultCode): \(message)")
        }
    }
}

extension StoreError {
    /// Whether SQLite may have ended the whole transaction: nothing of its group can be kept.
    var endsTransaction: Bool {
        switch self {
        case .full, .broken, .damaged, .inUse: true
        default: false
        }
    }

    /// Whether the medium may no longer hold what it acknowledged: no write is tried again.
    var isLasting: Bool { if case .broken = self { true } else { false } }
}
