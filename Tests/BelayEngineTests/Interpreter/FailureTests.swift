import BelayEngine
import JSON
import Testing

@testable import BelayCompiler

/// Section 4 of the language: rollback, handlers, verify, lost answers and persons.
@Suite struct FailureTests {
    typealias C = Chain

    static let remote = RehearsedReply.fail(.remote, retryable: false)

    @Test func rollbackRunsInReverseThenTheHandler() {
        let story = Story.of(
            [
                C.step("a:change") { $0.rollback = C.undo() },
                C.step("b:change") { $0.rollback = C.undo() }, C.step("c:other"),
            ], Told(["other": [Self.remote]])
        ) { $0.onFailure = [C.step("h:tell")] }
        #expect(
            story.calls == ["0 a", "0 b", "0 c", "0 rollback:b", "0 rollback:a", "0 on_failure/h"])
        #expect(story.end == "failed remote")
        #expect(story.steps.last == "on_failure/h ok")
    }

    @Test(arguments: [("undo", ["0 a", "0 rollback:a"]), ("undo_once", ["0 a"])])
    func theFailedStepIsUndoneOnlyIfThatIsSafe(_ action: String, _ calls: [String]) {
        let story = Story.of(
            [C.step("a:change") { $0.rollback = C.undo(action) }], Told(["change": [Self.remote]]))
        #expect(story.calls == calls)
    }

    @Test func aFailedRollbackDoesNotStopTheOthersAndTheRunSaysSo() {
        let story = Story.of(
            [
                C.step("a:change") { $0.rollback = C.undo() },
                C.step("b:change") { $0.rollback = C.undo() }, C.step("c:other"),
            ],
            Told([
                "other": [Self.remote], "undo@b.rollback": [Self.remote], "undo": [.ok()],
            ]))
        #expect(story.calls.suffix(2) == ["0 rollback:b", "0 rollback:a"])
        #expect(story.end == "failed remote (rollback incomplete)")
    }

    @Test func rollbackActsOnTheTargetOfItsStep() {
        let environment = C.environment {
            $0.bindings["undo"]?.settings = [
                NamedTemplate(name: "node", value: C.value("resource.node"))
            ]
        }
        var undo = C.undo()
        undo.inputs = [NamedTemplate(name: "value", value: C.value("resource.node"))]
        let rule = C.rule([
            C.step("a:change", ["target": .constant("db")]) { $0.rollback = undo },
            C.step("b:other"),
        ])
        let story = Story.of(
            C.context(rule, environment: environment), Told(["other": [Self.remote]]))
        #expect(story.run.calls.last?.path == "rollback:a")
    }

    @Test func theNearestHandlerRunsAndOnlyThat() {
        let story = Story.of(
            [C.step("a:change") { $0.onFailure = [C.step("near:tell")] }],
            Told(["change": [Self.remote]])
        ) { $0.onFailure = [C.step("far:tell")] }
        #expect(story.calls == ["0 a", "0 on_failure/near"])
    }

    @Test func theNearestHandlerMayBeInsideAChain() {
        let chain = ChainCall(
            chain: "fix", params: [NamedTemplate(name: "why", value: .constant("x"))],
            steps: [
                C.step("inner:change") {
                    $0.onFailure = [C.step("near:tell", ["value": C.value("params.why")])]
                }
            ], outputs: [])
        let story = Story.of(
            [C.step("fix", work: .chain(chain)) { $0.onFailure = [C.step("far:tell")] }],
            Told(["change": [Self.remote]]))
        #expect(story.calls == ["0 fix/inner", "0 on_failure/near"])
        #expect(story.run.calls[1].intent.inputs["value"]?.redacted == "x")
    }

    @Test func handlersSeeWhatFailedAndHaveNoHandlers() {
        let story = Story.of(
            [C.step("a:change")], Told(["change": [Self.remote], "other": [Self.remote]])
        ) {
            $0.onFailure = [
                C.step("h:tell", ["value": C.value("failure.step")]),
                C.step("i:other") { $0.onFailure = [C.step("never:tell")] },
                C.step("j:tell", ["value": C.value("failure.class")]),
            ]
        }
        #expect(story.calls == ["0 a", "0 on_failure/h", "0 on_failure/i", "0 on_failure/j"])
        #expect(
            story.run.calls.compactMap { $0.intent.inputs["value"]?.redacted } == ["a", "remote"])
        #expect(story.end == "failed remote")
    }

    @Test func aNoticeDuringAHandlerChangesNothingOfTheResult() {
        let story = Story.of(
            [C.step("a:change"), C.step("b:other") { $0.rollback = C.undo() }],
            Told(["change": [Self.remote], "tell": [.ok(after: .seconds(9))]]),
            inputs: [(3, .notice(.resolved)), (4, .cancel(by: "ann"))]
        ) { $0.onFailure = [C.step("h:tell"), C.step("i:tell")] }
        #expect(story.end == "failed remote")
        #expect(story.steps.suffix(2) == ["on_failure/h ok", "on_failure/i skipped(cancelled)"])
    }

    // MARK: Verify

    @Test func verifyAsksUntilItIsSo() {
        let story = Story.of(
            [C.step("a:change") { $0.verify = C.ask() }, C.step("b:other")],
            Told(["look": [.value(90), .value(85), .value(70)]]))
        #expect(
            story.calls == ["0 a", "0 a:verify/1", "15 a:verify/2", "30 a:verify/3", "30 b"])
        #expect(story.end == "succeeded")
    }

    @Test func aMissedVerifyFailsTheStep() {
        let story = Story.of(
            [C.step("a:change") { $0.verify = C.ask() }], Told(["look": [.value(90)]]))
        #expect(story.steps == ["a failed(unverified)"])
        #expect(story.calls.last == "60 a:verify/5")
    }

    @Test(arguments: [(["unavailable"], 1), (["unverified"], 2)])
    func aMissedVerifyIsTriedAgainOnlyIfAsked(_ errors: [String], _ attempts: Int) {
        let story = Story.of(
            [
                C.step("a:change") {
                    $0.verify = C.ask(within: .zero)
                    $0.retry = RetryPolicy(attempts: 2, errors: errors)
                }
            ], Told(["look": [.value(90)]]))
        #expect(story.run.calls.filter { $0.path == "a" }.count == attempts)
    }

    @Test func verifyWaitsFirstAndSeesTheResourceOfItsStep() {
        let story = Story.of([
            C.step("a:change", ["target": .constant("db")]) {
                $0.verify = C.ask(
                    expect: "resource.node == 'd1'", after: .seconds(20),
                    ["value": C.value("resource.node")])
            }
        ])
        #expect(story.calls == ["0 a", "20 a:verify/1"])
        #expect(story.end == "succeeded")
    }

    @Test func aResolveNoticeDoesNotCutAVerify() {
        let story = Story.of(
            [C.step("a:change") { $0.verify = C.ask() }],
            Told(["look": [.value(90), .value(70)]]), inputs: [(5, .notice(.resolved))])
        #expect(story.steps == ["a ok"])
        #expect(story.end == "resolved source_resolved")
    }

    // MARK: Lost answers

    @Test func whatMayBeRepeatedIsTriedAgainWithTheSameKey() {
        let story = Story.of(
            [C.step("a:change") { $0.retry = RetryPolicy(attempts: 2) }],
            Told(["change": [.lost, .ok()]]))
        #expect(story.steps == ["a ok"])
        #expect(Set(story.run.calls.map(\.intent.idempotencyKey)).count == 1)
    }

    @Test func aLostOnceStepWithoutVerifyWaitsForAPerson() {
        let story = Story.of(
            [C.step("a:once") { $0.retry = RetryPolicy(attempts: 3) }], Told(["once": [.lost]]))
        #expect(story.end == "waiting person")
        #expect(story.calls == ["0 a"])
        #expect(story.steps == ["a waiting"])
    }

    @Test(arguments: [
        (RehearsedReply.value(70), "succeeded", "a ok"),
        (.value(90), "failed unverified", "a failed(unverified)"),
        (.fail(.noData), "waiting person", "a waiting"),
    ])
    func verifyDecidesALostOnceStep(_ look: RehearsedReply, _ end: String, _ step: String) {
        let story = Story.of(
            [
                C.step("a:once") {
                    $0.verify = C.ask(within: .seconds(15))
                    $0.retry = RetryPolicy(attempts: 3, errors: ["unverified", "unavailable"])
                }
            ], Told(["once": [.lost], "look": [look]]))
        #expect(story.end == end)
        #expect(story.steps == [step])
        #expect(story.run.calls.filter { $0.path == "a" }.count == 1)
    }

    @Test(
        arguments: [
            (true, "a ok", 1, "succeeded"), (false, "a ok", 2, "succeeded"),
            (nil, "a waiting", 1, "waiting person"),
        ] as [(Bool?, String, Int, String)])
    func theProbeIsAskedBeforeVerify(
        _ happened: Bool?, _ step: String, _ calls: Int, _ end: String
    ) {
        let answer: RehearsedReply = happened.map { .ok(["happened": .bool($0)]) } ?? .ok()
        let story = Story.of(
            [C.step("a:probed")], Told(["probed": [.lost, .ok()], "look_back": [answer]]))
        #expect(story.steps == [step])
        #expect(story.run.calls.filter { $0.path == "a" }.count == calls)
        #expect(story.end == end)
    }

    @Test func aProbeThatAlwaysDeniesEndsWithAPerson() {
        let story = Story.of(
            [C.step("a:probed")],
            Told(["probed": [.lost], "look_back": [.ok(["happened": false])]]))
        #expect(story.end == "waiting person")
        #expect(story.run.calls.filter { $0.path == "a" }.count == Bounds.probedAttempts)
    }

    @Test(arguments: [
        (PersonDecision.succeeded(by: "ann"), "succeeded", ["a ok", "b ok"]),
        (.failed(by: "ann"), "failed remote", ["a failed(remote)", "b skipped(after_failure)"]),
        (.retry(by: "ann"), "succeeded", ["a ok", "b ok"]),
    ])
    func aPersonDecides(_ decision: PersonDecision, _ end: String, _ steps: [String]) {
        var script = Told(["once": [.lost, .ok()]])
        script.decisions = ["a": [RehearsedDecision(decision, after: .seconds(60))]]
        let story = Story.of([C.step("a:once"), C.step("b:other")], script)
        #expect(story.end == end)
        #expect(story.steps == steps)
        #expect(
            story.run.calls.filter { $0.path == "a" }.count
                == (end == "succeeded" && decision == .retry(by: "ann") ? 2 : 1))
    }

    @Test func cancellingFreesARunThatWaitsForAPerson() {
        let story = Story.of(
            [C.step("a:once")], Told(["once": [.lost]]), inputs: [(60, .cancel(by: "ann"))])
        #expect(story.end == "cancelled cancelled")
        #expect(story.steps == ["a unknown(interrupted)"])
    }

    @Test(arguments: [("change", ["a ok"], 2), ("once", ["a waiting"], 1)])
    func anAttemptThatTheEngineBrokeOff(_ action: String, _ steps: [String], _ calls: Int) {
        let story = Story.of(
            [C.step("a:\(action)")],
            Told([action: [.init(.lost(.interrupted, message: "stopped")), .ok()]]))
        #expect(story.steps == steps)
        #expect(story.calls.count == calls)
    }

    @Test func anAttemptThatWasBrokenOffIsNoRetryOfTheRunbook() {
        let broken = RehearsedReply(.lost(.interrupted, message: "stopped"))
        let story = Story.of(
            [C.step("a:change") { $0.retry = RetryPolicy(attempts: 2) }],
            Told(["change": [broken, .fail(.unavailable), .ok()]]))
        #expect(story.steps == ["a ok"])
    }

    /// What ends the engine whenever it is tried is tried six times; then a person is asked, each time anew.
    @Test func whatEndsTheEngineEachTimeIsNotTriedForEver() {
        let broken = RehearsedReply(.lost(.interrupted, message: "stopped"))
        let replies = Array(repeating: broken, count: Bounds.recoveries + 1)
        let asked = Story.of([C.step("a:change")], Told(["change": replies + [.ok()]]))
        #expect(asked.steps == ["a waiting"])
        #expect(asked.calls.count == Bounds.recoveries + 1)

        var script = Told(["change": replies + [.ok()]])
        script.decisions = ["a": [RehearsedDecision(.retry(by: "ann"), after: .seconds(60))]]
        let told = Story.of([C.step("a:change")], script)
        #expect(told.steps == ["a ok"])
        #expect(told.calls.count == Bounds.recoveries + 2)
    }

    // MARK: Guardrails

    static func guardrail(_ text: String, _ effects: Set<Effect> = [.change, .destroy]) -> Guardrail
    {
        Guardrail(
            id: "g", deny: Chain.formula(text), message: "no", effects: effects, span: Chain.span)
    }

    @Test(arguments: [
        ("action.name == 'change'", ["a failed(denied)", "b skipped(after_failure)", "c ok"]),
        ("action.nope", ["a failed(denied)", "b skipped(after_failure)", "c ok"]),
        ("step.attempt > 1", ["a ok", "b ok", "c ok"]),
        ("step.approved", ["a ok", "b ok", "c ok"]),
        ("action.inputs.value == 1", ["a failed(denied)", "b skipped(after_failure)", "c ok"]),
    ])
    func guardrailsHoldChangesBack(_ text: String, _ steps: [String]) {
        let rule = C.rule([
            C.step("a:change", ["value": .constant(1)]), C.step("b:other", ["value": .constant(2)]),
            C.step("c:tell"),
        ])
        let story = Story.of(C.context(rule, guardrails: [Self.guardrail(text)]))
        #expect(story.steps == steps)
    }

    @Test func aGuardrailMayHoldBackOtherEffectsToo() {
        let rule = C.rule([C.step("c:tell"), C.step("d:look")])
        let story = Story.of(
            C.context(rule, guardrails: [Self.guardrail("true", [.change, .destroy, .notify])]))
        #expect(story.steps == ["c failed(denied)", "d skipped(after_failure)"])
    }
}
