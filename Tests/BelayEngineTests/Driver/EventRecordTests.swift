import BelayEngine
import JSON
import Testing

@testable import BelayCompiler

/// Every event survives the way into the journal and back, exactly.
@Suite struct EventRecordTests {
    /// A draft as a store would give it back: sealed, then read from its bytes.
    static func stored(_ draft: RecordDraft) -> StoredRecord {
        let record = JournalRecord(
            id: "id", log: "log", at: Chain.start, node: "node", boot: "boot", kind: draft.kind,
            actor: draft.actor, run: draft.run, step: draft.step, attempt: draft.attempt,
            provider: draft.provider, idem: draft.idem, outcome: draft.outcome, error: draft.error,
            reason: draft.reason, commitments: [])
        return StoredRecord(
            index: 0, record: record, bytes: [],
            payloads: draft.payloads.map { StoredPayload(sealing: $0, salt: []) })
    }

    static func roundTrip(_ event: RunEvent, at time: Timestamp) throws {
        let draft = EventRecord.draft(event, run: "run-1", at: time)
        #expect(draft.misplacedText == nil, "\(event)")
        let read = try EventRecord.event(stored(draft))
        #expect(read == RecordedEvent(event, at: time), "\(event)")
    }

    static let intent = CallIntent(
        attempt: 2, action: "change", provider: "mock", operation: "op", effect: .change,
        recovery: .keyed, target: "cache ☃",
        inputs: SealedObject([
            .init(name: "z", value: .plain(["b": 1, "a": [1.5, .null, true]])),
            .init(name: "a", value: .plain("text")),
        ]), settings: SealedObject([.init(name: "host", value: .plain("h"))]),
        timeout: .milliseconds(1500), idempotencyKey: String(repeating: "ab", count: 32))

    static let sealed: CallIntent = {
        var intent = Self.intent
        intent.settings = SealedObject([
            .init(name: "password", value: .secret("REDIS")),
            .init(
                name: "url",
                value: .text([.plain("redis://"), .secret("REDIS"), .plain("@h")])),
            .init(
                name: "deep",
                value: .object(SealedObject([.init(name: "l", value: .list([.secret("X")]))]))),
        ])
        return intent
    }()

    static var samples: [RunEvent] {
        var events: [RunEvent] = [
            .started, .began(step: "a"), .listed(step: "each", items: ["a", 1, ["k": 2.5]]),
            .listed(step: "each", items: [.number(-2), ["map": ["double": .number(0.5)]]]),
            .listed(step: "each", items: []),
            .pinned(key: "fix:params", ["why": "x", "n": .number(71), "m": ["double": 1]]),
            .intended(call: "a", intent), .intended(call: "a", sealed),
            .ended(
                call: "a", attempt: 1, outcome: .succeeded(["value": 71, "wide": .integer(.max)])),
            .ended(call: "a", attempt: 1, outcome: .succeeded(.null)),
            .timerSet(key: "a:retry/1", due: Chain.start), .timerFired(key: "a:retry/1"),
            .approvalRequested(
                step: "a", from: Approvers(from: ["group/dba"], people: ["ann"]),
                until: Chain.start,
                intent),
            .approvalRequested(
                step: "plan", from: Approvers(from: ["ann"]), until: Chain.start, nil),
            .approvalDecided(step: "a", .granted(by: "Ann B. \"x\"")),
            .approvalDecided(step: "a", .denied(by: Person("bo", isProven: true))),
            .approvalDecided(step: "a", .expired),
            .personAsked(call: "a"), .personDecided(call: "a", .succeeded(by: "ann")),
            .personDecided(call: "a", .failed(by: "ann")),
            .personDecided(call: "a", .retry(by: "ann")), .noticed(.resolved),
            .noticed(.acknowledged), .cancelled(by: "ann"),
            .began(step: String(repeating: "long/", count: 90) + "end"),
        ]
        events += SkipReason.allCases.map { .skipped(step: "p/x[3]", reason: $0) }
        events += Verdict.allCases.map { .judged(call: "until#1/2", $0) }
        for failure in FailureClass.allCases {
            events += [
                .refused(step: "a", failure, message: "no \"way\"\n☃"),
                .ended(
                    call: "a", attempt: 3, outcome: .failed(failure, retryable: true, message: "m")),
                .ended(
                    call: "a", attempt: 3, outcome: .failed(failure, retryable: false, message: "")),
                .ended(call: "a", attempt: 3, outcome: .lost(failure, message: "m")),
            ]
        }
        for status in RunResult.Status.allCases {
            events += [
                .concluded(RunResult(status, reason: "why")), .finished(RunResult(status)),
                .finished(RunResult(status, reason: "remote", rollbackIncomplete: true)),
            ]
        }
        return events
    }

    @Test func everyEventComesBack() throws {
        for (place, event) in Self.samples.enumerated() {
            try Self.roundTrip(event, at: Chain.start + .microseconds(place))
        }
    }

    @Test func wholeRunsFoldToTheSameState() throws {
        for story in Stories.all {
            let records = story.run.events.map {
                Self.stored(EventRecord.draft($0.event, run: "run-1", at: $0.at))
            }
            #expect(try EventRecord.state(of: records) == story.run.state)
        }
    }

    /// Folded anywhere in its course, a run stands exactly where it stood: nothing is decided anew.
    @Test func aRunMayBeFoldedAfterEveryEvent() throws {
        for story in Stories.all {
            var state = RunState()
            for (place, timed) in story.run.events.enumerated() {
                state.apply(timed.event, at: timed.at)
                guard place + 1 < story.run.events.count else { break }
                let advance = Interpreter.advance(story.run.context, state, .look, at: timed.at)
                let rest = story.run.events[(place + 1)...].map(\.event)
                #expect(
                    zip(advance.events, rest).allSatisfy { $0 == $1 } || advance.events.isEmpty,
                    "after \(timed.event)")
            }
        }
    }

    @Test func noSecretIsWrittenAndWhereItStandsIsKept() throws {
        let draft = EventRecord.draft(.intended(call: "a", Self.sealed), run: "r", at: Chain.start)
        let text = draft.payloads.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
        #expect(text.contains("‹secret REDIS›"))
        #expect(text.contains(#"{"secret":"REDIS"}"#))
    }

    @Test func aForgottenPayloadIsAnErrorAndOtherRecordsAreNone() throws {
        var record = Self.stored(EventRecord.draft(.began(step: "a"), run: "r", at: Chain.start))
        record.payloads = []
        #expect(throws: UnreadableEvent.self) { try EventRecord.event(record) }
        let other = Self.stored(RecordDraft(.runClaimed, run: "r"))
        #expect(try EventRecord.event(other) == nil)
    }
}

/// Runs of every kind, for tests that need many.
enum Stories {
    typealias C = Chain

    static var all: [Story] {
        let remote = RehearsedReply.fail(.remote, retryable: false)
        let chain = ChainCall(
            chain: "fix", params: [NamedTemplate(name: "why", value: C.value("now"))],
            steps: [C.step("inner:change") { $0.rollback = C.undo() }, C.step("tell:tell")],
            outputs: [NamedTemplate(name: "at", value: C.value("now"))])
        let each = C.step("each:change", ["value": C.value("item")]) {
            $0.forEach = ForEach(list: C.value("incident.details.nodes"), maxItems: 5, parallel: 2)
            $0.rollback = C.undo()
        }
        let consented = C.step("ok:change") {
            $0.approval = Approval(from: ["ann"], timeout: .seconds(600), onTimeout: .deny)
        }
        var granted = Told(["look": [.value(92)], "once": [.lost]])
        granted.consents = ["ok": RehearsedConsent(.granted(by: "ann"), after: .seconds(7))]
        granted.decisions = ["o": [RehearsedDecision(.failed(by: "bo"), after: .seconds(9))]]
        return [
            Story.of([C.step("a:change"), C.step("b:look"), C.step("c:tell")]),
            Story.of(LadderTests.rungs, Told(["look": [.value(92), .value(91), .value(71)]])) {
                $0.until = .ask(C.ask(after: .seconds(3)))
            },
            Story.of(LadderTests.rungs, Told(["look": [.value(92)]])) { $0.until = .ask(C.ask()) },
            Story.of([each, C.step("x:other")], Told(["other": [remote]])) {
                $0.onFailure = [C.step("h:tell"), C.step("i:other")]
            },
            Story.of(
                [
                    C.step("fix", work: .chain(chain)),
                    C.step("p", work: .parallel([C.step("x:look"), C.step("y:other")])),
                    C.step("w", work: .wait(.seconds(30))), consented,
                    C.step("o:once") { $0.retry = RetryPolicy(attempts: 2) },
                ], granted),
            Story.of(
                [C.step("a:change") { $0.retry = RetryPolicy(attempts: 4) }],
                Told(["change": [.fail(.unavailable), .lost, .ok()]])),
            Story.of(
                [C.step("a:change") { $0.verify = C.ask() }, C.step("b:other")],
                Told(["look": [.value(90), .value(70)]]), inputs: [(20, .notice(.resolved))]),
            Story.of(LadderTests.rungs, inputs: [(50, .notice(.resolved))]) {
                $0.until = .sourceResolves(within: .seconds(60))
            },
        ]
    }
}
