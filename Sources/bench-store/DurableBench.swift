import BelayEngine
import BelayStore
import Cryptography
import JSON

/// Records of one step's result, each durable, one writer and 64 writers, beside the same rows without a journal.
enum DurableBench {
    static func run(_ folder: String) async throws {
        let bare = try BareLoop(path: folder + "/bare.db")
        let store = try await SQLiteStore.open(path: folder + "/durable.db", world: BenchWorld())
        let runs = try await makeRuns(64, store)
        try await rate("bare, single", 1000) { try bare.run($0, group: 1) }
        try await rate("journal, single", 1000) { try await single($0, runs, store) }
        try await rate("bare, groups of 64", 20_000) { try bare.run($0, group: 64) }
        try await rate("journal, 64 writers", 20_000) { try await together($0, runs, store) }
        await store.close()
    }

    private static func rate(
        _ name: String, _ count: Int, _ body: (Int) async throws -> Void
    ) async throws {
        let seconds = try await BenchStore.seconds { try await body(count) }
        BenchStore.figure(name, Double(count) / seconds, "records/s")
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
