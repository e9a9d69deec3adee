import BelayCompiler
import JSON

/// Takes incidents in, decides them and begins their runs: each of these one transaction.
package struct Dispatcher: Sendable {
    package let store: any Store
    package let world: any World
    package let planner: Planner
    /// The sources of the program, kept with each run.
    package let sources: ProgramText
    /// Who or what began it: `source`, or a person's name.
    package let actor: String
    let memory = DispatcherMemory()

    package init(
        store: any Store, world: any World, planner: Planner, sources: ProgramText, actor: String
    ) {
        self.store = store
        self.world = world
        self.planner = planner
        self.sources = sources
        self.actor = actor
    }

    /// A run that was begun and claimed by this process.
    package struct Begun: Sendable {
        package var context: RunContext
        /// What is on record of it: the fold of its events so far.
        package var state: RunState
        package var lease: RunLease
        package var reservations: [Reservation]
    }

    var decider: Decider { planner.decider }

    /// Keeps the incidents of a delivery; the answers are durable.
    package func accept(_ incidents: [Incident], source: String) async throws(StoreError)
        -> [Acceptance]
    {
        try await store.accept(
            AcceptedDelivery(
                source: source, actor: .source(RecordText.name(from: source)),
                incidents: incidents.map(NewIncident.init)))
    }

    /// Decides an accepted incident: one run for each rule that is taken, and whatever else follows.
    ///
    /// Runs in the mode `observe` end at once; one that joins another waits for that. `begun` has those that are to
    /// be driven. Nothing is decided if somebody else did it before (`decided`).
    package func decide(
        _ incident: Incident, id: String
    ) async throws(StoreError) -> (decision: Decision, begun: [Begun]) {
        try await seedStorms()
        let decided = try await decided([Due(incident: incident, id: id)])[0].get()
        return (decided.decision ?? Decision(verdicts: [], taken: []), decided.dispatched.begun)
    }

    /// Decides incidents one after another, each with what the one before it has changed, in as few commits as the
    /// store can make of it.
    func decided(_ due: [Due], driving: Int = .max) async -> [Result<Decided, StoreError>] {
        let places = Places(driving, of: due.count)
        let makers = due.enumerated().map { number, due -> StoreDecision<Made> in
            { view throws(StoreError) in
                places.give(0, to: number)
                let made = try self.make(due, view, claims: places.areLeft(to: number))
                places.give(made.value.claimed.count, to: number)
                return made
            }
        }
        // A few at a time: whatever else is to be written need not wait for all of them.
        var results: [Result<Decided, StoreError>] = []
        for start in stride(from: 0, to: makers.count, by: Bounds.decisions) {
            let some = Array(makers[start..<min(start + Bounds.decisions, makers.count)])
            results += await store.decide(some).map { $0.map(Decided.init) }
        }
        // A storm was noticed instead of a decision: that is made under the pause now.
        for (place, due) in due.enumerated() {
            guard case .success(let found) = results[place], found.decision == nil else { continue }
            var due = due
            due.isAfterStorm = true
            let begun = results.reduce(0) { $0 + ((try? $1.get())?.dispatched.begun.count ?? 0) }
            // If that fails, the incident is still due, and the storm is on record.
            guard case .success(var again) = await decided([due], driving: driving - begun)[0]
            else { continue }
            again.dispatched.begun = found.dispatched.begun + again.dispatched.begun
            results[place] = .success(again)
        }
        return results
    }

    /// Decides one incident within a transaction.
    private func make(
        _ due: Due, _ view: any StoreView, claims: Bool
    ) throws(StoreError) -> StoreProposal<Made> {
        let now = world.now()
        let problem = try ProblemReader(view: view)
            .reported(due.incident, id: due.id, in: decider.program)
        let (row, history) = (problem.row, problem.history)
        guard due.isQueued || row.isDue(at: now) else { throw .decided(incident: row.id) }
        if !due.isAfterStorm, let storm = try storm(due.incident, row, view, at: now) {
            return storm
        }
        let (disposition, limits) = try dispose(due.incident, history, view, at: now)
        var batch = DispatchBatch(
            dispatcher: self, incident: due.incident, row: row, history: history, limits: limits,
            now: now)
        batch.claims = claims
        batch.add(disposition)
        let notices = try notices(due.incident, history, view, &batch)
        return StoreProposal(
            StoreTransaction(batch.writes),
            Made(
                decision: disposition.decision, claimed: batch.claimed, notices: notices,
                deferred: batch.deferred, heldBack: batch.heldBack))
    }

    /// The ledger now, and what follows from it.
    private func dispose(
        _ incident: Incident, _ history: ProblemHistory, _ view: any StoreView, at now: Timestamp
    ) throws(StoreError) -> (Disposition, LimitState) {
        var limits = try view.limits(
            committedSince: decider.limitsMatter(to: incident, history: history, at: now))
        for run in limits.groupHolders {
            guard let row = try view.run(run) else { continue }
            limits.groupRules[run] = "\(row.runbook.name)/\(row.rule)"
        }
        let disposition = decider.dispose(incident, at: now, limits: limits, history: history)
        let causes = disposition.decision.taken.compactMap(\.cause?.run)
        guard !causes.isEmpty else { return (disposition, limits) }
        for run in causes { limits.depths[run] = try ProblemReader(view: view).depth(of: run) }
        return (decider.dispose(incident, at: now, limits: limits, history: history), limits)
    }

    // MARK: What sources say of runs under way

    /// The runs under way that a notice is for; those that nobody drives are woken with it.
    private func notices(
        _ incident: Incident, _ history: ProblemHistory, _ view: any StoreView,
        _ batch: inout DispatchBatch
    ) throws(StoreError) -> [RunNotice] {
        guard incident.status != .firing else { return [] }
        var notices: [RunNotice] = []
        for run in history.open(concerning: incident) {
            let id = run.leader ?? run.id
            guard !notices.contains(where: { $0.run == id }), let row = try view.run(id),
                !row.phase.isFinal, let theirs = try view.incident(row.incident),
                let report = Incident(stored: theirs.body)
            else { continue }
            let said = try ProblemReader(view: view).notices(
                for: id, report, incidentID: theirs.id, rule: row.rule)
            guard said.contains(incident.status) else { continue }
            notices.append(RunNotice(run: id, status: incident.status))
            if row.phase == .waiting { batch.writes.append(.wakeRun(id, at: batch.now)) }
        }
        batch.release(history, notice: incident)
        return notices
    }

    // MARK: Too many at once

    /// Pauses changes if too many targets are in trouble at once, and tells people, once a storm; nil if there is
    /// none or it is known.
    private func storm(
        _ incident: Incident, _ row: IncidentRow, _ view: any StoreView, at now: Timestamp
    ) throws(StoreError) -> StoreProposal<Made>? {
        guard let storm = decider.environment.storm, incident.status == .firing,
            row.phase == .received, let target = incident.target,
            let targets = memory.note(target, at: row.receivedAt, storm, now: now)
        else { return nil }
        let pauses = try view.pauses().map(Pause.init)
        guard !pauses.contains(where: { $0.isStorm && $0.isInForce(at: now) }) else { return nil }
        let notice = storm.notice(targets)
        var batch = DispatchBatch(
            dispatcher: self, incident: incident, row: row, history: ProblemHistory(),
            limits: LimitState(), now: now)
        batch.writes.append(
            .record(
                RecordDraft(
                    .pauseSet, target: Pause.Scope.changes.text, reason: notice.kind,
                    payloads: [
                        PayloadDraft(
                            "pause",
                            [
                                "reason": .string(notice.message), "storm": true,
                                "expires": .string((now + storm.pause).rfc3339),
                                "targets": .array(targets.map(JSONValue.string)),
                            ])
                    ])))
        if let rule = decider.environment.rule(telling: notice) {
            batch.begin(
                .init(
                    rule: rule, part: .notice(notice), incident: row.id, target: target,
                    mode: .auto))
        }
        return StoreProposal(StoreTransaction(batch.writes), Made(claimed: batch.claimed))
    }

    /// Reads the targets that were in trouble before this process began, once.
    func seedStorms() async throws(StoreError) {
        guard decider.environment.storm != nil, !memory.isSeeded else { return }
        let rows = try await store.incidents(.latest(limit: 500))
        memory.seed(
            rows.compactMap { row in
                guard let incident = Incident(stored: row.body), incident.status == .firing,
                    let target = incident.target
                else { return nil }
                return (target, row.receivedAt)
            })
    }
}

extension NewIncident {
    /// An incident at the door, as the store wants it.
    package init(_ incident: Incident) {
        var said = incident.json
        said["received_at"] = nil
        // Who gives no start of it has said nothing of it: the time of arrival stands for it, other each time.
        if incident.startedAt == incident.receivedAt { said["started_at"] = nil }
        self.init(
            delivery: incident.id, fingerprint: incident.fingerprint, startedAt: incident.startedAt,
            resolvesProblem: incident.status == .resolved,
            content: .init(of: .object(said)), body: .object(incident.json))
    }
}
