import BelayEngine
import BelayStore

extension BenchStore {
    /// Writes a log of many records, then verifies it and proves one of them.
    static func verification(_ folder: String, _ count: Int) async throws {
        let path = folder + "/large.db"
        let store = try await SQLiteStore.open(path: path, world: BenchWorld())
        let runs = try await makeRuns(1000, store)
        let perCommit = 100
        _ = try await rate("journal, 100 records in a commit", count) { count in
            for start in stride(from: 0, to: count, by: perCommit) {
                let writes = (start..<start + perCommit).flatMap { number in
                    StoreTransaction.result(number, runs[number % runs.count]).writes
                }
                try await store.commit(StoreTransaction(writes))
                if start % 100_000 == 0 { _ = try await store.checkpoint(always: true) }
            }
        }
        await store.close()
        try await readBack(path, count)
        let start = BenchWorld().uptime()
        let again = try await SQLiteStore.open(path: path, world: BenchWorld())
        print("opening it: \(rounded((BenchWorld().uptime() - start) / .milliseconds(1))) ms")
        await again.close()
    }

    private static func readBack(_ path: String, _ count: Int) async throws {
        let audit = try AuditLog(path: path)
        _ = try await rate("verify", count) { _ in
            let report = try audit.verify()
            precondition(report.isSound, "\(report.faults)")
        }
        _ = try await rate("of that, SQLite's integrity check alone", count) { _ in
            try AuditLog.checkFile(path)
        }
        let stored = try audit.records(RecordQuery(from: Int64(count / 3), limit: 1))
        let id = stored[0].record.id
        _ = try audit.prove(id: id)
        let proofs = 200
        let start = BenchWorld().uptime()
        for _ in 0..<proofs { _ = try audit.prove(id: id) }
        let each = (BenchWorld().uptime() - start) / .microseconds(1) / Double(proofs)
        print("prove one of \(count): \(rounded(each)) µs")
    }
}
