import BelayEngine
import Dispatch
import GRDB
import Synchronization

/// SQLite's own look at every page and index, on a connection of its own while the records are read.
final class IntegrityCheck: Sendable {
    private let path: String
    private let messages = Mutex<[String]>([])
    private let done = DispatchGroup()

    init(path: String) { self.path = path }

    func start() {
        DispatchQueue.global().async(group: done) { self.run() }
    }

    /// What is wrong with the file; empty if nothing is.
    func wait() -> [String] {
        done.wait()
        return messages.withLock { $0 }
    }

    private func run() {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let found = try queue.read { db in
                try String.fetchAll(db, sql: "PRAGMA integrity_check(10)")
            }
            messages.withLock { $0 = found.filter { $0 != "ok" } }
        } catch {
            messages.withLock { $0 = ["\(SQLiteFailure.storeError(error))"] }
        }
    }
}
