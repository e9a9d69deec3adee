import BelayCompiler

/// What a loop over time calls: whatever is due is decided, what ended lets others go on, what people say arrives.
///
/// A loop does, for ever: `decideDue`, drive what it has begun, claim and resume runs, and `ended` after each run
/// that finished. All that these need is on disk, so that nothing is lost with the loop.
extension Dispatcher {
    /// Decides what is due, oldest first and at most so many: whose turn in a queue has come, what was held back
    /// until now, and what was received, notices too.
    ///
    /// At most `driving` of what begins is to be driven at once; further remedies are `ready` for whoever has a place.
    package func decideDue(
        _ limit: Int = 100, driving: Int = .max
    ) async throws(StoreError) -> Dispatched {
        var all = Dispatched()
        if !memory.isSettled {
            all.begun = try await settle()
            memory.isSettled = true
        }
        try await seedStorms()
        let now = world.now()
        let (due, forgotten, pauses) = try await store.read { view throws(StoreError) in
            let queued = try view.limits(committedSince: now).queueHeads.prefix(limit)
            var due: [Due] = []
            var forgotten: [String] = []
            func add(_ row: IncidentRow, isQueued: Bool) {
                if let incident = Incident(stored: row.body) {
                    due.append(Due(incident: incident, id: row.id, isQueued: isQueued))
                } else {
                    forgotten.append(row.id)
                }
            }
            for id in queued { if let row = try view.incident(id) { add(row, isQueued: true) } }
            for row in try view.incidents(.due(limit: limit)) { add(row, isQueued: false) }
            return (due, forgotten, try view.pauses())
        }
        all.begun += try await expire(pauses, at: now)
        for id in forgotten { try await leave(id) }
        var failure: StoreError?
        for result in await decided(due, driving: driving - all.begun.count) {
            do throws(StoreError) {
                all.add(try result.get().dispatched)
            } catch {
                // Decided meanwhile.
                if case .decided = error { continue }
                failure = failure ?? error
            }
        }
        all.decided += forgotten.count
        // What has begun is driven first; what failed is still due.
        if let failure, all.begun.isEmpty { throw failure }
        return all
    }

    /// Its text was forgotten; there is nothing left to decide.
    private func leave(_ incident: String) async throws(StoreError) {
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.ruleUnmatched, incident: incident, reason: "forgotten")),
                .wakeIncident(incident, at: nil),
            ]))
    }

    /// Ends pauses whose time is over, on record; the runs that tell people.
    private func expire(
        _ pauses: [PauseRow], at now: Timestamp
    ) async throws(StoreError) -> [Begun] {
        var begun: [Begun] = []
        for row in pauses where !Pause(row).isInForce(at: now) {
            let pause = Pause(row)
            let notice = EngineNotice(
                kind: "pause_expired",
                message: "the pause of \(row.scope) is over, its time has come: changes go on "
                    + "(\(pause.owner.isEmpty ? "" : "\(pause.owner): ")\(pause.reason))")
            let answer = try await store.decide { view throws(StoreError) in
                // Lifted meanwhile.
                guard try view.pauses().contains(row) else {
                    return StoreProposal(StoreTransaction([]), [DispatchBatch.Claimed]())
                }
                let expired = RecordDraft(.pauseExpired, target: row.scope, causedBy: row.id)
                let batch = try self.telling(notice, view, at: now)
                return StoreProposal(
                    StoreTransaction([.record(expired)] + (batch?.writes ?? [])),
                    batch?.claimed ?? [])
            }
            begun += answer.value.begun(answer.receipt)
        }
        return begun
    }

    /// What begins a run that tells people something which is about no incident: it hangs on the newest one. Where
    /// none has ever come, nothing was held back and there is nothing to tell.
    private func telling(
        _ notice: EngineNotice, _ view: any StoreView, at now: Timestamp
    ) throws(StoreError) -> DispatchBatch? {
        guard let rule = decider.environment.rule(telling: notice),
            let row = try view.incidents(.latest(limit: 1)).first,
            let incident = Incident(stored: row.body)
        else { return nil }
        return telling(notice, by: rule, of: incident, row, at: now)
    }

    // MARK: Runs that share an outcome

    /// Lets those go on that waited for a run which has finished now: incidents that joined it end as it did.
    package func ended(_ run: String) async throws(StoreError) {
        let (leader, members) = try await store.read { view throws(StoreError) in
            guard let leader = try view.run(run), leader.phase.isFinal else {
                return (RunRow?.none, [RunRow]())
            }
            let members = try ProblemReader(view: view).members(of: run, rule: leader.rule)
            return (leader, members)
        }
        guard let leader else { return }
        for member in members { try await share(leader, with: member) }
    }

    /// After a restart: ends what shares the outcome of runs that ended before, and tells people of runs that wait
    /// for them, where the process before did not come to it.
    private func settle() async throws(StoreError) -> [Begun] {
        var begun: [Begun] = []
        for member in try await store.runs(RunFilter(phases: [.waiting], limit: 100_000)) {
            if let reason = member.reason, Self.personReasons.contains(reason) {
                if let telling = try await tellOfWaiting(member.id) { begun.append(telling) }
                continue
            }
            guard let id = ProblemReader.leader(of: member),
                let leader = try await store.run(id), leader.phase.isFinal
            else { continue }
            try await share(leader, with: member)
        }
        return begun
    }

    private func share(_ leader: RunRow, with member: RunRow) async throws(StoreError) {
        let result = RunResult(.joined, reason: leader.phase.rawValue)
        var draft = EventRecord.draft(.finished(result), run: member.id, at: world.now())
        draft.causedBy = leader.id
        do throws(StoreError) {
            try await store.commit(
                StoreTransaction(
                    requires: [.waiting(run: member.id, reason: member.reason ?? "")],
                    [.record(draft)]))
        } catch {
            guard case .notWaiting = error else { throw error }
        }
    }

    // MARK: What people and outside systems say

    /// Tells a run what a person or an outside system says: consent, a decision, a signal, a cancellation.
    package func tell(_ id: String, _ input: RunInput) async throws(StoreError) -> Telling {
        guard let run = try await store.run(id) else { throw .notFound(id) }
        guard !run.phase.isFinal, ProblemReader.leader(of: run) == nil else { return .meaningless }
        if case .person(RunInput.wholeRun, let decision) = input, run.reason == Self.stuck {
            return try await settle(run, decision)
        }
        if case .cancel(let person) = input, run.phase == .waiting, run.reason == Self.programless {
            return try await end(
                run, [.cancelled(by: person), .finished(RunResult(.cancelled, reason: "person"))])
        }
        guard run.phase == .waiting, let reason = run.reason else {
            return run.phase == .running && run.owner != store.boot ? .abandoned : .underWay
        }
        let records = try await store.events(ofRun: id)
        guard let state = try? EventRecord.state(of: records) else {
            throw .damaged("the events of run \(id) cannot be read")
        }
        let beginning = records.first?[payload: RunBeginning.name].flatMap(RunBeginning.init)
        let now = world.now()
        let events = state.events(of: input, beganBy: beginning?.actor ?? "")
        guard !events.isEmpty else { return .meaningless }
        do throws(StoreError) {
            try await store.commit(
                StoreTransaction(
                    requires: [.waiting(run: id, reason: reason)],
                    events.map { .record(EventRecord.draft($0, run: id, at: now)) }
                        + [.wakeRun(id, at: now)]))
        } catch {
            guard case .notWaiting = error else { throw error }
            return .underWay
        }
        return .recorded
    }

    /// A person's word on a run that kept losing its process: it goes on, or it ends as they say.
    private func settle(
        _ run: RunRow, _ decision: PersonDecision
    ) async throws(StoreError) -> Telling {
        guard run.phase == .waiting, run.reason == Self.stuck else { return .meaningless }
        var events: [RunEvent] = [.personDecided(call: RunInput.wholeRun, decision)]
        switch decision {
        case .succeeded: events.append(.finished(RunResult(.succeeded, reason: "person")))
        case .failed: events.append(.finished(RunResult(.failed, reason: "person")))
        case .retry: break
        }
        return try await end(run, events)
    }

    /// Writes a person's word on a run that nothing drives any more; what is not its end lets it go on.
    private func end(_ run: RunRow, _ events: [RunEvent]) async throws(StoreError) -> Telling {
        let now = world.now()
        let ends = events.contains { if case .finished = $0 { true } else { false } }
        do throws(StoreError) {
            try await store.commit(
                StoreTransaction(
                    requires: [.waiting(run: run.id, reason: run.reason ?? "")],
                    events.map { .record(EventRecord.draft($0, run: run.id, at: now)) }
                        + (ends
                            ? [.wakeIncident(run.incident, at: now)] : [.wakeRun(run.id, at: now)]))
            )
        } catch {
            guard case .notWaiting = error else { throw error }
            return .underWay
        }
        try await ended(run.id)
        return .recorded
    }
}
