import BelayCompiler
import BelayEngine
import Cryptography
import JSON
import Testing

@Suite struct RunTests {
    @Test(arguments: Medium.allCases) func aRunBeginsReady(_ medium: Medium) async throws {
        let harness = try Harness(medium)
        let store = try await harness.open()
        let incident = try await store.incident()
        try await store.createRun(for: incident)
        let run = try #require(try await store.run("r1"))
        let digest = ProgramText(Array("program".utf8)).digest
        #expect(
            run
                == RunRow(
                    id: "r1", incident: incident,
                    runbook: RunbookReference(name: "cache", program: digest), rule: "cache-any",
                    phase: .ready, epoch: 0, createdAt: harness.world.now(), recoveries: 0))
        #expect(try await store.program(digest)?.bytes == Array("program".utf8))
        #expect(try await store.program(SHA256.hash([])) == nil)
        #expect(try await store.run("r2") == nil)
    }

    @Test(arguments: Medium.allCases) func whatCannotBeIsRefusedWhole(_ medium: Medium) async throws
    {
        let store = try await Harness(medium).open()
        let incident = try await store.incident()
        try await store.createRun(for: incident)
        let before = try await store.kinds().count
        let extra = StoreWrite.record(RecordDraft(.programLoaded))
        let runbook = RunbookReference(name: "cache", program: SHA256.hash([]))
        let again = RecordDraft(
            .runCreated, incident: incident, run: "r1", runbook: runbook, rule: "r")
        var strange = again
        strange.run = "r2"
        strange.incident = "nobody"
        for (draft, error) in [
            (again, StoreError.exists("r1")), (strange, .notFound("nobody")),
            (RecordDraft(.stepIntent, run: "r9", step: "s"), .notFound("r9")),
            (RecordDraft(.ruleMatched, incident: "nobody", rule: "r"), .notFound("nobody")),
        ] {
            let got = try await storeError {
                try await store.commit(StoreTransaction([extra, .record(draft), extra]))
            }
            #expect(got == error)
        }
        #expect(try await store.kinds().count == before)
        try await store.commit(StoreTransaction([extra]))
        try await checkLog(store)
    }

    @Test(arguments: Medium.allCases) func recordsOfARunSayWhoseTheyAre(_ medium: Medium)
        async throws
    {
        let store = try await Harness(medium).open()
        let lease = try await store.runningRun()
        try await store.record(
            RecordDraft(
                .stepIntent, run: "r1", step: "clear", attempt: 1, epoch: lease.epoch,
                provider: "redis", target: "cache", idem: "00ff",
                payloads: [.input(["scope": "expired"]), .message("b")]), under: lease)
        let stored = try #require(try await store.events(ofRun: "r1").last)
        #expect(stored.record.rule == "cache-any")
        #expect(stored.record.runbook?.name == "cache")
        #expect(stored.record.incident == (try await store.run("r1")?.incident))
        #expect(stored.record.idem == "00ff")
        #expect(stored.record.target != nil)
        #expect(stored.payloads.map(\.name) == ["input", "message"])
        #expect(stored[payload: "input"] == ["scope": "expired"])
        let kinds = try await store.events(ofRun: "r1").map(\.record.kind)
        #expect(kinds == [.runCreated, .runClaimed, .stepIntent])
    }

    @Test(arguments: Medium.allCases) func aLeaseHasOneHolder(_ medium: Medium) async throws {
        let harness = try Harness(medium)
        let store = try await harness.open()
        try await store.createRun(for: try await store.incident())
        let claimed = try await store.claim(9, for: .seconds(30))
        #expect(claimed.map(\.found) == [.ready])
        #expect(claimed.map(\.run.phase) == [.running])
        #expect(claimed.map(\.run.owner) == [store.boot])
        let lease = try #require(claimed.first?.lease)
        #expect(lease.epoch == 1)
        #expect(lease.until == harness.world.uptime() + .seconds(30))
        #expect(try await store.claim(9, for: .seconds(30)).isEmpty)
        harness.world.jump(.seconds(86_400))
        #expect(try await store.claim(9, for: .seconds(30)).isEmpty, "a wall clock ends no lease")
        harness.world.advance(.seconds(20))
        let renewed = try await store.renew([lease], for: .seconds(30))
        #expect(renewed.map(\.epoch) == [1])
        harness.world.advance(.seconds(20))
        #expect(try await store.claim(9, for: .seconds(30)).isEmpty)
        harness.world.advance(.seconds(10))
        let second = try await store.claim(9, for: .seconds(30))
        #expect(second.map(\.found) == [.running])
        #expect(second.map(\.lease.epoch) == [2])
        #expect(second.map(\.run.recoveries) == [1])
        #expect(try await store.renew([lease], for: .seconds(30)).isEmpty)
        let stale = RecordDraft(.stepResult, run: "r1", step: "s", epoch: 1)
        #expect(
            try await storeError { try await store.record(stale, under: lease) }
                == .leaseLost(run: "r1"))
        try await store.commit(
            StoreTransaction([.record(RecordDraft(.stepLateResult, run: "r1", step: "s", epoch: 1))]
            ))
        #expect(try await store.run("r1")?.recoveries == 1)
        try await store.record(
            RecordDraft(.stepResult, run: "r1", step: "s"), under: try #require(second.first?.lease)
        )
        #expect(try await store.run("r1")?.recoveries == 0)
        let kinds = try await store.events(ofRun: "r1").map(\.record.kind)
        #expect(
            kinds == [
                .runCreated, .runClaimed, .runLeaseLost, .runClaimed, .stepLateResult, .stepResult,
            ])
        try await checkLog(store)
    }

    @Test(arguments: Medium.allCases) func waitingGivesTheLeaseUp(_ medium: Medium) async throws {
        let harness = try Harness(medium)
        let store = try await harness.open()
        let lease = try await store.runningRun()
        let due = harness.world.now() + .seconds(5)
        try await store.commit(
            StoreTransaction(
                requires: [.lease(lease)],
                [
                    .record(RecordDraft(.runWaiting, run: "r1", reason: "timer")),
                    .wakeRun("r1", at: due),
                ]))
        let run = try #require(try await store.run("r1"))
        #expect(run.phase == .waiting)
        #expect(run.reason == "timer")
        #expect(run.wakeAt == due)
        #expect(run.owner == nil)
        #expect(try await store.claim(9, for: .seconds(30)).isEmpty)
        #expect(
            try await storeError {
                try await store.record(
                    RecordDraft(.stepSkipped, run: "r1", step: "s"), under: lease)
            } == .leaseLost(run: "r1"))
        harness.world.advance(.seconds(5))
        let claimed = try await store.claim(9, for: .seconds(30))
        #expect(claimed.map(\.found) == [.waiting])
        #expect(claimed.map(\.run.wakeAt) == [nil])
        #expect(claimed.map(\.lease.epoch) == [2])
    }

    @Test(arguments: Medium.allCases) func onlyOneAnswerWakesAnApproval(_ medium: Medium)
        async throws
    {
        let store = try await Harness(medium).open()
        let lease = try await store.runningRun()
        try await store.record(
            RecordDraft(.runWaiting, run: "r1", reason: "approval"), under: lease)
        #expect(try await store.claim(9, for: .seconds(30)).isEmpty)
        let granted = StoreTransaction(
            requires: [.waiting(run: "r1", reason: "approval")],
            [
                .record(RecordDraft(.approvalGranted, actor: .person("ann"), run: "r1")),
                .claim(run: "r1", for: .seconds(30)),
            ])
        let receipt = try await store.commit(granted)
        #expect(receipt.leases.map(\.epoch) == [2])
        #expect(
            try await storeError { try await store.commit(granted) } == .notWaiting(run: "r1"))
        #expect(
            try await storeError {
                try await store.commit(StoreTransaction([.claim(run: "r1", for: .seconds(1))]))
            } == .leaseLost(run: "r1"))
    }

    @Test(arguments: Medium.allCases) func aFinalRunStaysFinal(_ medium: Medium) async throws {
        let store = try await Harness(medium).open()
        let lease = try await store.runningRun()
        try await store.record(
            RecordDraft(.runFinished, run: "r1", outcome: "resolved", reason: "recovered"),
            under: lease)
        let run = try #require(try await store.run("r1"))
        #expect(run.phase == .resolved)
        #expect(run.reason == "recovered")
        #expect(run.owner == nil)
        let again = RecordDraft(.runFinished, run: "r1", outcome: "failed")
        #expect(
            try await storeError { try await store.record(again, under: lease) }
                == .leaseLost(run: "r1"))
        #expect(
            try await storeError { try await store.commit(StoreTransaction([.record(again)])) }
                == .leaseLost(run: "r1"))
        #expect(try await store.claim(9, for: .seconds(30)).isEmpty)
        #expect(try await store.run("r1")?.phase == .resolved)
    }

    @Test(arguments: Medium.allCases) func runsAreListedNewestFirst(_ medium: Medium) async throws {
        let harness = try Harness(medium)
        let store = try await harness.open()
        for number in 1...4 {
            let incident = try await store.incident("d\(number)", fingerprint: "f\(number)")
            try await store.createRun("r\(number)", for: incident, rule: number < 3 ? "a" : "b")
            harness.world.advance(.seconds(1))
        }
        try await store.record(
            RecordDraft(.runFinished, run: "r2", outcome: "failed"),
            under: try await store.claimed("r2"))
        #expect(try await store.runs(RunFilter()).map(\.id) == ["r4", "r3", "r2", "r1"])
        #expect(try await store.runs(RunFilter(limit: 1)).map(\.id) == ["r4"])
        #expect(
            try await store.runs(RunFilter(phases: RunFilter.open)).map(\.id) == ["r4", "r3", "r1"])
        #expect(try await store.runs(RunFilter(phases: [.failed])).map(\.id) == ["r2"])
        #expect(try await store.runs(RunFilter(rule: "a")).map(\.id) == ["r2", "r1"])
        let named: [(name: String, runs: [String])] = [
            ("a", ["r2", "r1"]), ("cache/b", ["r4", "r3"]), ("web/a", []), ("cache/", []),
            ("/a", []), ("cache", []), ("cache/a/b", []), ("", []),
        ]
        for (name, expected) in named {
            var filter = RunFilter()
            filter.choose(rule: name)
            let found = try await store.runs(filter).map(\.id)
            #expect(found == expected, "\(name)")
        }
        let incident = try #require(try await store.run("r3")).incident
        #expect(try await store.runs(RunFilter(incident: incident)).map(\.id) == ["r3"])
        #expect(try await store.claim(2, for: .seconds(9)).map(\.run.id) == ["r1", "r3"])
    }

    @Test(arguments: Medium.allCases) func aDeadProcessLosesItsRuns(_ medium: Medium) async throws {
        let harness = try Harness(medium)
        let (boot, lease) = try await harness.life { store in
            let lease = try await store.runningRun()
            try await store.record(
                RecordDraft(.stepIntent, run: "r1", step: "clear", attempt: 1), under: lease)
            return (store.boot, lease)
        }
        let store = try await harness.open()
        #expect(store.boot != boot)
        #expect(
            try await storeError {
                try await store.record(RecordDraft(.stepResult, run: "r1"), under: lease)
            } == .leaseLost(run: "r1"))
        let claimed = try await store.claim(9, for: .seconds(30))
        #expect(claimed.map(\.found) == [.running])
        #expect(claimed.map(\.lease.epoch) == [2])
        let kinds = try await store.kinds()
        #expect(
            kinds.filter { $0.hasPrefix("log.") } == [
                "log.started", "log.started", "log.recovered",
            ])
        try await checkLog(store)
        await store.close()
        let third = try await harness.open()
        #expect(try await third.kinds().last == "log.started")
        try await checkLog(third)
    }
}
