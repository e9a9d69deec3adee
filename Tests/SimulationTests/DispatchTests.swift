import BelayCompiler
import BelayEngine
import BelaySimulation
import BelayStore
import JSON
import Testing

/// What holds remedies back and lets them go, over time, for real: store, journal, dispatcher and driver.
@Suite struct DispatchTests {
    // MARK: for

    static let held = """
          - id: held
            match: {type: held}
            for: 5m
            steps: [{id: a, uses: faulty.same}]
        """

    @Test func aProblemMustLastAsLongAsForSays() throws {
        let daemon = try Daemon(Self.held)
        try daemon.deliver("held")
        try daemon.work()
        #expect(daemon.calls == [])
        #expect(try daemon.verdicts() == ["for"])
        #expect(try daemon.ledger().entries.isEmpty)
        try daemon.goOn(to: .seconds(299))
        #expect(daemon.calls == [])
        try daemon.goOn(to: .seconds(300))
        #expect(daemon.calls == ["same one"])
        #expect(daemon.ends == ["held succeeded"])
    }

    @Test func aProblemThatIsOverBeforeForIsLeftAlone() throws {
        let daemon = try Daemon(Self.held)
        try daemon.deliver("held")
        try daemon.work()
        try daemon.goOn(to: .seconds(60))
        try daemon.deliver("held", .resolved)
        try daemon.goOn(to: .seconds(600))
        #expect(daemon.calls == [])
        #expect(try daemon.incidents().map(\.reason) == ["resolved", "notice"])
    }

    @Test func aRepeatDoesNotBeginForAgain() throws {
        let daemon = try Daemon(Self.held)
        try daemon.deliver("held")
        try daemon.work()
        try daemon.goOn(to: .seconds(200))
        try daemon.deliver("held", id: "another delivery")
        try daemon.goOn(to: .seconds(301))
        #expect(daemon.calls == ["same one"])
    }

    // MARK: Notices

    @Test func aResolveNoticeThatComesBeforeItsTriggerStopsIt() throws {
        let daemon = try Daemon("  - {id: r, match: {type: r}, steps: [{uses: faulty.same}]}")
        try daemon.deliver("r", .resolved, resolvedAfter: .seconds(10))
        try daemon.work()
        try daemon.deliver("r")
        try daemon.work()
        #expect(daemon.calls == [])
        #expect(try daemon.verdicts() == ["notice", "resolved"])
        // A new problem, with a later start, is another matter.
        try daemon.deliver("r", startedAfter: .seconds(60))
        try daemon.work()
        #expect(daemon.calls == ["same one"])
    }

    static let consent = """
          - id: consent
            match: {type: consent}
            on_acknowledge: stop
            steps:
              - {id: a, uses: faulty.same, approval: {from: [group/ops], timeout: 30m}}
              - {id: t, uses: faulty.tell}
        """

    @Test(arguments: [
        (IncidentStatus.resolved, "consent resolved"), (.acknowledged, "consent cancelled"),
    ])
    func aNoticeWakesARunThatWaits(_ status: IncidentStatus, _ end: String) throws {
        let daemon = try Daemon(Self.consent)
        try daemon.deliver("consent")
        try daemon.work()
        #expect(daemon.ends == ["consent waits approval"])
        try daemon.deliver("consent", status, id: "first")
        try daemon.work()
        // Twice makes no difference.
        try daemon.deliver("consent", status, id: "second")
        try daemon.work()
        #expect(daemon.ends.last == end)
        #expect(daemon.calls == ["tell"])
        #expect(try daemon.records(.runNoticed).count == 1)
    }

    @Test func anEarlyAcknowledgementIsKnownToTheRun() throws {
        let daemon = try Daemon(Self.consent)
        try daemon.deliver("consent", .acknowledged)
        try daemon.deliver("consent")
        try daemon.work()
        #expect(daemon.ends == ["consent cancelled"])
        #expect(daemon.calls == ["tell"])
    }

    @Test func aRunReadsNoticesThatNobodyPassedOn() throws {
        let daemon = try Daemon(
            """
              - id: s
                match: {type: s}
                until: resolved
                steps: [{id: a, uses: faulty.same}, {id: b, uses: faulty.same}]
            """)
        try daemon.deliver("s")
        try daemon.deliver("s", .resolved, id: "late", resolvedAfter: .seconds(1))
        // The notice is on disk when the run begins, and is not decided before it.
        try daemon.work()
        #expect(daemon.ends == ["s resolved"] || daemon.ends == [])
        #expect(daemon.calls.count <= 1)
    }

    // MARK: Signals

    static let signalled = """
          - id: w
            match: {type: w}
            steps: [{id: wait, wait_for: {signal: go, within: 10m}}, {id: a, uses: faulty.same}]
        """

    @Test func aSignalLetsAWaitingRunGoOn() throws {
        let daemon = try Daemon(Self.signalled)
        try daemon.deliver("w")
        try daemon.work()
        #expect(daemon.ends == ["w waits signal"])
        #expect(try daemon.tell("w", .signal(name: "go", by: "ann")) == .recorded)
        try daemon.work()
        #expect(daemon.ends.last == "w succeeded")
        #expect(try daemon.records(.runSignalled).map(\.record.reason) == ["go"])
    }

    @Test func aSignalThatDoesNotComeIsATimeOut() throws {
        let daemon = try Daemon(Self.signalled)
        try daemon.deliver("w")
        try daemon.work()
        try daemon.tell("w", .signal(name: "other", by: "ann"))
        try daemon.work()
        try daemon.goOn(to: .seconds(601))
        #expect(daemon.ends.last == "w failed")
        #expect(daemon.calls == [])
    }

    // MARK: concurrency

    static func grouped(_ conflict: String) -> String {
        """
          - id: g
            match: {type: g}
            deadline: 4h
            concurrency: {group: all, on_conflict: \(conflict)}
            on_suppressed: [{id: t, uses: faulty.tell}]
            steps: [{id: a, uses: faulty.same, approval: {from: [group/ops], timeout: 3h}}]
        """
    }

    @Test func aQueueIsFirstInFirstOutAndHoldsNothing() throws {
        let daemon = try Daemon(Self.grouped("queue"))
        for name in ["a", "b", "c"] {
            try daemon.deliver("g", target: name == "b" ? "two" : "one", fingerprint: name)
            try daemon.work()
        }
        #expect(daemon.ends == ["g waits approval"])
        #expect(try daemon.verdicts() == ["queued", "queued"])
        #expect(try daemon.ledger().entries.filter { $0.kind == LimitState.queue }.count == 2)
        #expect(try daemon.tell("g", .approval(step: "a", .granted(by: "eve"))) == .meaningless)
        for _ in 0..<3 {
            try daemon.tell("g", .approval(step: "a", .granted(by: "ann")))
            try daemon.work()
        }
        #expect(daemon.calls == ["same one", "same two", "same one"])
        let left = try daemon.ledger().entries.filter { $0.kind == LimitState.queue }
        #expect(left.isEmpty)
    }

    @Test func aQueueExpiresAndPeopleAreTold() throws {
        let daemon = try Daemon(Self.grouped("queue"))
        try daemon.deliver("g", fingerprint: "a")
        try daemon.deliver("g", fingerprint: "b")
        try daemon.work()
        try daemon.goOn(to: .seconds(3601))
        #expect(try daemon.verdicts() == ["queued", "stale"])
        #expect(daemon.calls == ["tell"])
        try daemon.tell("g", .approval(step: "a", .granted(by: "ann")))
        try daemon.work()
        #expect(daemon.calls == ["tell", "same one"])
    }

    @Test func aQueueHasAnEnd() throws {
        let daemon = try Daemon(Self.grouped("queue"))
        for number in 0..<Bounds.queueLength + 3 {
            try daemon.deliver("g", fingerprint: "f\(number)")
        }
        try daemon.work()
        try daemon.work()
        let verdicts = try daemon.verdicts()
        #expect(verdicts.count { $0 == "queued" } == Bounds.queueLength)
        #expect(verdicts.count { $0 == "queue_full" } == 2)
    }

    @Test func whoIsResolvedLeavesTheQueue() throws {
        let daemon = try Daemon(Self.grouped("queue"))
        for name in ["a", "b", "c"] { try daemon.deliver("g", fingerprint: name) }
        try daemon.work()
        try daemon.deliver("g", .resolved, fingerprint: "b")
        try daemon.work()
        #expect(try daemon.ledger().entries.filter { $0.kind == LimitState.queue }.count == 1)
        for _ in 0..<2 {
            try daemon.tell("g", .approval(step: "a", .granted(by: "ann")))
            try daemon.work()
        }
        #expect(daemon.calls.count == 2)
        #expect(try daemon.incidents().map(\.reason) == ["run", "resolved", "run", "notice"])
    }

    @Test func skippingTellsOnceAndDoesNothing() throws {
        let daemon = try Daemon(Self.grouped("skip"))
        try daemon.deliver("g", fingerprint: "a")
        try daemon.work()
        for id in ["x", "y"] {
            try daemon.deliver("g", fingerprint: "b", id: id)
            try daemon.work()
        }
        #expect(try daemon.verdicts() == ["concurrency", "concurrency"])
        #expect(daemon.calls == ["tell"])
        #expect(daemon.ends.last == "g#on_suppressed succeeded")
    }

    @Test func whoJoinsSharesTheOutcome() throws {
        let daemon = try Daemon(Self.grouped("join"))
        for name in ["a", "b"] { try daemon.deliver("g", fingerprint: name) }
        try daemon.work()
        let waiting = try daemon.pump { try await $0.store.runs(RunFilter(phases: [.waiting])) }
        #expect(waiting.count { $0.reason?.hasPrefix("joined:") == true } == 1)
        try daemon.tell("g", .approval(step: "a", .granted(by: "ann")))
        try daemon.work()
        #expect(daemon.calls == ["same one"])
        let joined = try daemon.pump { try await $0.store.runs(RunFilter(phases: [.joined])) }
        #expect(joined.map(\.reason) == ["succeeded"])
    }

    @Test func aJoinedRunStopsOnlyWhenAllItsIncidentsAreResolved() throws {
        let daemon = try Daemon(Self.grouped("join"))
        for name in ["a", "b"] { try daemon.deliver("g", fingerprint: name) }
        try daemon.work()
        try daemon.deliver("g", .resolved, fingerprint: "a")
        try daemon.work()
        #expect(try daemon.records(.runNoticed).isEmpty)
        try daemon.deliver("g", .resolved, fingerprint: "b")
        try daemon.work()
        #expect(try daemon.records(.runNoticed).count == 1)
        #expect(daemon.calls == [])
        #expect(daemon.ends.last == "g resolved")
    }

    @Test func joiningNeedsTheSameRule() throws {
        let other = """

              - id: o
                match: {type: o}
                concurrency: {group: all, on_conflict: join}
                steps: [{id: a, uses: faulty.same}]
            """
        let daemon = try Daemon(Self.grouped("join") + other)
        try daemon.deliver("g")
        try daemon.work()
        try daemon.deliver("o")
        try daemon.work()
        #expect(try daemon.verdicts() == ["queued"])
    }

    // MARK: again, on_suppressed, after_resolve

    @Test func aProblemHasOneRunUnlessAgainSaysOtherwise() throws {
        let rule = "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same}]}"
        let once = try Daemon(rule)
        try once.deliver("r")
        try once.work()
        try once.deliver("r", id: "repeat")
        try once.work()
        try once.goOn(to: .seconds(86_400))
        #expect(once.calls == ["same one"])
        #expect(try once.verdicts() == ["already_handled"])

        let again = try Daemon(
            rule.replacing("steps:", with: "again: {after: 1h, max: 2}, steps:"))
        try again.deliver("r")
        try again.work()
        for hour in 1...5 { try again.goOn(to: .seconds(3600 * hour + 60 * hour)) }
        #expect(again.calls.count == 3)
    }

    @Test func whatIsResolvedIsNotRepeated() throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, again: {after: 1h, max: 2}, steps: [{id: a, uses: faulty.same}]}"
        )
        try daemon.deliver("r")
        try daemon.work()
        try daemon.deliver("r", .resolved)
        try daemon.work()
        try daemon.goOn(to: .seconds(7300))
        #expect(daemon.calls == ["same one"])
    }

    static let cooled = """
          - id: r
            match: {type: r}
            cooldown: {for: 15m}
            on_suppressed: [{id: t, uses: faulty.tell, if: "suppression.reason == 'cooldown'"}]
            steps: [{id: a, uses: faulty.same}]
        """

    @Test func whatACooldownHeldBackIsDecidedAgainByItself() throws {
        let daemon = try Daemon(Self.cooled)
        try daemon.deliver("r", fingerprint: "a")
        try daemon.work()
        try daemon.goOn(to: .seconds(300))
        try daemon.deliver("r", fingerprint: "b")
        try daemon.work()
        #expect(daemon.calls == ["same one", "tell"])
        try daemon.goOn(to: .seconds(899))
        #expect(daemon.calls == ["same one", "tell"])
        try daemon.goOn(to: .seconds(900))
        #expect(daemon.calls == ["same one", "tell", "same one"])
        #expect(try daemon.verdicts() == ["cooldown"])
    }

    @Test func whatIsPutBackIsPutBackOnceAndOnlyAfterAChange() throws {
        let rule = """
              - id: r
                match: {type: r}
                steps: [{id: a, uses: faulty.keyed}]
                after_resolve: [{id: b, uses: faulty.same}]
            """
        let daemon = try Daemon(rule)
        try daemon.deliver("r")
        try daemon.work()
        #expect(daemon.calls == ["keyed one"])
        for id in ["x", "y"] {
            try daemon.deliver("r", .resolved, id: id)
            try daemon.work()
        }
        #expect(daemon.calls == ["keyed one", "same one"])
        #expect(daemon.ends.last == "r#after_resolve succeeded")
        let created = try daemon.records(.runCreated)
        #expect(created.last?.record.causedBy == created.first?.record.run)

        let failing = try Daemon(rule) { _ in
            .failed(.remote, retryable: false, message: "refused")
        }
        try failing.deliver("r")
        try failing.work()
        try failing.deliver("r", .resolved)
        try failing.work()
        #expect(failing.calls == ["keyed one"])
    }

    // MARK: Storms and loops

    @Test func aStormPausesChangesAndSendsOnePage() throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same}]}",
            environment: """
                storm: {targets: 3, per: 1m, pause: 15m}
                notices: {uses: faulty.tell, with: {}}
                """)
        for name in ["x", "y", "z", "v"] {
            try daemon.deliver("r", target: name == "z" ? "one" : name, fingerprint: name)
            try daemon.work()
        }
        #expect(daemon.calls.count { $0 == "tell" } == 1)
        #expect(try daemon.verdicts() == ["storm", "storm"])
        let pause = try #require(try daemon.records(.pauseSet).first)
        #expect(
            pause[payload: "pause"]?["targets"]?.arrayValue?.compactMap(\.stringValue)
                == ["one", "x", "y"])
        // When it is over, what still fires is decided again.
        try daemon.goOn(to: .seconds(901))
        #expect(try daemon.records(.pauseExpired).count == 1)
        #expect(daemon.calls.contains("same one"))
    }

    @Test func peopleHearOnceOfEachQuestionThatOnlyTheyCanAnswer() throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.only}]}",
            environment: "notices: {uses: faulty.tell, with: {}}"
        ) { request in
            request.action == "faulty.only"
                ? .lost(.unavailable, message: "reset") : .succeeded([:])
        }
        try daemon.deliver("r")
        try daemon.work()
        #expect(daemon.ends.contains("r waits person"))
        #expect(daemon.calls.count { $0 == "tell" } == 1)
        // A notice that the incident is acknowledged wakes the run, which waits on: nobody is told again.
        try daemon.deliver("r", .acknowledged, fingerprint: "r", id: "r ack")
        try daemon.goOn(to: .seconds(60))
        #expect(daemon.calls.count { $0 == "tell" } == 1)
        // The second attempt is lost too, and that is a second question.
        try daemon.goOn(to: .seconds(120))
        try daemon.tell("r", .person(call: "a", .retry(by: "ann")))
        try daemon.work()
        #expect(daemon.calls.count { $0 == "tell" } == 2)
        try daemon.tell("r", .person(call: "a", .succeeded(by: "ann")))
        try daemon.work()
        #expect(daemon.ends.last == "r succeeded")
    }

    /// A daemon whose run was taken up again and again by processes that died.
    private func stuck() throws -> Daemon {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same, approval: {timeout: 1h}}]}",
            environment: "notices: {uses: faulty.tell, with: {}}")
        try daemon.deliver("r")
        try daemon.work()
        try daemon.tell("r", .approval(step: "a", .granted(by: "ann")))
        // Processes that die as soon as they have taken it up.
        try daemon.pump { daemon in
            for _ in 0...Bounds.recoveries {
                _ = try await daemon.store.claim(10, for: .seconds(10))
                try await daemon.world.sleep(for: .seconds(11))
            }
        }
        try daemon.work()
        #expect(daemon.ends.contains("r waits stuck"), "\(daemon.ends)")
        #expect(daemon.calls == ["tell"])
        try daemon.goOn(to: .seconds(1000))
        #expect(daemon.calls == ["tell"], "nobody is told twice, and nothing is tried again")
        return daemon
    }

    @Test func aRunThatKeepsLosingItsProcessIsLeftToAPersonWhoCanCancelIt() throws {
        let daemon = try stuck()
        try daemon.tell("r", .cancel(by: "ann"))
        try daemon.work()
        #expect(daemon.ends.last == "r cancelled", "\(daemon.ends)")
    }

    @Test(arguments: [
        (PersonDecision.retry(by: "ann"), RunPhase.succeeded, nil),
        (.succeeded(by: "ann"), .succeeded, "person"), (.failed(by: "bo"), .failed, "person"),
    ])
    func aPersonSaysWhatBecomesOfARunThatIsStuck(
        _ decision: PersonDecision, _ phase: RunPhase, _ reason: String?
    ) throws {
        let daemon = try stuck()
        let word = RunInput.person(call: RunInput.wholeRun, decision)
        #expect(try daemon.tell("r", word) == .recorded)
        try daemon.work()
        let runs = try daemon.pump { try await $0.store.runs(RunFilter(rule: "r")) }
        #expect(runs.map(\.phase) == [phase] && runs.map(\.reason) == [reason], "\(runs)")
        #expect(daemon.calls == (reason == nil ? ["tell", "same one"] : ["tell"]))
        let said = try #require(try daemon.records(.stepResolvedByPerson).first?.record)
        #expect(said.step == "run" && said.outcome == decision.word)
        #expect(said.actor == .person(decision.person.name))
        #expect(try daemon.ledger().heldTargets.isEmpty)
    }

    @Test func aWordOnAWholeRunMeansNothingToOneThatIsNotStuck() throws {
        let daemon = try Daemon(Self.grouped("queue"))
        try daemon.deliver("g")
        try daemon.work()
        let word = RunInput.person(call: RunInput.wholeRun, .failed(by: "ann"))
        #expect(try daemon.tell("g", word) == .meaningless)
    }

    @Test func peopleHearThatAPauseIsOver() throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same}]}",
            environment: "notices: {uses: faulty.tell, with: {}}")
        try daemon.pump { daemon in
            let pause = RecordDraft(
                .pauseSet, actor: .person("ann"), target: "target/one",
                payloads: [
                    PayloadDraft(
                        "pause",
                        [
                            "reason": "drill", "owner": "ann",
                            "expires": .string((daemon.start + .seconds(300)).rfc3339),
                        ])
                ])
            try await daemon.store.commit(StoreTransaction([.record(pause)]))
        }
        try daemon.deliver("r")
        try daemon.work()
        #expect(daemon.calls.isEmpty)
        try daemon.goOn(to: .seconds(301))
        #expect(daemon.calls.sorted() == ["same one", "tell"])
        let told = try daemon.records(.runCreated).compactMap {
            $0[payload: RunBeginning.name]?["part"]?["message"]?.stringValue
        }
        #expect(
            told == [
                "the pause of target/one is over, its time has come: changes go on (ann: drill)"
            ])
        try daemon.goOn(to: .seconds(900))
        #expect(daemon.calls.count { $0 == "tell" } == 1)
    }

    @Test func theThirdIncidentThatOwnChangesCauseIsLeftToAPerson() throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same}]}",
            environment: "notices: {uses: faulty.tell, with: {}}")
        for minute in 0..<4 {
            try daemon.goOn(to: .seconds(minute * 120))
            try daemon.deliver(
                "r", id: "r\(minute)", startedAfter: .seconds(minute * 120))
            try daemon.work()
        }
        #expect(daemon.calls == ["same one", "same one", "same one", "tell"])
        #expect(try daemon.verdicts() == ["loop"])
        let created = try daemon.records(.runCreated).map(\.record)
        #expect(created[0].causedBy == nil)
        #expect(created[1].causedBy == created[0].run)
        #expect(created[2].causedBy == created[1].run)
    }

    /// The remedy comes long after the problem was heard of; what went before the problem is still known.
    @Test func whatIsDecidedIsNotDecidedAgain() throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same}]}")
        try daemon.deliver("r")
        let row = try #require(try daemon.incidents().first)
        let incident = try #require(Incident(stored: row.body))
        let decide: @Sendable (Daemon) async throws -> Int = {
            try await $0.dispatcher.decide(incident, id: row.id).begun.count
        }
        #expect(try daemon.pump(decide) == 1)
        #expect(throws: StoreError.decided(incident: row.id)) { try daemon.pump(decide) }
        #expect(try daemon.records(.runCreated).count == 1)
    }

    @Test func aChangeBeforeAProblemIsItsCauseHoweverLateTheRemedy() throws {
        let daemon = try Daemon(
            """
              - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same}]}
              - {id: slow, match: {type: slow}, for: 5h, steps: [{id: a, uses: faulty.same}]}
            """)
        try daemon.deliver("r")
        try daemon.work()
        try daemon.goOn(to: .seconds(60))
        try daemon.deliver("slow", startedAfter: .seconds(60))
        try daemon.goOn(to: .seconds(60 + 5 * 3600))
        let created = try daemon.records(.runCreated).map(\.record)
        #expect(created.map(\.rule) == ["r", "slow"])
        #expect(created.last?.causedBy == created.first?.run)
    }

    @Test func aCooldownLongerThanAnyBudgetsPeriodIsRemembered() throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, cooldown: {for: 5h}, steps: [{id: a, uses: faulty.same}]}"
        )
        // What came at four hours is held until five, and what comes at six is held again.
        for hours in [0, 4, 6] {
            let time = Duration.seconds(hours * 3600)
            try daemon.goOn(to: time)
            try daemon.deliver("r", fingerprint: "r\(hours)", startedAfter: time)
            try daemon.work()
            #expect(daemon.calls.count == (hours < 6 ? 1 : 2), "\(hours) h: \(daemon.calls)")
        }
    }

    @Test func aChangeLongAgoCausesNothing() throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same}]}")
        for number in 0..<5 {
            let time = Duration.seconds(number * 601)
            try daemon.goOn(to: time)
            try daemon.deliver("r", id: "r\(number)", startedAfter: time)
            try daemon.work()
        }
        #expect(daemon.calls.count == 5)
        let causes = try daemon.records(.runCreated).compactMap(\.record.causedBy)
        #expect(causes == [])
    }

    // MARK: Targets that others hold

    private static let holding = """
          - id: hold
            match: {type: hold}
            steps:
              - {id: a, uses: faulty.same}
              - {id: b, uses: faulty.same, approval: {from: [group/ops], timeout: 3h}}
          - id: pair
            match: {type: pair}
            steps:
              - {id: a, uses: faulty.same}
              - {id: b, uses: faulty.same, with: {target: one}}
        """

    /// A run that holds `one` waits for consent; another has changed `two` and wants to change `one`.
    private func contended() throws -> Daemon {
        let daemon = try Daemon(Self.holding)
        try daemon.deliver("hold")
        try daemon.work()
        #expect(daemon.ends == ["hold waits approval"])
        try daemon.deliver("pair", target: "two")
        return daemon
    }

    @Test func whatIsKnownIsOnRecordWhileATargetIsWaitedFor() throws {
        let daemon = try contended()
        let (seen, standing, end) = try daemon.pump { daemon in
            let begun = try #require(try await daemon.dispatcher.decideDue().begun.first)
            let (inputs, person) = AsyncStream.makeStream(of: RunInput.self)
            let driver = daemon.driver
            async let end = driver.carry(
                begun.context, from: begun.state, lease: begun.lease,
                reservations: begun.reservations, inputs: inputs)
            try await daemon.world.sleep(for: .seconds(20))
            let seen = try await daemon.store.events(ofRun: begun.context.run)
            let row = try await daemon.store.run(begun.context.run)
            let standing = row.flatMap { RunStanding($0, seen) }
            person.yield(.cancel(by: Person("ann")))
            return (seen, standing, try await end)
        }
        #expect(seen.filter { $0.record.kind == .stepResult }.count == 1)
        #expect(seen.filter { $0.record.kind == .stepIntent }.count == 1)
        let held = seen.filter { $0.record.kind == .stepHeld }
        #expect(held.map(\.record.step) == ["b"], "once, however often it is asked for")
        #expect(held.first?[payload: "message"]?.stringValue?.contains("holds one") == true)
        #expect(standing?.words.count == 1)
        #expect(standing?.words.first?.hasPrefix("b: run ") == true, "\(standing?.words ?? [])")
        #expect(end.result?.status == .cancelled)
        #expect(daemon.calls == ["same one", "same two"])
    }

    @Test func whoWaitsForATargetGoesOnOnceItIsFree() throws {
        let daemon = try contended()
        try daemon.pump { daemon in
            let begun = try #require(try await daemon.dispatcher.decideDue().begun.first)
            let driver = daemon.driver
            async let end = driver.carry(
                begun.context, from: begun.state, lease: begun.lease,
                reservations: begun.reservations)
            try await daemon.world.sleep(for: .seconds(100))
            let waiting = try await daemon.store.runs(RunFilter(phases: [.waiting], rule: "hold"))
            let run = try #require(waiting.first)
            _ = try await daemon.dispatcher.tell(
                run.id, .approval(step: "b", .denied(by: "ann")))
            for claimed in try await daemon.store.claim(1, for: Bounds.lease) {
                try await daemon.resume(claimed)
            }
            #expect(try await end.result?.status == .succeeded)
        }
        #expect(daemon.calls == ["same one", "same two", "same one"])
        let intents = try daemon.records(.stepIntent).map(\.record.step)
        #expect(intents == ["a", "a", "b"])
    }

    @Test func aTargetThatIsNotFreeInTimeIsBusy() throws {
        let daemon = try contended()
        try daemon.work()
        #expect(daemon.ends.last == "pair failed")
        #expect(daemon.calls == ["same one", "same two"])
        let results = try daemon.records(.stepResult).map { $0.record.error?.class }
        #expect(results.last == "target_busy")
    }

    @Test func whatNeverBeganIsNotUndone() throws {
        let daemon = try Daemon(
            """
              - id: r
                match: {type: r}
                steps:
                  - id: a
                    uses: faulty.same
                    approval: {from: [group/ops], timeout: 3h}
                    rollback: {uses: faulty.keyed}
            """)
        try daemon.deliver("r")
        try daemon.work()
        try daemon.pump { daemon in
            let draft = RecordDraft(
                .pauseSet, actor: .person("ann"), target: "all",
                payloads: [PayloadDraft("pause", ["reason": "a fire"])])
            try await daemon.store.commit(StoreTransaction([.record(draft)]))
        }
        try daemon.tell("r", .approval(step: "a", .granted(by: "ann")))
        try daemon.work()
        #expect(daemon.ends.last == "r failed")
        #expect(daemon.calls.isEmpty, "a pause stopped the step before it began")
    }

    @Test func whoHasManyReportsIsDecidedByTheNewestAndItsOwnStart() throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, for: 1m, steps: [{id: a, uses: faulty.same}]}")
        try daemon.deliver("r")
        try daemon.work()
        for number in 1...(2 * Bounds.reports) {
            try daemon.deliver("r", .acknowledged, id: "n\(number)", startedAfter: .seconds(-1))
        }
        // The notice of its own start stands far behind the newest hundred when it is decided again.
        try daemon.deliver("r", .resolved, id: "over")
        for number in 1...(2 * Bounds.reports) {
            try daemon.deliver("r", .acknowledged, id: "m\(number)", startedAfter: .seconds(-1))
        }
        try daemon.goOn(to: .seconds(61))
        #expect(daemon.calls.isEmpty)
        #expect(try daemon.verdicts().contains("resolved"))
    }

    // MARK: Calls that wait for room

    @Test(arguments: ["pause", "cancel"])
    func anOrderToStopReachesACallThatWaitsForRoom(_ order: String) throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same}]}")
        try daemon.deliver("r")
        let end = try daemon.pump { daemon in
            let begun = try #require(try await daemon.dispatcher.decideDue().begun.first)
            let (plain, bulkhead) = (daemon.driver, Bulkhead())
            let driver = RunDriver(
                store: plain.store, world: plain.world, providers: plain.providers,
                catalogue: plain.catalogue, secrets: plain.secrets, bulkhead: bulkhead,
                executor: plain.executor)
            let (inputs, person) = AsyncStream.makeStream(of: RunInput.self)
            return try await withThrowingTaskGroup(of: DriveEnd?.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        await bulkhead.within(16, of: "faulty.same") { _ in
                            try? await daemon.world.sleep(for: .seconds(10))
                        }
                        return nil
                    }
                }
                try await daemon.world.sleep(for: .seconds(1))
                group.addTask {
                    try await driver.carry(
                        begun.context, from: begun.state, lease: begun.lease,
                        reservations: begun.reservations, inputs: inputs)
                }
                try await daemon.world.sleep(for: .seconds(2))
                let intents = try await daemon.store.records(
                    RecordQuery(kinds: [.stepIntent]))
                #expect(intents.count == 1)
                if order == "cancel" {
                    person.yield(.cancel(by: Person("ann")))
                } else {
                    let pause = RecordDraft(.pauseSet, actor: .person("ann"), target: "all")
                    try await daemon.store.commit(StoreTransaction([.record(pause)]))
                }
                var end: DriveEnd?
                for try await next in group {
                    if let next { end = next }
                }
                return end
            }
        }
        #expect(daemon.calls.isEmpty)
        #expect(end?.result?.status == (order == "cancel" ? .cancelled : .failed))
    }

    // MARK: The end of a process

    @Test(arguments: ["same", "keyed", "only"])
    func aCallThatNeverBeganIsBegunByTheNextProcess(_ action: String) throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.\(action)}]}")
        daemon.stopAtIntent()
        try daemon.deliver("r")
        try daemon.work()
        #expect(daemon.calls.isEmpty, "\(daemon.ends)")
        #expect(try daemon.records(.stepIntent).count == 1)
        daemon.beginAnew()
        try daemon.goOn(to: Bounds.lease + .seconds(1))
        #expect(daemon.ends.last == "r succeeded")
        #expect(daemon.calls == ["\(action) one"])
    }

    /// The retry of `x` is cut off by the stop, and with it the timer of `y`, which the walk sets behind it.
    @Test func aRunThatIsToldToStopWaitsForItsCallsWithoutSpinning() throws {
        let world = VirtualWorld(seed: 1)
        let daemon = try Daemon(
            """
              - id: r
                match: {type: r}
                steps:
                  - id: p
                    parallel:
                      - {id: x, uses: faulty.same, retry: {attempts: 2, initial: 2s}}
                      - {id: y, uses: faulty.keyed, retry: {attempts: 2, initial: 2s}}
                      - {id: z, uses: faulty.only}
            """, world: world
        ) { request in
            let seconds = ["faulty.same": 1, "faulty.keyed": 10][request.action] ?? 18
            try? await world.sleep(for: .seconds(seconds))
            return request.action == "faulty.only" || request.attempt > 1
                ? .succeeded([:]) : .failed(.unavailable, retryable: true, message: "not yet")
        }
        try daemon.deliver("r")
        let end = try daemon.pump { daemon in
            let begun = try #require(try await daemon.dispatcher.decideDue().begun.first)
            let driver = daemon.driver
            async let end = driver.carry(
                begun.context, from: begun.state, lease: begun.lease,
                reservations: begun.reservations)
            try await world.sleep(for: .milliseconds(1500))
            daemon.signs.stop()
            return try await end
        }
        #expect(end == .stopped)
        #expect(world.now() - daemon.start == .seconds(18), "it waits for the call under way")
        #expect(Set(daemon.calls) == ["same one", "keyed one", "only one"])
        daemon.beginAnew()
        try daemon.goOn(to: .seconds(18) + Bounds.lease + .seconds(30))
        #expect(daemon.ends.last == "r succeeded")
        #expect(daemon.calls.count == 5)
    }

    // MARK: What only a person can answer

    @Test func aStepMayBeNamedRunAndEveryRunThatAsksIsTold() throws {
        let daemon = try Daemon(
            """
              - {id: one, match: {type: r}, continue: true, steps: [{id: run, uses: faulty.only}]}
              - id: two
                match: {type: r}
                target: two
                steps: [{id: run, uses: faulty.only, with: {target: two}}]
            """, environment: "notices: {uses: faulty.tell, with: {}}"
        ) {
            $0.action == "faulty.tell" ? .succeeded([:]) : .lost(.unavailable, message: "no answer")
        }
        try daemon.deliver("r")
        try daemon.work()
        #expect(
            daemon.calls.filter { $0.hasPrefix("tell") }.count == 2,
            "\(daemon.calls) \(daemon.ends)")
        #expect(try daemon.tell("one", .person(call: "run", .succeeded(by: "ann"))) == .recorded)
        try daemon.work()
        #expect(daemon.ends.last == "one succeeded")
    }

    @Test func aRunWhoseProgramIsGoneCanBeCancelled() throws {
        let daemon = try Daemon(Self.consent)
        try daemon.deliver("consent")
        try daemon.work()
        let run = try #require(try daemon.records(.runCreated).first?.record.run)
        try daemon.pump { daemon in
            let claimed = try await daemon.store.commit(
                StoreTransaction([.claim(run: run, for: .seconds(30))]))
            try await daemon.store.commit(
                StoreTransaction(
                    requires: [.lease(try #require(claimed.leases.first))],
                    [.record(RecordDraft(.runWaiting, run: run, reason: "program"))]))
        }
        #expect(try daemon.tell("consent", .cancel(by: Person("ann"))) == .recorded)
        #expect(try daemon.records(.runFinished).last?.record.outcome == "cancelled")
        #expect(try daemon.ledger().heldTargets.isEmpty)
    }

    @Test func aRuleThatIsHeldBackIsNotPutOffByAnothersAgain() throws {
        let daemon = try Daemon(
            """
              - id: one
                match: {type: r}
                continue: true
                again: {after: 1h, max: 2}
                steps: [{id: a, uses: faulty.tell}]
              - {id: two, match: {type: r}, cooldown: {for: 5m}, steps: [{id: a, uses: faulty.same}]}
            """)
        try daemon.deliver("r")
        try daemon.work()
        try daemon.goOn(to: .seconds(10))
        try daemon.deliver("r", fingerprint: "later", startedAfter: .seconds(10))
        try daemon.work()
        #expect(daemon.calls.filter { $0.hasPrefix("same") }.count == 1)
        try daemon.goOn(to: .seconds(301))
        #expect(daemon.calls.filter { $0.hasPrefix("same") }.count == 2)
    }

    // MARK: Budgets

    @Test func aCallThatFailedUsesUpNoLimit() throws {
        let daemon = try Daemon(Self.cooled) { request in
            request.effect == .change
                ? .failed(.remote, retryable: false, message: "refused") : .succeeded([:])
        }
        try daemon.deliver("r", fingerprint: "a")
        try daemon.work()
        #expect(daemon.ends == ["r failed"])
        #expect(try daemon.ledger().entries.isEmpty)
        let released = try daemon.records(.limitReleased)
        #expect(!released.isEmpty)
        try daemon.deliver("r", fingerprint: "b")
        try daemon.work()
        #expect(daemon.calls == ["same one", "same one"])
    }

    @Test(arguments: [
        ActionOutcome.lost(.timeout, message: "nothing"), .lost(.unavailable, message: "reset"),
        .lost(.badOutput, message: "half an answer"),
        .failed(.timeout, retryable: false, message: "too late"),
        .failed(.badOutput, retryable: false, message: "no JSON"),
        .failed(.outputTooLarge, retryable: false, message: "2 MB"),
    ])
    func aCallThatMayHaveHappenedCounts(_ outcome: ActionOutcome) throws {
        let daemon = try Daemon(Self.cooled) { request in
            request.effect == .change ? outcome : .succeeded([:])
        }
        try daemon.deliver("r", fingerprint: "a")
        try daemon.work()
        let kinds = try daemon.ledger().entries.map(\.kind)
        #expect(kinds.contains("cooldown"))
        try daemon.deliver("r", fingerprint: "b")
        try daemon.work()
        #expect(try daemon.verdicts() == ["cooldown"])
    }

    @Test func aPauseOfChangesDoesNotSilenceWhoOnlyTells() throws {
        let daemon = try Daemon(
            """
              - {id: tells, match: {type: r}, continue: true, steps: [{id: t, uses: faulty.tell}]}
              - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same}]}
            """)
        try daemon.pump {
            let pause = RecordDraft(
                .pauseSet, actor: .person("ann"), target: "runbook/all",
                payloads: [PayloadDraft("pause", ["reason": "drill"])])
            try await $0.store.commit(StoreTransaction([.record(pause)]))
        }
        try daemon.deliver("r")
        try daemon.work()
        #expect(daemon.calls == ["tell"])
        #expect(try daemon.verdicts() == ["paused"])
    }
}
