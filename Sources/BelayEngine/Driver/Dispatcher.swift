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

    /// Keeps the incidents of a delivery; the answers are durable.
    package func accept(_ incidents: [Incident], source: String) async throws(StoreError)
        -> [Acceptance]
    {
        try await store.accept(
            AcceptedDelivery(
                source: source, actor: .source(RecordText.name(from: source)),
                incidents: incidents.map(NewIncident.init)))
    }

    /// Decides an accepted incident and begins one run for each taken rule.
    ///
    /// If the limits moved meanwhile it is decided again. Runs in the mode `observe` end at once.
    package func decide(
        _ incident: Incident, id: String
    ) async throws(StoreError) -> (decision: Decision, begun: [Begun]) {
        for _ in 0..<Bounds.decisionTries {
            let now = world.now()
            let limits = LimitState(
                try await store.limits(committedSince: now - Bounds.limitHorizon))
            let decision = planner.decider.decide(incident, at: now, limits: limits)
            do throws(StoreError) {
                return (decision, try await record(decision, incident, id, limits, at: now))
            } catch {
                guard error == .limitsMoved else { throw error }
            }
        }
        throw .limitsMoved
    }

    private func record(
        _ decision: Decision, _ incident: Incident, _ id: String, _ limits: LimitState,
        at now: Timestamp
    ) async throws(StoreError) -> [Begun] {
        var writes = verdicts(decision, id)
        var contexts: [(RunContext, [Reservation])] = []
        for taken in decision.taken {
            let context = planner.context(
                for: taken, incident, run: UUIDv7.make(world), actor: actor)
            writes += begin(context, taken, id, at: now)
            if taken.mode != .observe { contexts.append((context, taken.reservations)) }
        }
        if let wake = decision.retryAt, decision.taken.isEmpty {
            writes.append(.wakeIncident(id, at: wake))
        }
        let receipt = try await store.commit(
            StoreTransaction(
                requires: [.limits(version: limits.version), .undecided(incident: id)], writes))
        return zip(contexts, receipt.leases).map {
            Begun(
                context: $0.0, state: Self.begun(at: now), lease: $1, reservations: $0.1)
        }
    }

    private static func begun(at now: Timestamp) -> RunState {
        var state = RunState()
        state.apply(.started, at: now)
        return state
    }

    private func verdicts(_ decision: Decision, _ incident: String) -> [StoreWrite] {
        var writes: [StoreWrite] = []
        for verdict in decision.verdicts {
            let rule = RecordText.code(from: verdict.rule)
            switch verdict.outcome {
            case .taken:
                writes.append(.record(RecordDraft(.ruleMatched, incident: incident, rule: rule)))
            case .suppressed(let why, _):
                writes.append(
                    .record(
                        RecordDraft(
                            .ruleSuppressed, incident: incident, rule: rule, reason: why.rawValue)))
            case .whenFailed(let problem):
                writes.append(
                    .record(
                        RecordDraft(
                            .ruleMatched, incident: incident, rule: rule, outcome: "failed",
                            reason: "when_failed", payloads: [.message(problem.message)])))
            case .notAsked, .noMatch, .whenFalse, .shadowed: continue
            }
        }
        if decision.taken.isEmpty, decision.reason == FoldedIncident.noRule {
            writes.append(
                .record(
                    RecordDraft(.ruleUnmatched, incident: incident, reason: FoldedIncident.noRule)))
        }
        return writes
    }

    private func begin(
        _ context: RunContext, _ taken: TakenRule, _ incident: String, at now: Timestamp
    ) -> [StoreWrite] {
        var created = EventRecord.draft(.started, run: context.run, at: now)
        created.incident = incident
        created.actor = actor == "source" ? .system : .person(RecordText.name(from: actor))
        created.runbook = RunbookReference(name: context.rule.runbook.name, program: sources.digest)
        created.rule = RecordText.code(from: context.rule.id)
        let beginning = RunBeginning(context, reservations: taken.reservations)
        created.payloads.append(PayloadDraft("beginning", beginning.json))
        var writes: [StoreWrite] = [.program(sources), .record(created)]
        guard taken.mode != .observe else {
            let end = EventRecord.draft(
                .finished(RunResult(.observed, reason: "observe")), run: context.run, at: now)
            return writes + [.record(end)]
        }
        for reservation in taken.reservations {
            writes.append(
                .record(
                    RecordDraft(
                        .limitReserved, run: context.run, target: reservation.key,
                        reason: reservation.kind.rawValue)))
        }
        writes.append(.claim(run: context.run, for: Bounds.lease))
        return writes
    }
}

extension NewIncident {
    /// An incident at the door, as the store wants it.
    package init(_ incident: Incident) {
        var said = incident.json
        said["received_at"] = nil
        self.init(
            delivery: incident.id, fingerprint: incident.fingerprint, startedAt: incident.startedAt,
            resolvesProblem: incident.status == .resolved,
            content: .init(of: .object(said)), body: .object(incident.json))
    }
}
