import BelayEngine
import JSON
import Testing

@testable import BelayCompiler

/// Section 4 of the language: order, conditions, failures and retries.
@Suite struct SequenceTests {
    typealias C = Chain

    @Test func stepsRunInOrderAndTheRunSucceeds() {
        let story = Story.of([C.step("a:change"), C.step("b:look"), C.step("c:tell")])
        #expect(story.steps == ["a ok", "b ok", "c ok"])
        #expect(story.calls == ["0 a", "0 b", "0 c"])
        #expect(story.end == "succeeded")
    }

    @Test func afterAFailureLaterStepsAreSkippedAndPeopleAreStillTold() {
        let story = Story.of(
            [C.step("a:change"), C.step("b:other"), C.step("c:tell")],
            Told(["change": [.fail(.remote, retryable: false)]]))
        #expect(story.steps == ["a failed(remote)", "b skipped(after_failure)", "c ok"])
        #expect(story.end == "failed remote")
    }

    @Test(arguments: [
        ("always()", "b ok"), ("failure()", "b ok"), ("success()", "b skipped(condition)"),
        ("true", "b skipped(after_failure)"), ("steps.a.ok", "b skipped(after_failure)"),
    ])
    func conditionsAfterAFailure(_ condition: String, _ expected: String) {
        let story = Story.of(
            [C.step("a:change"), C.step("b:other") { $0.condition = C.condition(condition) }],
            Told(["change": [.fail(.remote, retryable: false)]]))
        #expect(story.steps.last == expected)
    }

    @Test func aNotifyStepWithAConditionObeysIt() {
        let story = Story.of(
            [C.step("a:change"), C.step("b:tell") { $0.condition = C.condition("true") }],
            Told(["change": [.fail(.remote, retryable: false)]]))
        #expect(story.steps.last == "b skipped(after_failure)")
    }

    @Test(arguments: [
        ("true", "b ok"), ("false", "b skipped(condition)"), ("failure()", "b skipped(condition)"),
    ])
    func conditionsWithoutAFailure(_ condition: String, _ expected: String) {
        let story = Story.of(
            [C.step("a:change"), C.step("b:other") { $0.condition = C.condition(condition) }])
        #expect(story.steps.last == expected)
        #expect(story.end == "succeeded")
    }

    @Test func aConditionThatCannotBeEvaluatedFailsTheStep() {
        let story = Story.of([C.step("a:change") { $0.condition = C.condition("incident.nope") }])
        #expect(story.steps == ["a failed(expression)"])
        #expect(story.calls.isEmpty)
    }

    @Test func laterStepsReadOutcomeOutputAttemptsAndError() {
        let failed = Story.of(
            [
                C.step("a:change") { $0.continueOnError = true },
                C.step("b:other", ["value": C.value("steps.a.error.class")]),
                C.step("c:other", ["value": C.value("steps.a.outcome")]),
                C.step("d:other", ["value": C.value("steps.b.output.x")]),
                C.step("e:other", ["value": C.value("steps.a.attempts")]),
            ], Told(["change": [.fail(.remote, retryable: false)], "other": [.ok(["x": "y"])]]))
        let values = failed.run.calls.dropFirst().map { $0.intent.inputs["value"]?.redacted }
        #expect(values == ["remote", "failed", "y", 1])
    }

    @Test func aToleratedFailureCountsAsSuccessAndKeepsItsOutcome() {
        let story = Story.of(
            [
                C.step("a:change") { $0.continueOnError = true },
                C.step("b:other") { $0.condition = C.condition("success()") },
            ], Told(["change": [.fail(.remote, retryable: false)]])
        ) { $0.onFailure = [C.step("h:tell")] }
        #expect(story.steps == ["a failed(remote)", "b ok"])
        #expect(story.end == "succeeded")
    }

    // MARK: Retries

    @Test func attemptsCountTheFirstTryAndWaitsGrow() {
        let policy = RetryPolicy(
            attempts: 4, backoff: .exponential, initial: .seconds(2), max: .seconds(5),
            jitter: false)
        let story = Story.of(
            [C.step("a:change") { $0.retry = policy }], Told(["change": [.fail(.unavailable)]]))
        #expect(story.calls == ["0 a", "2 a", "6 a", "11 a"])
        #expect(story.run.calls.map(\.intent.attempt) == [1, 2, 3, 4])
        #expect(Set(story.run.calls.map(\.intent.idempotencyKey)).count == 1)
        #expect(story.steps == ["a failed(unavailable)"])
    }

    @Test(arguments: [
        (RetryPolicy.Backoff.fixed, ["0 a", "2 a", "4 a"]), (.linear, ["0 a", "2 a", "6 a"]),
        (.exponential, ["0 a", "2 a", "6 a"]),
    ])
    func backoffs(_ backoff: RetryPolicy.Backoff, _ expected: [String]) {
        let policy = RetryPolicy(
            attempts: 3, backoff: backoff, initial: .seconds(2), max: .seconds(60), jitter: false)
        let story = Story.of(
            [C.step("a:change") { $0.retry = policy }], Told(["change": [.fail(.throttled)]]))
        #expect(story.calls == expected)
    }

    @Test func jitterStaysWithinTheWaitAndIsTheSameEachTime() {
        let policy = RetryPolicy(attempts: 2, backoff: .fixed, initial: .seconds(100), jitter: true)
        let stories = (0..<2).map { _ in
            Story.of(
                [C.step("a:change") { $0.retry = policy }], Told(["change": [.fail(.unavailable)]]))
        }
        #expect(stories[0].run.events == stories[1].run.events)
        #expect(stories[0].run.calls[1].at - stories[0].run.calls[0].at < .seconds(60))
    }

    @Test(arguments: [
        (FailureClass.unavailable, true, 2), (.throttled, true, 2), (.timeout, true, 2),
        (.remote, true, 1), (.unavailable, false, 1), (.invalid, true, 1),
    ])
    func onlyNamedAndRetryableFailuresAreTriedAgain(
        _ failure: FailureClass, _ retryable: Bool, _ calls: Int
    ) {
        let story = Story.of(
            [C.step("a:change") { $0.retry = RetryPolicy(attempts: 2) }],
            Told(["change": [.fail(failure, retryable: retryable)]]))
        #expect(story.calls.count == calls)
    }

    @Test func aSecondTryThatWorksMakesTheStepOk() {
        let story = Story.of(
            [C.step("a:change") { $0.retry = RetryPolicy(attempts: 3) }, C.step("b:other")],
            Told(["change": [.fail(.unavailable), .ok()]]))
        #expect(story.steps == ["a ok", "b ok"])
        #expect(story.run.stepEnds[0].attempts == 2)
    }

    @Test func aTimeOutIsItsOwnOutcome() {
        let story = Story.of(
            [C.step("a:change", timeout: .seconds(5))], Told(["change": [.ok(after: .seconds(9))]]))
        #expect(story.steps == ["a timed_out(timeout)"])
        #expect(story.seconds == 5)
        #expect(story.end == "failed timeout")
    }

    @Test func theDeadlineLetsOnlyNotifyStepsBegin() {
        let story = Story.of([
            C.step("a:change"), C.step("pause", work: .wait(.seconds(4000))), C.step("b:other"),
            C.step("c:look"), C.step("d:tell"),
        ])
        #expect(
            story.steps == [
                "a ok", "pause ok", "b skipped(deadline)", "c skipped(deadline)", "d ok",
            ])
        #expect(story.end == "failed deadline")
    }

    // MARK: Inputs

    @Test func aChangeNeedsATargetThatTheEnvironmentKnows() {
        let unknown = Story.of([C.step("a:change", ["target": .constant("nowhere")])])
        #expect(unknown.steps == ["a failed(invalid)"])
        #expect(unknown.run.stepEnds[0].message?.contains("known: api, cache, db") == true)
        #expect(unknown.calls.isEmpty)
        let rule = C.rule([C.step("a:change")])
        var context = C.context(rule)
        context.target = nil
        #expect(Story.of(context).steps == ["a failed(invalid)"])
    }

    @Test func aTargetInputDecidesWhatIsActedOnAndItsResource() {
        let environment = C.environment {
            $0.bindings["change"]?.settings = [
                NamedTemplate(name: "node", value: C.value("resource.node"))
            ]
        }
        let rule = C.rule([
            C.step("a:change"), C.step("b:change", ["target": .constant("db")]),
        ])
        let story = Story.of(C.context(rule, environment: environment))
        #expect(story.run.calls.map(\.intent.target) == ["cache", "db"])
        #expect(story.run.calls.map { $0.intent.settings["node"]?.redacted } == ["c1", "d1"])
    }

    @Test func aValueOfTheWrongTypeFailsBeforeAnyCall() {
        let story = Story.of([C.step("a:change", ["count": C.value("incident.type")])])
        #expect(story.steps == ["a failed(invalid)"])
        #expect(story.calls.isEmpty)
    }

    @Test func outputsHaveTheTypesOfTheirContract() {
        let story = Story.of(
            [
                C.step("a:change"),
                C.step("b:other", ["value": C.value("steps.a.output.n / 2.0 == 35.5")]),
            ],
            Told(["change": [.ok(["n": 71])]]))
        #expect(story.run.calls[1].intent.inputs["value"] == .plain(true))
    }

    @Test func keysDependOnRunAndPathOnly() {
        let one = Story.of([C.step("a:change"), C.step("b:change")])
        let two = Story.of([C.step("a:change", ["value": .constant(1)]), C.step("b:change")])
        #expect(
            one.run.calls.map(\.intent.idempotencyKey) == two.run.calls.map(\.intent.idempotencyKey)
        )
        #expect(one.run.calls[0].intent.idempotencyKey != one.run.calls[1].intent.idempotencyKey)
        #expect(one.run.calls[0].intent.idempotencyKey.count == 64)
    }
}
