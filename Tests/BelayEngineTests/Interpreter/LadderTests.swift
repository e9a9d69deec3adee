import BelayEngine
import JSON
import Testing

@testable import BelayCompiler

/// Section 4 of the language: `until`, notices of the source, and cancelling.
@Suite struct LadderTests {
    typealias C = Chain

    static let rungs = [C.step("a:change"), C.step("b:other"), C.step("t:tell")]

    static func ladder(
        _ script: Told, _ steps: [Step] = rungs, inputs: [(Int, RunInput)] = [],
        _ change: (inout Rule) -> Void = { _ in }
    ) -> Story {
        Story.of(steps, script, inputs: inputs) {
            $0.until = .ask(C.ask())
            $0.onFailure = [C.step("h:tell")]
            change(&$0)
        }
    }

    @Test func itAsksOnceBeforeTheFirstChange() {
        let story = Self.ladder(Told(["look": [.value(70)]]))
        #expect(story.calls == ["0 until#0/1"])
        #expect(
            story.steps == ["a skipped(recovered)", "b skipped(recovered)", "t skipped(recovered)"])
        #expect(story.end == "resolved recovered")
    }

    @Test func itAsksAfterEachChangeAndStopsOnceRecovered() {
        let story = Self.ladder(Told(["look": [.value(92), .value(91), .value(71)]]))
        #expect(story.calls == ["0 until#0/1", "0 a", "0 until#1/1", "15 until#1/2"])
        #expect(story.steps == ["a ok", "b skipped(recovered)", "t skipped(recovered)"])
        #expect(story.end == "resolved recovered")
    }

    @Test func notRecoveredAfterAllFailsAndAToldPersonIsNotToldTwice() {
        let story = Self.ladder(Told(["look": [.value(92)]]))
        #expect(story.steps == ["a ok", "b ok", "t ok"])
        #expect(story.end == "failed not_recovered")
        #expect(!story.calls.contains { $0.hasSuffix("on_failure/h") })
        #expect(story.calls.filter { $0.contains("until#1") }.count == 5)
    }

    @Test func theHandlerRunsIfNobodyWasToldAfterTheLastChange() {
        let last = Self.ladder(
            Told(["look": [.value(92)]]), [C.step("t:tell"), C.step("a:change")])
        #expect(last.calls.last == "60 on_failure/h")
        let failed = Self.ladder(
            Told(["look": [.value(92)], "tell@t": [.fail(.remote, retryable: false)]]))
        #expect(failed.calls.last == "120 on_failure/h")
    }

    @Test func aFailedRungCountsAsNotRecoveredAndTheNextIsTried() {
        let story = Self.ladder(
            Told(["look": [.value(92), .value(70)], "change": [.fail(.remote, retryable: false)]]))
        #expect(story.steps == ["a failed(remote)", "b ok", "t skipped(recovered)"])
        #expect(story.calls == ["0 until#0/1", "0 a", "0 b", "0 until#1/1"])
        #expect(story.end == "resolved recovered")
    }

    @Test func aRungMaySayThatItsFailureEndsTheChain() {
        let story = Self.ladder(
            Told(["look": [.value(92)], "change": [.fail(.remote, retryable: false)]]),
            [
                C.step("a:change") { $0.continueOnError = false }, C.step("b:other"),
                C.step("t:tell"),
            ])
        #expect(story.steps.prefix(3) == ["a failed(remote)", "b skipped(after_failure)", "t ok"])
        #expect(story.end == "failed remote")
    }

    @Test func theFirstAskIsTriedThreeTimes() {
        let story = Self.ladder(
            Told(["look": [.fail(.unavailable), .fail(.unavailable), .value(70)]]))
        #expect(story.calls == ["0 until#0/1", "15 until#0/2", "30 until#0/3"])
        #expect(story.end == "resolved recovered")
    }

    @Test func withoutEvidenceNoStepIsTakenButPeopleAreTold() {
        let story = Self.ladder(Told(["look": [.fail(.noData)]]))
        #expect(
            story.steps == [
                "a skipped(evidence_missing)", "b skipped(evidence_missing)", "t ok",
            ])
        #expect(story.end == "failed evidence_missing")
    }

    @Test func aRoundWithoutAnyAnswerStopsTheLadder() {
        let story = Self.ladder(Told(["look": [.value(92), .fail(.noData)]]))
        #expect(story.steps == ["a ok", "b skipped(evidence_missing)", "t ok"])
        #expect(story.end == "failed evidence_missing")
    }

    @Test func aRoundWithOneAnswerGoesOn() {
        let story = Self.ladder(
            Told(["look": [.value(92), .fail(.noData), .value(92), .fail(.noData)]]))
        #expect(story.steps.prefix(2) == ["a ok", "b ok"])
    }

    @Test func inBranchesAndItemsItAsksAfterTheJoin() {
        let branches = C.step("p", work: .parallel([C.step("x:change"), C.step("y:other")]))
        let items = C.step("e:change") {
            $0.forEach = ForEach(list: C.value("incident.details.nodes"), maxItems: 5, parallel: 1)
        }
        let story = Self.ladder(
            Told(["look": [.value(92)]]), [branches, items],
        ) { $0.until = .ask(C.ask(within: .zero)) }
        #expect(
            story.calls.filter { !$0.contains("until") } == [
                "0 p/x", "0 p/y", "0 e[0]", "0 e[1]", "0 e[2]", "0 on_failure/h",
            ])
        #expect(story.calls.filter { $0.contains("until") }.count == 3)
    }

    @Test func theStepsOfAChainAreRungs() {
        let chain = ChainCall(
            chain: "fix", params: [], steps: [C.step("x:change"), C.step("y:tell")], outputs: [])
        let story = Self.ladder(Told(["look": [.value(92)]]), [C.step("fix", work: .chain(chain))])
        #expect(story.calls.filter { $0.contains("until#") }.count == 6)
        #expect(story.end == "failed not_recovered")
        #expect(!story.calls.contains { $0.hasSuffix("h") })
    }

    // MARK: Notices

    @Test func untilResolvedWaitsForTheSource() {
        let script = Told([
            "change": [
                RehearsedReply(.succeeded([:]), notice: .init(.resolved, after: .seconds(40)))
            ]
        ])
        let story = Self.ladder(script) { $0.until = .sourceResolves(within: .seconds(120)) }
        #expect(story.steps == ["a ok", "b skipped(recovered)", "t skipped(recovered)"])
        #expect(story.end == "resolved recovered")
        #expect(story.seconds == 40)
    }

    @Test func untilResolvedGoesOnIfTheSourceIsSilent() {
        let story = Self.ladder(Told()) { $0.until = .sourceResolves(within: .seconds(120)) }
        #expect(story.calls == ["0 a", "120 b", "240 t"])
        #expect(story.end == "failed not_recovered")
    }

    @Test(arguments: [
        (NoticePolicy.stop, ["a ok", "b skipped(resolved)", "t ok"], "resolved source_resolved"),
        (.finish, ["a ok", "b ok", "t ok"], "succeeded"),
    ])
    func aResolveNotice(_ policy: NoticePolicy, _ steps: [String], _ end: String) {
        let story = Story.of(
            Self.rungs, Told(["change": [.ok(after: .seconds(9))]]),
            inputs: [(3, .notice(.resolved)), (4, .notice(.resolved))]
        ) { $0.onResolve = policy }
        #expect(story.steps == steps)
        #expect(story.end == end)
        #expect(story.run.events.filter { $0.event == .noticed(.resolved) }.count == 1)
    }

    @Test(arguments: [
        (NoticePolicy.stop, ["a ok", "b skipped(acknowledged)", "t ok"]),
        (.finish, ["a ok", "b ok", "t ok"]),
    ])
    func anAcknowledgement(_ policy: NoticePolicy, _ steps: [String]) {
        let story = Story.of(
            Self.rungs, Told(["change": [.ok(after: .seconds(9))]]),
            inputs: [(3, .notice(.acknowledged))]
        ) { $0.onAcknowledge = policy }
        #expect(story.steps == steps)
    }

    @Test func aNoticeEndsAWaitAndABackOff() {
        let waiting = Story.of(
            [C.step("w", work: .wait(.seconds(600))), C.step("b:other")],
            inputs: [(30, .notice(.resolved))])
        #expect(waiting.steps == ["w skipped(resolved)", "b skipped(resolved)"])
        #expect(waiting.seconds == 30)
        let retrying = Story.of(
            [
                C.step("a:change") {
                    $0.retry = RetryPolicy(attempts: 5, initial: .seconds(60), jitter: false)
                }
            ],
            Told(["change": [.fail(.unavailable)]]), inputs: [(30, .notice(.resolved))])
        #expect(retrying.calls == ["0 a"])
        #expect(retrying.end == "resolved source_resolved")
    }

    @Test func cancellingLetsNothingBeginAndWaitsForWhatIsUnderWay() {
        let story = Story.of(
            Self.rungs, Told(["change": [.ok(after: .seconds(9))]]),
            inputs: [(3, .cancel(by: "ann"))])
        #expect(
            story.steps == ["a ok", "b skipped(cancelled)", "t skipped(cancelled)"])
        #expect(story.end == "cancelled cancelled")
        #expect(story.seconds == 9)
    }

    @Test func anAnswerThatWasGivenStandsWhateverComesLater() {
        let story = Story.of(
            [
                C.step("a:change") { $0.verify = C.ask() },
                C.step("b:other") { $0.rollback = C.undo() },
            ],
            Told(["look": [.value(90), .value(70)], "other": [.ok(after: .seconds(9))]]),
            inputs: [(20, .cancel(by: "ann"))])
        #expect(story.steps == ["a ok", "b ok"])
        #expect(story.end == "cancelled cancelled")
    }
}
