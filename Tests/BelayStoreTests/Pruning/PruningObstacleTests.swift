import BelayCompiler
import BelayEngine
import BelayStore
import FoundationEssentials
import Testing

/// What still needs its records holds the cut back, and is named.
@Suite struct PruningObstacleTests {
    private let folder: TemporaryFolder
    private let world = TestWorld()
    private var path: String { folder.path + "/journal.db" }

    init() throws { folder = try TemporaryFolder() }

    /// A journal with ten signed records, then whatever the body does, signed too; what holds the cut back then.
    private func obstacle(
        _ body: (SQLiteStore) async throws -> Void
    ) async throws -> PruningPlan.Obstacle? {
        let store = try await SQLiteStore.open(path: path, world: world)
        try await store.commit(
            StoreTransaction((0..<9).map { .record(RecordDraft(.programLoaded, item: $0)) }))
        _ = try await store.checkpoint(always: true)
        try await body(store)
        _ = try await store.checkpoint(always: true)
        let result = try await store.prune(recordsBefore: .index(.max), actor: .person("ann"))
        await store.close()
        #expect(result.plan.obstacle == nil || result.plan.cut == 10)
        #expect(try JournalVerifier().verify(path: path).faults == [])
        return result.plan.obstacle
    }

    private func said(_ obstacle: PruningPlan.Obstacle) -> String {
        "\(obstacle.index) \(obstacle.what)"
    }

    private func eraseWords(_ store: SQLiteStore) async throws {
        _ = try await store.prune(
            receivedBefore: world.now() + .seconds(1), actor: .person("ann"))
    }

    private func decided(_ store: SQLiteStore, _ delivery: String = "d1") async throws -> String {
        let incident = try await store.incident(delivery, fingerprint: delivery)
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.ruleUnmatched, incident: incident, reason: "no_rule"))
            ]))
        return incident
    }

    @Test func nothing() async throws {
        let obstacle = try await obstacle { store in
            _ = try await decided(store)
            try await eraseWords(store)
        }
        #expect(obstacle == nil)
    }

    @Test func anIncidentWhoseWordsAreKept() async throws {
        let obstacle = try await obstacle { _ = try await decided($0) }
        #expect(obstacle?.index == 10)
        #expect(obstacle?.what.hasPrefix("the words of incident ") == true)
    }

    @Test func anIncidentThatIsNotDecided() async throws {
        let obstacle = try await obstacle { store in
            _ = try await store.incident()
            try await eraseWords(store)
        }
        #expect(obstacle?.index == 10)
        #expect(obstacle?.what.hasSuffix(" is still to be decided") == true)
    }

    @Test func anIncidentThatIsDecidedAgain() async throws {
        let obstacle = try await obstacle { store in
            let incident = try await decided(store)
            let time = world.now() + .seconds(60)
            try await store.commit(StoreTransaction([.wakeIncident(incident, at: time)]))
            try await eraseWords(store)
        }
        #expect(obstacle?.index == 10)
        #expect(obstacle?.what.hasSuffix(" is still to be decided") == true)
    }

    /// From its incident on.
    @Test func aRunThatHasNotEnded() async throws {
        let obstacle = try await obstacle { store in
            let lease = try await store.runningRun("r1")
            try await store.record(
                RecordDraft(.runWaiting, run: "r1", reason: "approval"), under: lease)
        }
        #expect(obstacle.map(said) == "10 run r1 is waiting: approval")
    }

    @Test func aRunWhoseOutcomeAnotherWaitsFor() async throws {
        let obstacle = try await obstacle { store in
            let lease = try await store.runningRun("r1", delivery: "d1")
            try await store.record(
                RecordDraft(.runFinished, run: "r1", outcome: "succeeded"), under: lease)
            try await eraseWords(store)
            let member = try await store.runningRun("r2", delivery: "d2")
            try await store.record(
                RecordDraft(.runWaiting, run: "r2", reason: "joined:r1"), under: member)
        }
        #expect(obstacle.map(said) == "11 run r2 waits for run r1")
    }

    @Test func aPauseInForce() async throws {
        let obstacle = try await obstacle { store in
            try await store.commit(
                StoreTransaction([.record(RecordDraft(.pauseSet, target: "target/cache"))]))
        }
        #expect(obstacle.map(said) == "10 the pause of target/cache is in force")
    }

    /// A run that has ended and could not roll back.
    @Test func aTargetThatIsHeld() async throws {
        let obstacle = try await obstacle { store in
            let lease = try await store.runningRun("r1")
            try await store.record(
                RecordDraft(.limitReserved, run: "r1", target: "cache", reason: "target"),
                under: lease)
            try await store.record(
                RecordDraft(
                    .runFinished, run: "r1", outcome: "failed",
                    error: RecordError(class: "failed", code: LedgerChange.keepsTargets)),
                under: lease)
            try await eraseWords(store)
        }
        #expect(obstacle.map(said) == "11 target cache is held by run r1")
    }

    /// A place in a queue, which an incident has without a run.
    @Test func aPlaceInAQueue() async throws {
        let obstacle = try await obstacle { store in
            let incident = try await decided(store)
            try await store.commit(
                StoreTransaction([
                    .record(
                        RecordDraft(
                            .limitReserved, incident: incident, target: "group", reason: "queue"))
                ]))
            _ = try await store.forget(incident: incident, actor: .person("ann"))
        }
        #expect(obstacle?.index == 10)
        #expect(obstacle?.what.hasSuffix(" has reserved a place: queue") == true)
    }

    /// What was counted stays counted when the records of the run are gone.
    @Test func aLedgerIsNotShortened() async throws {
        var before: [LimitEntry] = []
        let obstacle = try await obstacle { store in
            let lease = try await store.runningRun("r1")
            for kind in [RecordKind.limitReserved, .limitCommitted] {
                try await store.record(
                    RecordDraft(kind, run: "r1", target: "k", reason: "cooldown"), under: lease)
            }
            try await store.record(
                RecordDraft(.runFinished, run: "r1", outcome: "succeeded"), under: lease)
            try await eraseWords(store)
            before = try await store.limits().entries
        }
        #expect(obstacle == nil)
        let store = try await SQLiteStore.open(path: path, world: world)
        #expect(before.count == 1)
        #expect(try await store.limits().entries == before)
        #expect(try await store.run("r1") == nil)
        await store.close()
    }
}
