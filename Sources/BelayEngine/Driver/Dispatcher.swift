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

    var problems: ProblemReader { ProblemReader(store: store) }
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
    /// If the limits moved meanwhile it is decided again. Runs in the mode `observe` end at once; one that joins
    /// another waits for that. `begun` has those that are to be driven.
    package func decide(
        _ incident: Incident, id: String
    ) async throws(StoreError) -> (decision: Decision, begun: [Begun]) {
        guard let row = try await store.incident(id) else { throw .notFound(id) }
        let (decision, dispatched) = try await dispatch(incident, row)
        return (decision, dispatched.begun)
    }

    /// Decides the incident of a row; `isQueued` if its turn in a queue has come. With `claims` what begins is to be
    /// driven at once; without, only what tells people is.
    func dispatch(
        _ incident: Incident, _ row: IncidentRow, isQueued: Bool = false, claims: Bool = true
    ) async throws(StoreError) -> (Decision, Dispatched) {
        var dispatched = Dispatched()
        dispatched.decided = 1
        for _ in 0..<Bounds.decisionTries {
            let now = world.now()
            do throws(StoreError) {
                if let notice = try await guardAgainstStorm(incident, row, at: now) {
                    dispatched.begun.append(notice)
                }
                let history = try await problems.history(
                    of: incident, id: row.id, in: decider.program)
                let (disposition, limits) = try await dispose(incident, history, at: now)
                var batch = DispatchBatch(
                    dispatcher: self, incident: incident, row: row, history: history,
                    limits: limits, now: now)
                batch.claims = claims
                batch.add(disposition)
                let notices = try await notices(incident, history, &batch)
                let requirements: [StoreRequirement] =
                    [.limits(version: limits.version)]
                    + (isQueued ? [] : [.undecided(incident: row.id)])
                let receipt = try await store.commit(
                    StoreTransaction(requires: requirements, batch.writes))
                dispatched.begun += batch.begun(receipt)
                dispatched.notices += notices
                dispatched.deferred += batch.deferred
                return (disposition.decision, dispatched)
            } catch {
                guard error == .limitsMoved else { throw error }
                // Somebody else may have decided it meanwhile.
                guard let now = try await store.incident(row.id), isQueued || isDue(now) else {
                    throw .limitsMoved
                }
            }
        }
        throw .limitsMoved
    }

    private func isDue(_ row: IncidentRow) -> Bool {
        row.phase == .received || row.wakeAt.map { $0 <= world.now() } ?? false
    }

    /// The ledger now, and what follows from it.
    private func dispose(
        _ incident: Incident, _ history: ProblemHistory, at now: Timestamp
    ) async throws(StoreError) -> (Disposition, LimitState) {
        let since = decider.limitsMatter(to: incident, history: history, at: now)
        var limits = LimitState(try await store.limits(committedSince: since))
        let groups = limits.entries.filter { $0.kind == Reservation.Kind.concurrency.rawValue }
        for entry in groups {
            guard let row = try await store.run(entry.run) else { continue }
            limits.groupRules[entry.run] = "\(row.runbook.name)/\(row.rule)"
        }
        let disposition = decider.dispose(incident, at: now, limits: limits, history: history)
        let causes = disposition.decision.taken.compactMap(\.cause?.run)
        guard !causes.isEmpty else { return (disposition, limits) }
        for run in causes { limits.depths[run] = try await problems.depth(of: run) }
        return (decider.dispose(incident, at: now, limits: limits, history: history), limits)
    }

    // MARK: What sources say of runs under way

    /// The runs under way that a notice is for; those that nobody drives are woken with it.
    private func notices(
        _ incident: Incident, _ history: ProblemHistory, _ batch: inout DispatchBatch
    ) async throws(StoreError) -> [RunNotice] {
        guard incident.status != .firing else { return [] }
        var notices: [RunNotice] = []
        for run in history.open(concerning: incident) {
            let id = run.leader ?? run.id
            guard !notices.contains(where: { $0.run == id }), let row = try await store.run(id),
                !row.phase.isFinal, let theirs = try await store.incident(row.incident),
                let report = Incident(stored: theirs.body)
            else { continue }
            let said = try await problems.notices(
                for: id, report, incidentID: theirs.id, rule: row.rule)
            guard said.contains(incident.status) else { continue }
            notices.append(RunNotice(run: id, status: incident.status))
            if row.phase == .waiting { batch.writes.append(.wakeRun(id, at: batch.now)) }
        }
        batch.release(history, notice: incident)
        return notices
    }

    // MARK: Too many at once

    /// Pauses changes if too many targets are in trouble at once; the run that tells people, once a storm.
    private func guardAgainstStorm(
        _ incident: Incident, _ row: IncidentRow, at now: Timestamp
    ) async throws(StoreError) -> Begun? {
        guard let storm = decider.environment.storm, incident.status == .firing,
            row.phase == .received, let target = incident.target
        else { return nil }
        if !memory.isSeeded { try await seed() }
        guard let targets = memory.note(target, at: row.receivedAt, storm, now: now) else {
            return nil
        }
        let limits = LimitState(try await store.limits(committedSince: now))
        guard !limits.pauses.contains(where: { $0.isStorm && $0.isInForce(at: now) }) else {
            return nil
        }
        let notice = storm.notice(targets)
        var batch = DispatchBatch(
            dispatcher: self, incident: incident, row: row, history: ProblemHistory(),
            limits: limits, now: now)
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
        let receipt = try await store.commit(
            StoreTransaction(requires: [.limits(version: limits.version)], batch.writes))
        return batch.begun(receipt).first
    }

    private func seed() async throws(StoreError) {
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
