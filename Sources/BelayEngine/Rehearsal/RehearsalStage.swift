import BelayCompiler
import JSON

/// One delivery and what came of it.
struct StagedDelivery {
    var incident: Incident
    var at: Timestamp
    var decision: Decision
    /// Places in `rehearsal.runs`: of rules that were taken, not of their other parts.
    var runs: [Int] = []
    /// When it is decided again.
    var wakeAt: Timestamp?
    /// The run that it has joined.
    var leader: Int?
    /// Whether the timeline has a later problem of the same fingerprint, so that this one must end before.
    var isFollowed = false
    /// In whose queue it waits since when.
    var queued: (group: String, at: Timestamp)?

    /// As the store would name it.
    func id(_ place: Int) -> String { "incident-\(place + 1)" }
}

/// A virtual world: incidents come in, are decided under limits, and their runs go on side by side.
///
/// What is held back for a time is decided again when that time ends, while the timeline goes on and no new problem
/// of the same fingerprint says that this one is over; `for` and queues are waited out in any case.
struct RehearsalStage<Script: RehearsalScript> {
    /// What the stage knows of a run besides its course.
    private struct Begun {
        var delivery: Int
        /// For a part of a rule: the delivery that led to it.
        var cause: Int?
        var reservations: [Reservation]
    }

    let planner: Planner
    let isMatchOnly: Bool
    var rehearsal: Rehearsal<Script>
    private(set) var delivered: [StagedDelivery] = []
    private var begun: [Begun] = []
    private var storm = StormWindow()
    private var pauses: [Pause] = []

    init(
        planner: Planner, at start: Timestamp, script: Script, isMatchOnly: Bool
    ) {
        self.planner = planner
        self.isMatchOnly = isMatchOnly
        rehearsal = Rehearsal(at: start, script: script)
    }

    /// Delivers an incident once everything before it has happened; `later` are those still to come.
    mutating func deliver(
        _ incident: Incident, at time: Timestamp, before later: ArraySlice<Incident> = []
    ) {
        proceed(until: time)
        supersede(incident)
        delivered.append(
            StagedDelivery(
                incident: incident, at: time,
                decision: Decision(verdicts: [], taken: []),
                isFollowed: later.contains { incident.isEarlier(than: $0) }))
        watchForStorm(incident)
        decide(delivered.count - 1)
        notify(of: incident)
    }

    /// A new problem of the same fingerprint means that the one before is over.
    private mutating func supersede(_ incident: Incident) {
        for place in delivered.indices where delivered[place].incident.isEarlier(than: incident) {
            delivered[place].wakeAt = nil
            delivered[place].queued = nil
        }
    }

    // MARK: Time

    /// Lets everything happen that is due.
    mutating func proceed(until limit: Timestamp? = nil) {
        while true {
            let runs = rehearsal.runs.count
            let due = nextDue(waitingOnly: limit == nil)
            if let due, limit.map({ due.at < $0 }) ?? true {
                rehearsal.proceed(until: due.at, stoppingAtAnEnd: true)
                if rehearsal.now < due.at, !rehearsal.isCut { settle() } else { decide(due.place) }
            } else {
                rehearsal.proceed(until: limit, stoppingAtAnEnd: true)
                guard !rehearsal.isCut else { return }
                if settle() { continue }
                guard rehearsal.runs.count == runs else { continue }
                if let limit, rehearsal.now < limit { continue }
                if limit == nil, rehearsal.isBusy { continue }
                return
            }
            if rehearsal.isCut { return }
        }
    }

    /// The delivery that is decided again first.
    private func nextDue(waitingOnly: Bool) -> (place: Int, at: Timestamp)? {
        delivered.indices.compactMap { place -> (place: Int, at: Timestamp)? in
            let delivery = delivered[place]
            let isDue = delivery.isWaiting || !waitingOnly && !delivery.isFollowed
            guard let at = delivery.wakeAt, isDue else { return nil }
            return (place, max(at, rehearsal.now))
        }.min { $0.at < $1.at }
    }

    /// Once a run has ended: the next of its group begins, what is to be put back is. True if anything began.
    @discardableResult
    private mutating func settle() -> Bool {
        let before = rehearsal.runs.count
        for place in delivered.indices {
            let runs = delivered[place].runs
            guard runs.contains(where: { rehearsal.runs[$0].mayGoOn }) else { continue }
            decide(place, partsOnly: true)
        }
        let heads = limits.queueHeads
        for place in delivered.indices where heads.contains(delivered[place].id(place)) {
            decide(place)
        }
        return rehearsal.runs.count > before
    }

    // MARK: Decisions

    private mutating func decide(_ place: Int, partsOnly: Bool = false) {
        let delivery = delivered[place]
        let disposition = planner.decider.dispose(
            delivery.incident, at: rehearsal.now, limits: limits, history: history(place))
        for part in disposition.parts where !isMatchOnly { begin(part, from: place) }
        if partsOnly {
            if let again = delivery.incident.status == .firing ? disposition.wakeAt : nil {
                delivered[place].wakeAt = again
            }
            return
        }
        delivered[place].wakeAt = disposition.wakeAt
        let decision = disposition.decision
        delivered[place].queued = decision.queuedIn.map { group in
            delivery.queued ?? (group, rehearsal.now)
        }
        // That the source has resolved meanwhile does not undo what was said before.
        if !decision.isOver || delivery.decision.verdicts.isEmpty, !isSettled(delivery, decision) {
            delivered[place].decision = decision
        }
        guard !isMatchOnly else { return }
        for taken in decision.taken { begin(taken, place) }
    }

    /// Whether a further look only says that the rule had its run.
    private func isSettled(_ delivery: StagedDelivery, _ decision: Decision) -> Bool {
        !delivery.runs.isEmpty && decision.taken.isEmpty
    }

    private mutating func begin(_ taken: TakenRule, _ place: Int) {
        if let leader = taken.leader {
            delivered[place].leader = rehearsal.runs.firstIndex { $0.context.run == leader }
            return
        }
        let context = planner.context(
            for: taken, delivered[place].incident, run: "run-\(rehearsal.runs.count + 1)")
        begun.append(Begun(delivery: place, cause: nil, reservations: taken.reservations))
        delivered[place].runs.append(rehearsal.begin(context))
    }

    private mutating func begin(_ part: Disposition.Part, from decided: Int) {
        let notice =
            part.part == .afterResolve
            ? delivered.lastIndex {
                $0.incident.status == .resolved
                    && $0.incident.isSameProblem(as: delivered[decided].incident)
            } : nil
        guard
            let place = delivered.indices.first(where: { delivered[$0].id($0) == part.incident })
        else { return }
        let context = planner.context(
            for: part, delivered[place].incident, run: "run-\(rehearsal.runs.count + 1)")
        begun.append(
            Begun(delivery: place, cause: notice ?? decided, reservations: part.reservations))
        rehearsal.begin(context)
    }

    /// Runs of other parts of rules that a delivery began: `on_suppressed`, notices; for one that resolves,
    /// `after_resolve`.
    func parts(of place: Int) -> [Int] {
        rehearsal.runs.indices.filter { begun[$0].cause == place }
    }

    // MARK: What the source says

    /// A notice of the source reaches the runs of its problem that are under way.
    private mutating func notify(of incident: Incident) {
        guard incident.status != .firing else { return }
        for (place, delivery) in delivered.enumerated() where delivery.incident.isFiring {
            let isOver = history(place).isOver(delivery.incident)
            guard incident.isSameProblem(as: delivery.incident) else { continue }
            if incident.status == .resolved, isOver { delivered[place].wakeAt = nil }
            for run in delivery.runs + [delivery.leader].compactMap({ $0 }) {
                guard incident.status == .acknowledged || isResolved(run) else { continue }
                rehearsal.schedule(.notice(incident.status), for: run, at: rehearsal.now)
            }
        }
    }

    /// Whether all incidents that a run is for are over.
    private func isResolved(_ run: Int) -> Bool {
        delivered.indices.filter { delivered[$0].runs.contains(run) || delivered[$0].leader == run }
            .allSatisfy { history($0).isOver(delivered[$0].incident) }
    }

    private mutating func watchForStorm(_ incident: Incident) {
        guard let settings = planner.decider.environment.storm, incident.isFiring,
            let target = incident.target
        else { return }
        let now = rehearsal.now
        storm.note(target, at: now)
        guard let cluster = storm.cluster(settings, at: now),
            !pauses.contains(where: { $0.isInForce(at: now) })
        else { return }
        let notice = settings.notice(cluster)
        var pause = Pause(
            scope: .changes, reason: notice.message, owner: "", expires: now + settings.pause)
        pause.isStorm = true
        pauses.append(pause)
        guard !isMatchOnly, let rule = planner.decider.environment.rule(telling: notice) else {
            return
        }
        let place = delivered.count - 1
        begin(
            .init(
                rule: rule, part: .notice(notice), incident: delivered[place].id(place),
                target: target, mode: .auto), from: place)
    }
}

// MARK: - What decisions depend on

extension RehearsalStage {
    private func history(_ place: Int) -> ProblemHistory {
        var history = ProblemHistory(subject: delivered[place].id(place))
        let problem = delivered[place].incident
        for (place, delivery) in delivered.enumerated()
        where delivery.incident.isSameProblem(as: problem) {
            let id = delivery.id(place)
            history.reports.append(
                .init(id: id, incident: delivery.incident, receivedAt: delivery.at))
            for (number, run) in rehearsal.runs.enumerated() where begun[number].delivery == place {
                history.runs.append(
                    .init(
                        id: run.context.run, incident: id, rule: run.context.rule.recordName,
                        part: run.context.part.code, status: run.result?.status,
                        endedAt: run.result == nil ? nil : run.state.clock,
                        hasChanged: run.state.hasChanged))
            }
            if let leader = delivery.leader {
                let run = rehearsal.runs[leader]
                history.runs.append(
                    .init(
                        id: "\(id)-joined", incident: id, rule: run.context.rule.recordName,
                        status: run.result.map { _ in .joined }, leader: run.context.run))
            }
        }
        // What the source says by itself.
        for (number, notice) in rehearsal.notices.enumerated() where notice.at <= rehearsal.now {
            var incident = delivered[begun[notice.run].delivery].incident
            guard incident.isSameProblem(as: problem) else { continue }
            incident.status = notice.status
            if notice.status == .resolved { incident.resolvedAt = notice.at }
            history.reports.append(
                .init(id: "notice-\(number + 1)", incident: incident, receivedAt: notice.at))
        }
        return history
    }

    /// The ledger as the runs so far have made it.
    private var limits: LimitState {
        var limits = LimitState(pauses: pauses)
        for (place, run) in rehearsal.runs.enumerated() {
            let isOver = run.result != nil
            let id = run.context.run
            limits.groupRules[id] = run.context.rule.recordName
            limits.depths[id] = run.context.cause?.depth
            for reservation in begun[place].reservations {
                let isGroup = reservation.kind == .concurrency
                let counts = isOver ? run.state.hasChanged : run.state.changedAt != nil
                let changed = isGroup || !counts ? nil : run.state.changedAt
                guard changed != nil || !isOver else { continue }
                limits.append(
                    LimitEntry(
                        kind: reservation.kind.rawValue, key: reservation.key, run: id,
                        rule: run.context.rule.name,
                        phase: changed == nil ? .reserved : .committed,
                        at: changed ?? run.state.startedAt ?? rehearsal.now))
            }
            guard !isOver || run.result?.rollbackIncomplete == true else { continue }
            for call in run.calls where call.intent.effect.isChange {
                if let target = call.intent.target { limits.heldTargets[target] = id }
            }
        }
        for (place, delivery) in delivered.enumerated() {
            guard let queued = delivery.queued else { continue }
            limits.append(
                LimitEntry(
                    kind: LimitState.queue, key: queued.group, run: delivery.id(place), rule: "",
                    phase: .reserved, at: queued.at))
        }
        return limits
    }
}

extension StagedDelivery {
    /// Whether it waits for its own time or turn, which a test sees through to the end.
    fileprivate var isWaiting: Bool {
        queued != nil
            || decision.verdicts.contains {
                if case .suppressed(.holding, _) = $0.outcome { true } else { false }
            }
    }
}

extension RehearsedRun {
    /// Whether its end may lead to something more.
    fileprivate var mayGoOn: Bool {
        result != nil && (context.rule.again != nil || !context.rule.afterResolve.isEmpty)
    }
}

extension Incident {
    fileprivate var isFiring: Bool { status == .firing }

    fileprivate func isSameProblem(as other: Incident) -> Bool {
        source == other.source && fingerprint == other.fingerprint
    }

    /// Whether another is a later problem of the same fingerprint.
    fileprivate func isEarlier(than other: Incident) -> Bool {
        isFiring && other.isFiring && isSameProblem(as: other) && startedAt < other.startedAt
    }
}
