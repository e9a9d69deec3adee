import BelayCompiler
import BelayEngine
import BelayStore
import FoundationEssentials
import JSON
import Testing

/// Random journals, random cuts: what verified before verifies after, and says the same of what stays.
@Suite struct PruningPropertyTests {
    @Test func whatVerifiedBeforeVerifiesAfter() async throws {
        var removed: Int64 = 0
        for seed in 0..<8 { removed += try await prune(seed: UInt64(seed)) }
        #expect(removed > 300)
    }

    /// How many records went in three prunings of one journal.
    private func prune(seed: UInt64) async throws -> Int64 {
        var story = RandomStory(seed: seed)
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.db"
        let world = TestWorld(seed: seed + 1)
        var removed: Int64 = 0
        for _ in 0..<3 {
            let store = try await SQLiteStore.open(path: path, world: world)
            try await story.tell(50, to: store, world)
            _ = try await store.prune(
                receivedBefore: world.now() + .seconds(1 - story.number(4) / 3 * 600),
                actor: .person("a"))
            _ = try await store.checkpoint(always: true)
            #expect(try JournalVerifier().verify(path: path).faults == [])
            let before = try Picture(path)
            let limit = Int(before.size) - story.number(Int(before.size) / 2)
            let result = try await store.prune(
                recordsBefore: .index(Int64(limit)), actor: .person("b"))
            removed += result.plan.records
            let report = try JournalVerifier().verify(path: path)
            #expect(report.faults == [], "seed \(seed), before \(limit)")
            #expect(result.plan.cut <= max(Int64(limit), result.plan.pruned))
            try Picture(path).check(against: before, cut: result.plan.cut)
            // All that ever came is still known.
            for (delivery, id) in story.accepted.sorted(by: { $0.key < $1.key }) {
                #expect(try await store.incident(delivery, fingerprint: delivery) == id)
            }
            await store.close()
            #expect(try JournalVerifier().verify(path: path).faults == [], "seed \(seed)")
            var lines: [[UInt8]] = []
            _ = try AuditLog(path: path).export(.jsonl, RecordQuery(limit: .max)) {
                lines.append($0)
            }
            #expect(JournalVerifier().verify(export: lines).faults == [], "seed \(seed)")
        }
        return removed
    }

    /// What a journal shows at one moment.
    private struct Picture {
        let audit: AuditLog
        let size: Int64
        let records: [StoredRecord]
        let proofs: [String: TLogProof]
        let checkpoint: SignedCheckpoint
        let runs: [String: RunRow]

        init(_ path: String) throws {
            audit = try AuditLog(path: path)
            records = try audit.records(RecordQuery(limit: .max))
            checkpoint = try #require(try audit.checkpoint())
            size = checkpoint.checkpoint.size
            var proofs: [String: TLogProof] = [:]
            for stored in records where stored.index < size {
                proofs[stored.record.id] = try audit.prove(id: stored.record.id)
            }
            self.proofs = proofs
            runs = Dictionary(
                uniqueKeysWithValues: try audit.runs(RunFilter(limit: .max)).map { ($0.id, $0) })
        }

        /// The later picture against the one before a pruning.
        func check(against before: Picture, cut: Int64) throws {
            let kept = before.records.filter { $0.index >= cut }
            #expect(Array(records.prefix(kept.count)) == kept)
            let keys = audit.files.knownVerifiers()
            for stored in kept {
                let old = try #require(before.proofs[stored.record.id])
                #expect(
                    try old.check(record: stored.bytes, keys: keys).get()
                        == before.checkpoint.checkpoint)
                let new = try #require(proofs[stored.record.id])
                #expect(
                    try new.check(record: stored.bytes, keys: keys).get() == checkpoint.checkpoint)
            }
            guard case .consistent = try audit.consistency(old: before.checkpoint, new: checkpoint)
            else {
                Issue.record("the newer checkpoint does not continue the older")
                return
            }
            for (id, run) in runs { #expect(before.runs[id] == run) }
            let chains = Set(kept.map(\.record.chain))
            #expect(
                Set(runs.keys)
                    == (cut > 0 ? chains.intersection(before.runs.keys) : Set(before.runs.keys)))
        }
    }
}

/// A journal's story by chance: incidents, runs that end or do not, limits, pauses, checkpoints.
private struct RandomStory {
    private var state: UInt64
    private(set) var accepted: [String: String] = [:]
    private var open: [RunLease] = []
    private var undecided: [String] = []
    private var pauses: [String] = []
    private var count = 0

    init(seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }

    mutating func number(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func tell(_ steps: Int, to store: SQLiteStore, _ world: TestWorld) async throws {
        // A new process: what the old one held is claimed anew.
        open = try await store.claim(1000, for: .seconds(3600)).map(\.lease)
        undecided = try await store.incidents(.due(limit: 1000)).map(\.id)
        for _ in 0..<steps {
            world.advance(.seconds(Int64(number(60))))
            switch number(10) {
            case 0, 1: try await accept(store)
            case 2, 3: try await decide(store)
            case 4, 5: try await limit(store)
            case 6, 7, 8: try await goOn(store)
            default: try await pauseOrSign(store)
            }
        }
        // Mostly all ends, so that there is something to prune.
        while number(60) > 0, !open.isEmpty || !undecided.isEmpty || !pauses.isEmpty {
            try await decide(store)
            if !open.isEmpty { try await finish(store, open.removeFirst()) }
            if number(3) == 0 { try await lift(store) }
        }
    }

    private mutating func accept(_ store: SQLiteStore) async throws {
        count += 1
        let isRepeat = number(4) == 0 && !accepted.isEmpty
        let delivery = isRepeat ? accepted.keys.sorted()[number(accepted.count)] : "d\(count)"
        let id = try await store.incident(delivery, fingerprint: delivery)
        #expect(accepted[delivery] ?? id == id)
        accepted[delivery] = id
        if try await store.incident(id)?.phase == .received, !undecided.contains(id) {
            undecided.append(id)
        }
    }

    private mutating func decide(_ store: SQLiteStore) async throws {
        guard !undecided.isEmpty else { return }
        let incident = undecided.removeFirst()
        if number(3) == 0 {
            try await store.commit(
                StoreTransaction([.record(RecordDraft(.ruleUnmatched, incident: incident))]))
        } else {
            count += 1
            try await store.createRun("r\(count)", for: incident)
            open.append(try await store.claimed("r\(count)"))
        }
    }

    private mutating func limit(_ store: SQLiteStore) async throws {
        guard !open.isEmpty else { return }
        let run = open[number(open.count)]
        let kind = number(2) == 0 ? RecordKind.limitReserved : .limitCommitted
        try await store.record(
            RecordDraft(kind, run: run.run, target: "k\(number(5))", reason: "cooldown"), under: run
        )
        count += 1
        try await store.record(
            RecordDraft(.limitReserved, run: run.run, target: "t\(count)", reason: "target"),
            under: run)
    }

    private mutating func goOn(_ store: SQLiteStore) async throws {
        guard !open.isEmpty else { return }
        let place = number(open.count)
        if number(3) == 0 { return try await finish(store, open.remove(at: place)) }
        let run = open[place]
        for kind in [RecordKind.stepIntent, .stepResult] {
            try await store.record(
                RecordDraft(
                    kind, run: run.run, step: "s", attempt: 1,
                    payloads: [.output(["n": .integer(Int64(number(9)))])]), under: run)
        }
    }

    private func finish(_ store: SQLiteStore, _ run: RunLease) async throws {
        try await store.record(
            RecordDraft(.runFinished, run: run.run, outcome: "succeeded"), under: run)
    }

    private mutating func pauseOrSign(_ store: SQLiteStore) async throws {
        switch number(4) {
        case 0:
            let receipt = try await store.commit(
                StoreTransaction([.record(RecordDraft(.pauseSet, target: "all"))]))
            pauses.append(receipt.records[0].id)
        case 1: try await lift(store)
        default: _ = try await store.checkpoint(always: true)
        }
    }

    private mutating func lift(_ store: SQLiteStore) async throws {
        guard !pauses.isEmpty else { return }
        let pause = pauses.removeFirst()
        try await store.commit(
            StoreTransaction([.record(RecordDraft(.pauseLifted, causedBy: pause))]))
    }
}
