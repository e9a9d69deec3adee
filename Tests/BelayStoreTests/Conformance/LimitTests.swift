import BelayCompiler
import BelayEngine
import JSON
import Testing

@Suite struct LimitTests {
    private func reserve(_ kind: String, _ key: String, _ run: String) -> StoreWrite {
        .record(RecordDraft(.limitReserved, run: run, target: key, reason: kind))
    }

    @Test(arguments: Medium.allCases) func aTargetHasOneHolder(_ medium: Medium) async throws {
        let store = try await Harness(medium).open()
        let first = try await store.runningRun("r1", delivery: "d1")
        _ = try await store.runningRun("r2", delivery: "d2")
        try await store.commit(StoreTransaction([reserve("target", "cache", "r1")]))
        try await store.commit(StoreTransaction([reserve("target", "cache", "r1")]))
        let held = try await storeError {
            try await store.commit(
                StoreTransaction([reserve("target", "api", "r2"), reserve("target", "cache", "r2")])
            )
        }
        #expect(held == .targetHeld(target: "cache", by: "r1"))
        #expect(try await store.limits().heldTargets == ["cache": "r1"])
        try await store.record(
            RecordDraft(.runFinished, run: "r1", outcome: "succeeded"), under: first)
        #expect(try await store.limits().heldTargets.isEmpty)
        try await store.commit(
            StoreTransaction([reserve("target", "cache", "r2"), reserve("target", "api", "r2")]))
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.limitReleased, run: "r2", target: "api", reason: "target"))
            ]))
        #expect(try await store.limits().heldTargets == ["cache": "r2"])
    }

    @Test(arguments: Medium.allCases) func anIncompleteRollbackKeepsItsTargets(_ medium: Medium)
        async throws
    {
        let store = try await Harness(medium).open()
        let lease = try await store.runningRun()
        try await store.commit(
            StoreTransaction([reserve("target", "cache", "r1"), reserve("cooldown", "k", "r1")]))
        try await store.record(
            RecordDraft(
                .runFinished, run: "r1", outcome: "failed",
                error: RecordError(class: "remote", code: LedgerChange.keepsTargets)), under: lease)
        #expect(try await store.limits().heldTargets.keys.sorted() == ["cache"])
        #expect(try await store.limits().entries.isEmpty)
        try await store.commit(
            StoreTransaction([
                .record(
                    RecordDraft(.limitReleased, actor: .person("ann"), run: "r1", reason: "target"))
            ]))
        #expect(try await store.limits().heldTargets.isEmpty)
    }

    @Test(arguments: Medium.allCases) func entriesCountFromTheirFirstChange(_ medium: Medium)
        async throws
    {
        let harness = try Harness(medium)
        let store = try await harness.open()
        let lease = try await store.runningRun()
        let start = harness.world.now()
        try await store.commit(
            StoreTransaction([
                reserve("cooldown", "cache", "r1"), reserve("budget", "global", "r1"),
                reserve("concurrency", "cache/x", "r1"),
            ]))
        harness.world.advance(.seconds(10))
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.limitCommitted, run: "r1", reason: "cooldown")),
                .record(
                    RecordDraft(.limitCommitted, run: "r1", target: "global", reason: "budget")),
                .record(RecordDraft(.limitCommitted, run: "r1", target: "other", reason: "budget")),
            ]))
        let changed = harness.world.now()
        let entries = try await store.limits().entries
        #expect(
            entries == [
                LimitEntry(
                    kind: "cooldown", key: "cache", run: "r1", rule: "cache-any", phase: .committed,
                    at: changed),
                LimitEntry(
                    kind: "budget", key: "global", run: "r1", rule: "cache-any", phase: .committed,
                    at: changed),
                LimitEntry(
                    kind: "concurrency", key: "cache/x", run: "r1", rule: "cache-any",
                    phase: .reserved, at: start),
            ])
        try await store.record(
            RecordDraft(.runFinished, run: "r1", outcome: "succeeded"), under: lease)
        #expect(try await store.limits().entries.map(\.kind) == ["cooldown", "budget"])
        let later = try await store.limits(committedSince: changed + .milliseconds(1))
        #expect(later.entries.isEmpty)
        try await store.commit(
            StoreTransaction([.record(RecordDraft(.limitReleased, run: "r1", reason: "budget"))]))
        #expect(try await store.limits().entries.map(\.kind) == ["cooldown"])
    }

    @Test(arguments: Medium.allCases) func releasingAllLeavesWhatStarted(_ medium: Medium)
        async throws
    {
        let store = try await Harness(medium).open()
        _ = try await store.runningRun()
        try await store.commit(
            StoreTransaction([
                reserve("cooldown", "a", "r1"), reserve("budget", "b", "r1"),
                .record(RecordDraft(.limitCommitted, run: "r1", reason: "budget")),
                .record(RecordDraft(.limitReleased, run: "r1")),
            ]))
        #expect(try await store.limits().entries.map(\.kind) == ["budget"])
    }

    /// A decision that reserves the budget where nobody has yet.
    private func reserveOnce(_ run: String) -> StoreDecision<Int> {
        { view throws(StoreError) in
            let count = try view.limits(committedSince: Timestamp(microseconds: 0)).entries.count
            return StoreProposal(
                StoreTransaction(count == 0 ? [self.reserve("budget", "global", run)] : []), count)
        }
    }

    @Test(arguments: Medium.allCases) func eachDecisionSeesWhatTheOneBeforeHasWritten(
        _ medium: Medium
    ) async throws {
        let store = try await Harness(medium).open()
        _ = try await store.runningRun()
        let unknown: StoreDecision<Int> = { _ throws(StoreError) in
            StoreProposal(StoreTransaction([self.reserve("budget", "global", "nobody")]), -1)
        }
        let answers = await store.decide([
            reserveOnce("r1"), unknown, reserveOnce("r1"), reserveOnce("r1"),
        ])
        let seen = answers.map { try? $0.get().value }
        #expect(seen == [0, nil, 1, 1])
        #expect(try await store.limits().entries.count == 1)
        #expect(await store.decide([StoreDecision<Int>]()).isEmpty)
    }

    @Test(arguments: Medium.allCases) func decisionsInParallelAreMadeOneAfterAnother(
        _ medium: Medium
    ) async throws {
        let store = try await Harness(medium).open()
        _ = try await store.runningRun()
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask { try await store.decide(self.reserveOnce("r1")).value }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts.filter { $0 == 0 }.count == 1 && counts.count == 50)
        #expect(try await store.limits().entries.count == 1)
    }

    @Test(arguments: Medium.allCases) func pausesHoldUntilLifted(_ medium: Medium) async throws {
        let store = try await Harness(medium).open()
        let receipt = try await store.commit(
            StoreTransaction([
                .record(
                    RecordDraft(
                        .pauseSet, actor: .person("ann"), target: "runbook/cache",
                        payloads: [PayloadDraft("pause", ["reason": "a change in progress"])]))
            ]))
        let id = try #require(receipt.records.first).id
        let pause = try #require(try await store.pauses().first)
        #expect(pause.id == id)
        #expect(pause.scope == "runbook/cache")
        #expect(pause.actor == .person("ann"))
        #expect(pause.body == ["reason": "a change in progress"])
        #expect(try await store.limits().pauses.map(\.scope) == [.runbook("cache")])
        try await store.commit(
            StoreTransaction([.record(RecordDraft(.pauseExpired, causedBy: id))]))
        #expect(try await store.limits().pauses.isEmpty)
    }
}
