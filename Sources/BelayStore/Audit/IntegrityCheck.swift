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

    /// For reading a whole file: pages are mapped rather than copied.
    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA mmap_size = 34359738368")
        }
        return configuration
    }

    private func run() {
        let configuration = Self.configuration
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
