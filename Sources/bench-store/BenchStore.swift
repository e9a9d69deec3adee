import BelayEngine
import BelayStore
import Cryptography
import FoundationEssentials
import JSON

/// Measures the journal beside a bare SQLite loop in the same run: `bench-store [RECORDS_TO_VERIFY]`.
@main
struct BenchStore {
    static func main() async throws {
        let million = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
        let folder = FileManager.default.currentDirectoryPath + "/.bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await durable(folder)
        try await verification(folder, million)
    }

    /// Ours and the bare loop in turns, because what else the machine does changes; the best of each counts.
    private static func durable(_ folder: String) async throws {
        let bare = try BareLoop(path: folder + "/bare.db")
        let store = try await SQLiteStore.open(path: folder + "/durable.db", world: BenchWorld())
        let runs = try await makeRuns(64, store)
        var best = [Double](repeating: 0, count: 4)
        for _ in 0..<5 {
            let round = [
                try await rate("bare loop, single", 1500) { try bare.run($0, group: 1) },
                try await rate("journal, single", 1500) { try await single($0, runs, store) },
                try await rate("bare loop, groups of 64", 20_000) { try bare.run($0, group: 64) },
                try await rate("journal, 64 writers", 20_000) {
                    try await together($0, runs, store)
                },
            ]
            best = zip(best, round).map { max($0, $1) }
        }
        print(
            "journal / bare: single \(percent(best[1], best[0])), grouped \(percent(best[3], best[2]))"
        )
        await store.close()
    }

    private static func single(_ count: Int, _ runs: [RunLease], _ store: SQLiteStore) async throws
    {
        for number in 0..<count {
            try await store.commit(.result(number, runs[number % runs.count]))
        }
    }

    private static func together(_ count: Int, _ runs: [RunLease], _ store: SQLiteStore)
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, lease) in runs.enumerated() {
                group.addTask {
                    for number in stride(from: place, to: count, by: runs.count) {
                        try await store.commit(.result(number, lease))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Runs that this boot holds.
    static func makeRuns(_ count: Int, _ store: SQLiteStore) async throws -> [RunLease] {
        var leases: [RunLease] = []
        for number in 0..<count {
            let answers = try await store.accept(
                AcceptedDelivery(
                    source: "bench", actor: .system,
                    incidents: [
                        NewIncident(
                            delivery: "d\(number)", fingerprint: "f\(number)",
                            startedAt: BenchWorld().now(), resolvesProblem: false,
                            content: SHA256.hash([]), body: ["title": "bench"])
                    ]))
            let run = UUIDv7.make(BenchWorld())
            let runbook = RunbookReference(name: "bench", program: SHA256.hash([]))
            let receipt = try await store.commit(
                StoreTransaction([
                    .program(ProgramText([UInt8]())),
                    .record(
                        RecordDraft(
                            .runCreated, incident: answers[0].id, run: run, runbook: runbook,
                            rule: "bench")),
                    .claim(run: run, for: .seconds(3600)),
                ]))
            leases += receipt.leases
        }
        return leases
    }

    /// Runs the body and prints how many a second it did.
    static func rate(
        _ name: String, _ count: Int, _ body: (Int) async throws -> Void
    ) async throws -> Double {
        let start = BenchWorld().uptime()
        try await body(count)
        let seconds = (BenchWorld().uptime() - start) / .seconds(1)
        print("\(name): \(count) in \(rounded(seconds)) s, \(Int(Double(count) / seconds))/s")
        return Double(count) / seconds
    }

    static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    private static func percent(_ ours: Double, _ bare: Double) -> String {
        "\(Int(ours / bare * 100)) %"
    }
}

extension StoreTransaction {
    /// One step's result with one payload, under its run's lease.
    static func result(_ number: Int, _ lease: RunLease) -> StoreTransaction {
        StoreTransaction(
            requires: [.lease(lease)],
            [
                .record(
                    RecordDraft(
                        .stepResult, run: lease.run, step: "step-\(number)", attempt: 1,
                        epoch: lease.epoch, provider: "simulated", idem: SHA256.hash([]).hex,
                        outcome: "succeeded",
                        payloads: [
                            .output(["freed": 2048, "message": "a short answer", "ok": true])
                        ]))
            ])
    }
}
