import BelayCompiler
import JSON

/// The virtual world of one case: incidents come in, are decided under limits, and their runs go on side by side.
struct TestStage {
    /// One delivery and what came of it.
    struct Delivered {
        var incident: Incident
        var at: Timestamp
        var decision: Decision
        /// Places in `rehearsal.runs`.
        var runs: [Int] = []
        /// The problem had its run before.
        var isHandled = false
    }

    let planner: Planner
    let isMatchOnly: Bool
    var rehearsal: Rehearsal<TestMocks>
    private(set) var delivered: [Delivered] = []
    private var reservations: [Int: [Reservation]] = [:]
    private var held: [(at: Timestamp, delivery: Int, waited: Duration)] = []

    init(
        planner: Planner, at start: Timestamp, mocks: TestMocks, isMatchOnly: Bool
    ) {
        self.planner = planner
        self.isMatchOnly = isMatchOnly
        rehearsal = Rehearsal(at: start, script: mocks)
    }

    /// Delivers an incident once everything before it has happened.
    mutating func deliver(_ incident: Incident, at time: Timestamp) {
        proceed(until: time)
        notify(of: incident)
        let repeated = delivered.last {
            $0.incident.isSameProblem(as: incident) && !$0.runs.isEmpty
        }
        let decision = decide(incident, waited: .zero)
        var delivery = Delivered(incident: incident, at: time, decision: decision)
        delivery.isHandled = repeated != nil && incident.status == .firing
        delivered.append(delivery)
        if !delivery.isHandled { begin(delivered.count - 1, decision) }
    }

    /// Lets everything happen that is due, `for` included.
    mutating func proceed(until limit: Timestamp? = nil) {
        while let next = held.min(by: { $0.at < $1.at }), limit.map({ next.at < $0 }) ?? true {
            held.removeAll { $0.delivery == next.delivery && $0.at == next.at }
            rehearsal.proceed(until: next.at)
            guard isFiring(delivered[next.delivery].incident) else { continue }
            let decision = decide(delivered[next.delivery].incident, waited: next.waited)
            delivered[next.delivery].decision = decision
            begin(next.delivery, decision)
        }
        rehearsal.proceed(until: limit)
    }

    private func isFiring(_ incident: Incident) -> Bool {
        let latest = delivered.last { $0.incident.fingerprint == incident.fingerprint }
        return latest?.incident.status != .resolved
    }

    private func decide(_ incident: Incident, waited: Duration) -> Decision {
        planner.decider.decide(incident, at: rehearsal.now, limits: limits, waited: waited)
    }

    private mutating func begin(_ place: Int, _ decision: Decision) {
        if decision.taken.isEmpty, let until = holding(decision) {
            held.append((until, place, until - delivered[place].at))
            return
        }
        guard !isMatchOnly else { return }
        for taken in decision.taken {
            let context = planner.context(
                for: taken, delivered[place].incident, run: "run-\(rehearsal.runs.count + 1)")
            let run = rehearsal.begin(context)
            reservations[run] = taken.reservations
            delivered[place].runs.append(run)
        }
    }

    private func holding(_ decision: Decision) -> Timestamp? {
        for verdict in decision.verdicts {
            if case .suppressed(.holding, let until?) = verdict.outcome { return until }
        }
        return nil
    }

    /// A notice of the source reaches the runs of its problem that are under way.
    private mutating func notify(of incident: Incident) {
        guard incident.status != .firing else { return }
        for delivery in delivered where delivery.incident.fingerprint == incident.fingerprint {
            for run in delivery.runs {
                rehearsal.schedule(.notice(incident.status), for: run, at: rehearsal.now)
            }
        }
    }

    /// The ledger as the runs so far have made it.
    private var limits: LimitState {
        var limits = LimitState()
        for (place, run) in rehearsal.runs.enumerated() {
            let isOver = run.result != nil
            for reservation in reservations[place] ?? [] {
                let isGroup = reservation.kind == .concurrency
                let changed = isGroup ? nil : run.state.changedAt
                guard changed != nil || !isOver else { continue }
                limits.entries.append(
                    LimitEntry(
                        kind: reservation.kind.rawValue, key: reservation.key,
                        run: run.context.run, rule: run.context.rule.name,
                        phase: changed == nil ? .reserved : .committed,
                        at: changed ?? run.state.startedAt ?? rehearsal.now))
            }
            guard !isOver || run.result?.rollbackIncomplete == true else { continue }
            for call in run.calls where call.intent.effect.isChange {
                if let target = call.intent.target { limits.heldTargets[target] = run.context.run }
            }
        }
        return limits
    }
}

extension Incident {
    fileprivate func isSameProblem(as other: Incident) -> Bool {
        source == other.source && fingerprint == other.fingerprint && startedAt == other.startedAt
    }
}
