import BelayCompiler
import BelayEngine
import BelayProviders
import BelayStore
import JSON

/// Carries `belay run` out: accept, decide, drive, and the trail of what was done.
struct Runner {
    let parts: SupervisorParts
    let store: SQLiteStore
    let program: SupervisedProgram
    let actor: String

    private var world: any World { parts.world }
    private var planner: Planner { program.planner }

    /// Whether every incident got a run and every run ended well.
    func run(_ incidents: [Incident]) async throws -> Bool {
        let dispatcher = Dispatcher(
            store: store, world: world, planner: planner, sources: program.sources,
            actor: actor)
        let accepted = try await dispatcher.accept(incidents, source: incidents[0].source)
        var good = true
        for (incident, acceptance) in zip(incidents, accepted) {
            if try await isHandled(acceptance) {
                Output.standard(
                    "\(incident.id.shortened)  \(incident.type): handled before, nothing is done again   "
                        + "belay audit show \(acceptance.id)")
                good = false
                continue
            }
            let (decision, begun) = try await decide(incident, acceptance.id, dispatcher)
            if begun.isEmpty {
                Output.standard("nothing was done: \(Self.why(decision))")
                good = false
            }
            good = try await drive(begun, dispatcher) && good
            // What its end has made due, such as `after_resolve`.
            while let row = try await store.incident(acceptance.id), row.isDue(at: world.now()) {
                let more = try await dispatcher.decide(incident, id: row.id).begun
                good = try await drive(more, dispatcher) && good
            }
        }
        return good
    }

    /// Decides, waiting out a rule's `for` first.
    private func decide(
        _ incident: Incident, _ id: String, _ dispatcher: Dispatcher
    ) async throws -> (Decision, [Dispatcher.Begun]) {
        while true {
            let (decision, begun) = try await dispatcher.decide(incident, id: id)
            Output.standard(PlanView(planner.plan(incident, decision, at: world.now())).text)
            guard begun.isEmpty, decision.reason == Suppression.holding.rawValue,
                let until = decision.retryAt
            else { return (decision, begun) }
            Output.standard("waiting until \(until.shortRFC3339), as `for` asks")
            try await world.sleep(until: until)
        }
    }

    private static func why(_ decision: Decision) -> String {
        if let reason = decision.reason { return reason }
        if let leader = decision.taken.compactMap(\.leader).first {
            return "it joins run \(leader)"
        }
        return "the rule only observes"
    }

    private func drive(
        _ begun: [Dispatcher.Begun], _ dispatcher: Dispatcher
    ) async throws -> Bool {
        var good = true
        for run in begun {
            good = try await drive(run) && good
            try await dispatcher.ended(run.context.run)
        }
        return good
    }

    private func isHandled(_ acceptance: Acceptance) async throws(StoreError) -> Bool {
        if case .accepted = acceptance { return false }
        return try await store.incident(acceptance.id)?.phase == .decided
    }

    private func drive(_ begun: Dispatcher.Begun) async throws -> Bool {
        let progress = ProgressView()
        let driver = program.driver(parts, patience: nil) { event, time in
            progress.show(event, at: time)
        }
        Output.standardError("run \(begun.context.run)")
        let result = try await driver.drive(
            begun.context, from: begun.state, lease: begun.lease, reservations: begun.reservations)
        _ = try await store.checkpoint(always: false)
        let trail = try await store.events(ofRun: begun.context.run)
        let run = begun.context.run
        let standing = try await store.run(run).flatMap { RunStanding($0, trail) }
        // Who has just read the progress need not read all of it again.
        Output.standard(
            Output.isOneTerminal
                ? TrailView.summary(trail, of: run, now: standing)
                : TrailView(trail, now: standing.map { [(run, $0)] } ?? []).text)
        let report = try AuditLog(path: store.files.path).verify()
        Output.standard(VerificationView(report).text)
        return report.isSound && (result.map(\.isGood) ?? false)
    }

    /// The same plan without a call; its record is `plan.built`.
    func rehearse(_ incidents: [Incident]) async throws -> Bool {
        var good = true
        for incident in incidents {
            let now = world.now()
            let limits = try await store.limits(
                committedSince: planner.decider.limitsMatter(to: incident, at: now))
            let decision = planner.decider.decide(incident, at: now, limits: limits)
            let plan = planner.plan(incident, decision, at: now, limits: limits)
            try await store.commit(
                StoreTransaction([
                    .record(
                        RecordDraft(
                            .planBuilt, actor: .person(RecordText.name(from: actor)),
                            outcome: decision.taken.isEmpty ? "nothing" : "planned",
                            reason: decision.reason,
                            payloads: [PayloadDraft("plan", plan.json)]))
                ]))
            Output.standard(PlanView(plan).text)
            good = good && !decision.taken.isEmpty
        }
        Output.standard("dry run: nothing was called")
        return good
    }
}

extension RunResult {
    /// Whether nobody needs to look: the run did what it was for.
    var isGood: Bool { status == .succeeded || status == .resolved || status == .observed }
}

extension IncidentRow {
    fileprivate func isDue(at now: Timestamp) -> Bool { wakeAt.map { $0 <= now } ?? false }
}
