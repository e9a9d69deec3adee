import BelayEngine
import BelayStore
import Cryptography
import GRDB

/// A log of many records: verifying it, proving one of them, starting with it.
struct LargeBench {
    let folder: String
    let count: Int

    private var path: String { folder + "/large.db" }
    private static let finished = 1_000_000
    private static let open = 10_000

    func run() async throws {
        try await write()
        let audit = try AuditLog(path: path)
        for _ in 0..<3 {
            let seconds = try await BenchStore.seconds {
                let report = try audit.verify()
                precondition(report.isSound, "\(report.faults)")
            }
            BenchStore.figure("verify \(count) records", seconds, "s")
        }
        try await prove(audit)
        try await start()
    }

    private func write() async throws {
        let store = try await SQLiteStore.open(path: path, world: BenchWorld())
        let runs = try await DurableBench.makeRuns(1000, store)
        let perCommit = 200
        for start in stride(from: 0, to: count, by: perCommit) {
            let writes = (start..<start + perCommit).flatMap { number in
                StoreTransaction.result(number, runs[number % runs.count]).writes
            }
            try await store.commit(StoreTransaction(writes))
            if start % 100_000 == 0 { _ = try await store.checkpoint(always: true) }
        }
        await store.close()
    }

    private func prove(_ audit: AuditLog) async throws {
        let stored = try audit.records(RecordQuery(from: Int64(count / 3), limit: 1))
        let id = stored[0].record.id
        _ = try audit.prove(id: id)
        let proofs = 200
        let seconds = try await BenchStore.seconds {
            for _ in 0..<proofs { _ = try audit.prove(id: id) }
        }
        BenchStore.figure("prove one of \(count)", seconds * 1e6 / Double(proofs), "µs")
    }

    /// Rows of runs that ended and of runs that did not, then opening, listing and claiming.
    private func start() async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                    INSERT INTO run SELECT printf('00000000-0000-7000-8000-%012d', i), 'none',
                        'bench', zeroblob(32), 'bench', iif(i > ?, 'ready', 'succeeded'), NULL, 1,
                        NULL, NULL, iif(i > ?, i, NULL), NULL, i, 0 FROM n
                    """,
                arguments: [Self.finished + Self.open, Self.finished, Self.finished])
        }
        try queue.close()
        let seconds = try await BenchStore.seconds {
            let store = try await SQLiteStore.open(path: path, world: BenchWorld())
            let open = try await store.runs(
                RunFilter(phases: [.ready, .waiting, .running], limit: 20_000))
            precondition(open.count >= Self.open, "\(open.count) open runs")
            let claimed = try await store.claim(64, for: .seconds(30))
            precondition(claimed.count == 64)
            BenchStore.keep(store)
        }
        BenchStore.figure(
            "start with \(Self.finished) ended and \(Self.open) open runs", seconds, "s")
    }
}

extension BenchStore {
    /// Lets a store live until the process ends.
    static func keep(_ store: SQLiteStore) { _ = Unmanaged.passRetained(store) }
}
