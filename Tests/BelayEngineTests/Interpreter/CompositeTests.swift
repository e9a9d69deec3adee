import BelayEngine
import JSON
import Testing

@testable import BelayCompiler

/// Section 4 of the language: branches, items, chains, waits and approvals.
@Suite struct CompositeTests {
    typealias C = Chain

    static let remote = RehearsedReply.fail(.remote, retryable: false)

    static func each(
        _ list: String = "incident.details.nodes", max: Int = 10, parallel: Int = 1,
        _ action: String = "change", _ change: (inout Step) -> Void = { _ in }
    ) -> Step {
        C.step("each:\(action)", ["value": C.value("item")]) {
            $0.forEach = ForEach(list: C.value(list), maxItems: max, parallel: parallel)
            change(&$0)
        }
    }

    // MARK: Branches

    @Test func branchesRunAtOnceAndTheJoinWaitsForAll() {
        let story = Story.of(
            [
                C.step("p", work: .parallel([C.step("x:look"), C.step("y:change")])),
                C.step("z:other"),
            ],
            Told(["look": [.ok(after: .seconds(5))], "change": [.ok(after: .seconds(8))]]))
        #expect(story.calls == ["0 p/x", "0 p/y", "8 z"])
        #expect(story.steps == ["p ok", "p/x ok", "p/y ok", "z ok"])
    }

    @Test func aFailingBranchCancelsNoSiblingAndFailsTheJoin() {
        let story = Story.of(
            [
                C.step("p", work: .parallel([C.step("x:look"), C.step("y:change")])),
                C.step("z:other") { $0.condition = C.condition("failure()") },
                C.step("v:other", ["value": C.value("steps.y.outcome")]) {
                    $0.condition = C.condition("always()")
                },
            ], Told(["look": [Self.remote], "change": [.ok(after: .seconds(8))]]))
        #expect(story.calls == ["0 p/x", "0 p/y", "8 z", "8 v"])
        #expect(story.steps[0] == "p failed(remote)")
        #expect(story.run.calls[3].intent.inputs["value"]?.redacted == "ok")
        #expect(story.end == "failed remote")
    }

    @Test func aToleratedBranchDoesNotFailTheJoin() {
        let story = Story.of(
            [
                C.step(
                    "p",
                    work: .parallel([
                        C.step("x:look") { $0.continueOnError = true }, C.step("y:change"),
                    ]))
            ],
            Told(["look": [Self.remote]]))
        #expect(story.end == "succeeded")
    }

    @Test func branchesAreUndoneToo() {
        let story = Story.of(
            [
                C.step(
                    "p",
                    work: .parallel([
                        C.step("x:change") { $0.rollback = C.undo() }, C.step("y:other"),
                    ]))
            ], Told(["other": [Self.remote]]))
        #expect(story.calls.last == "0 rollback:p/x")
    }

    // MARK: Items

    @Test func itemsRunOneByOneInOrder() {
        let story = Story.of([Self.each()], Told(["change": [.ok(["n": 1], after: .seconds(2))]]))
        #expect(story.calls == ["0 each[0]", "2 each[1]", "4 each[2]"])
        #expect(story.run.calls.map { $0.intent.inputs["value"]?.redacted } == ["a", "b", "c"])
        #expect(story.end == "succeeded")
    }

    @Test func theListIsFixedBeforeTheFirstItem() {
        let story = Story.of([Self.each()])
        let kinds = story.run.events.prefix(4).map(\.event)
        #expect(kinds[1] == .began(step: "each"))
        #expect(kinds[2] == .listed(step: "each", items: ["a", "b", "c"]))
    }

    @Test func anEmptyListIsNoWork() {
        let story = Story.of([Self.each("incident.details.none")])
        #expect(story.calls.isEmpty)
        #expect(story.steps == ["each ok"])
    }

    @Test(arguments: [("incident.details.nodes", 2), ("incident.type", 10)])
    func tooManyItemsOrNoListFailBeforeTheFirst(_ list: String, _ max: Int) {
        let story = Story.of([Self.each(list, max: max)])
        #expect(story.calls.isEmpty)
        #expect(story.steps == ["each failed(invalid)"])
    }

    @Test func theFirstFailureStopsFurtherItems() {
        let story = Story.of([Self.each()], Told(["change": [.ok(), Self.remote]]))
        #expect(story.calls == ["0 each[0]", "0 each[1]"])
        #expect(story.steps == ["each failed(remote)", "each[0] ok", "each[1] failed(remote)"])
    }

    @Test func aFewAtOnce() {
        let story = Story.of(
            [Self.each(parallel: 2)],
            Told([
                "change": [
                    .ok(after: .seconds(4)), .ok(after: .seconds(6)), .ok(after: .seconds(1)),
                ]
            ]))
        #expect(story.calls == ["0 each[0]", "0 each[1]", "4 each[2]"])
    }

    @Test func resultsOfItemsCanBeRead() {
        let story = Story.of(
            [
                Self.each { $0.continueOnError = true },
                C.step("b:other", ["value": C.value("steps.each.items[1].outcome")]),
            ], Told(["change": [.ok(), Self.remote]]))
        #expect(story.run.calls.last?.intent.inputs["value"]?.redacted == "failed")
    }

    @Test func itemsAreUndoneInReverseTheFailedOneFirst() {
        let story = Story.of(
            [Self.each { $0.rollback = C.undo() }], Told(["change": [.ok(), .ok(), Self.remote]]))
        #expect(
            story.calls.suffix(3) == [
                "0 rollback:each[2]", "0 rollback:each[1]", "0 rollback:each[0]",
            ])
    }

    @Test func noItemBeginsAfterANotice() {
        let story = Story.of(
            [Self.each()], Told(["change": [.ok(after: .seconds(2))]]),
            inputs: [(1, .notice(.resolved))])
        #expect(story.calls == ["0 each[0]"])
        #expect(story.end == "resolved source_resolved")
    }

    // MARK: Chains

    static func chain(_ steps: [Step], outputs: NamedTemplates = []) -> ChainCall {
        ChainCall(
            chain: "fix", params: [NamedTemplate(name: "why", value: C.value("incident.type"))],
            steps: steps, outputs: outputs)
    }

    @Test func aChainHasItsOwnNamesAndGivesOutputs() {
        let chain = Self.chain(
            [C.step("inner:change", ["value": C.value("params.why")])],
            outputs: [NamedTemplate(name: "n", value: C.value("steps.inner.output.n"))])
        let story = Story.of(
            [
                C.step("fix", work: .chain(chain)),
                C.step("b:other", ["value": C.value("steps.fix.output.n")]),
            ], Told(["change": [.ok(["n": 7])]]))
        #expect(story.calls == ["0 fix/inner", "0 b"])
        #expect(story.run.calls[0].intent.inputs["value"]?.redacted == "pressure")
        #expect(story.run.calls[1].intent.inputs["value"]?.redacted == 7)
    }

    @Test func aFailureInsideAChainFailsIt() {
        let story = Story.of(
            [
                C.step(
                    "fix", work: .chain(Self.chain([C.step("inner:change"), C.step("no:other")])))
            ],
            Told(["change": [Self.remote]]))
        #expect(
            story.steps == [
                "fix failed(remote)", "fix/inner failed(remote)", "fix/no skipped(after_failure)",
            ])
    }

    @Test func aChainCannotSeeItsCallersSteps() {
        let chain = Self.chain([C.step("inner:change", ["value": C.value("steps.a.outcome")])])
        let story = Story.of([C.step("a:other"), C.step("fix", work: .chain(chain))])
        #expect(story.steps.last == "fix/inner failed(expression)")
    }

    @Test func anOutputThatCannotBeComputedFailsTheChainAndIsUndone() {
        let chain = Self.chain(
            [C.step("inner:change") { $0.rollback = C.undo() }],
            outputs: [NamedTemplate(name: "n", value: C.value("steps.inner.output.nope"))])
        let story = Story.of([C.step("fix", work: .chain(chain))])
        #expect(story.calls == ["0 fix/inner", "0 rollback:fix/inner"])
        #expect(story.end == "failed expression")
    }

    @Test func aChainForEachItem() {
        let chain = ChainCall(
            chain: "fix", params: [NamedTemplate(name: "node", value: C.value("item"))],
            steps: [C.step("inner:change", ["value": C.value("params.node")])], outputs: [])
        let story = Story.of([
            C.step("each", work: .chain(chain)) {
                $0.forEach = ForEach(
                    list: C.value("incident.details.nodes"), maxItems: 3, parallel: 1)
            }
        ])
        #expect(story.calls == ["0 each[0]/inner", "0 each[1]/inner", "0 each[2]/inner"])
        #expect(story.run.calls.map { $0.intent.inputs["value"]?.redacted } == ["a", "b", "c"])
    }

    // MARK: Waits

    @Test func waitWaits() {
        let story = Story.of([C.step("w", work: .wait(.seconds(90))), C.step("a:change")])
        #expect(story.calls == ["90 a"])
    }

    @Test func waitForEndsOkWithTheAnswerOrTimesOut() {
        let steps = [
            C.step("w", work: .waitFor(C.ask())),
            C.step("a:change", ["value": C.value("steps.w.output.value")]),
        ]
        let good = Story.of(steps, Told(["look": [.value(90), .value(70)]]))
        #expect(good.calls == ["0 w/1", "15 w/2", "15 a"])
        #expect(good.run.calls.last?.intent.inputs["value"]?.redacted == 70)
        let bad = Story.of(steps, Told(["look": [.value(90)]]))
        #expect(bad.steps == ["w timed_out(timeout)", "a skipped(after_failure)"])
        #expect(bad.seconds == 60)
    }

    // MARK: Approvals

    static func approved(_ silence: Approval.Silence = .deny) -> Step {
        C.step("a:change") {
            $0.approval = Approval(from: ["group/dba"], timeout: .seconds(600), onTimeout: silence)
        }
    }

    static func consent(_ decision: ApprovalDecision, after: Int = 60, step: String = "a") -> Told {
        var script = Told()
        script.consents = [step: RehearsedConsent(decision, after: .seconds(after))]
        return script
    }

    @Test func aGrantedStepRunsAfterTheConsent() {
        let story = Story.of([Self.approved()], Self.consent(.granted(by: "ann")))
        #expect(story.calls == ["60 a"])
        #expect(story.end == "succeeded")
    }

    @Test func aDenialEndsTheRunDeniedAndTheHandlerRuns() {
        let story = Story.of(
            [Self.approved(), C.step("b:other")], Self.consent(.denied(by: "ann"))
        ) {
            $0.onFailure = [C.step("h:tell")]
        }
        #expect(story.steps == ["a denied(denied)", "b skipped(after_failure)", "on_failure/h ok"])
        #expect(story.end == "denied approval")
    }

    @Test(arguments: [
        (Approval.Silence.deny, "denied approval", [] as [String]),
        (.proceed, "succeeded", ["600 a"]),
    ])
    func silence(_ silence: Approval.Silence, _ end: String, _ calls: [String]) {
        let story = Story.of([Self.approved(silence)])
        #expect(story.end == end)
        #expect(story.calls == calls)
    }

    @Test func aDenialIsNeverTolerated() {
        let story = Story.of(
            [Self.approved(), C.step("b:other")], Self.consent(.denied(by: "ann"))
        ) {
            $0.until = .sourceResolves(within: .seconds(10))
        }
        #expect(story.end == "denied approval")
        #expect(story.calls.isEmpty)
    }

    @Test func whatWasSeenIsWhatRuns() {
        var step = Self.approved()
        step.work = .call(C.call("change", ["value": C.value("now")], timeout: .seconds(5)))
        let story = Story.of([step], Self.consent(.granted(by: "ann")))
        guard case .approvalRequested(_, _, _, let intent?) = story.run.events[1].event else {
            Issue.record("no request")
            return
        }
        #expect(story.run.calls[0].intent.inputs == intent.inputs)
        #expect(story.run.calls[0].intent.inputs["value"]?.redacted == "2026-03-01T02:00:00Z")
    }

    @Test func whoBeganTheRunCannotConsent() {
        let context = C.context(C.rule([Self.approved()]), actor: "ann")
        #expect(Story.of(context, Self.consent(.granted(by: "ann"))).end == "denied approval")
        #expect(Story.of(context, Self.consent(.granted(by: "bo"))).end == "succeeded")
    }

    @Test func afterTheConsentItIsAskedAgainWhetherItIsNeeded() {
        var script = Self.consent(.granted(by: "ann"))
        script.replies = ["look": [.value(92), .value(70)]]
        let story = Story.of([Self.approved()], script) { $0.until = .ask(C.ask()) }
        #expect(story.calls == ["0 until#0/1", "60 until#a/1"])
        #expect(story.end == "resolved recovered")
    }

    @Test func aNoticeEndsTheWaitForConsent() {
        let story = Story.of(
            [Self.approved()], Self.consent(.granted(by: "ann")), inputs: [(5, .notice(.resolved))])
        #expect(story.steps == ["a skipped(resolved)"])
        #expect(story.seconds == 5)
    }

    @Test func aGuardrailKnowsWhatWasApproved() {
        let guardrail = FailureTests.guardrail("!step.approved")
        let steps = [Self.approved(), C.step("ab:change")]
        let context = C.context(C.rule(steps), guardrails: [guardrail])
        let story = Story.of(context, Self.consent(.granted(by: "ann")))
        #expect(story.steps == ["a ok", "ab failed(denied)"])
    }

    // MARK: Modes

    @Test func suggestAsksOnceForThePlanBeforeTheFirstChange() {
        let rule = C.rule([C.step("l:look"), C.step("a:change"), C.step("b:other")])
        let story = Story.of(
            C.context(rule, mode: .suggest), Self.consent(.granted(by: "ann"), step: "plan"))
        #expect(story.calls == ["0 l", "60 a", "60 b"])
        #expect(
            story.run.events.count { if case .approvalRequested = $0.event { true } else { false } }
                == 1)
    }

    @Test func aDeniedPlanChangesNothingNotEvenInHandlers() {
        let rule = C.rule([C.step("a:change"), C.step("b:other"), C.step("t:tell")]) {
            $0.onFailure = [C.step("h:change"), C.step("i:tell")]
        }
        let story = Story.of(
            C.context(rule, mode: .suggest), Self.consent(.denied(by: "ann"), step: "plan"))
        #expect(story.calls == ["60 t", "60 on_failure/i"])
        #expect(story.end == "denied approval")
    }

    @Test func observeCallsNothing() {
        let story = Story.of(
            C.context(C.rule([C.step("a:change"), C.step("t:tell")]), mode: .observe))
        #expect(story.calls.isEmpty)
        #expect(story.end == "observed")
    }
}
