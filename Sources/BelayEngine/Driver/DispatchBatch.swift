import BelayCompiler
import JSON

/// Collects the writes of one decision: verdicts, the queue, runs that begin, when to look again.
struct DispatchBatch {
    let dispatcher: Dispatcher
    let incident: Incident
    let row: IncidentRow
    let history: ProblemHistory
    let limits: LimitState
    let now: Timestamp
    var writes: [StoreWrite] = []
    /// Whether what begins is claimed; what tells people always is.
    var claims = true
    private(set) var deferred = 0
    /// What is held back and was written down as that.
    private(set) var heldBack: [HeldBack] = []
    private(set) var claimed: [Claimed] = []

    /// A run that begins here and is claimed by this process.
    struct Claimed: Sendable {
        var context: RunContext
        var state: RunState
        var reservations: [Reservation]
    }

    init(
        dispatcher: Dispatcher, incident: Incident, row: IncidentRow, history: ProblemHistory,
        limits: LimitState, now: Timestamp
    ) {
        self.dispatcher = dispatcher
        self.incident = incident
        self.row = row
        self.history = history
        self.limits = limits
        self.now = now
    }

    mutating func add(_ disposition: Disposition) {
        addVerdicts(disposition.decision)
        addQueue(disposition.decision)
        for taken in disposition.decision.taken { begin(taken) }
        for part in disposition.parts { begin(part) }
        if disposition.wakeAt != nil || row.wakeAt != nil {
            writes.append(.wakeIncident(row.id, at: disposition.wakeAt))
        }
    }

    private mutating func record(_ draft: RecordDraft) { writes.append(.record(draft)) }
}

// MARK: - Verdicts

extension DispatchBatch {
    /// What is looked at again and stands as it stood leaves no record.
    private var isNew: Bool { row.phase == .received }

    private mutating func addVerdicts(_ decision: Decision) {
        for verdict in decision.verdicts { add(verdict) }
        guard decision.taken.isEmpty else { return }
        if decision.isOver {
            guard isNew || ![Decision.over, FoldedIncident.ran].contains(row.reason) else { return }
            record(RecordDraft(.ruleSuppressed, incident: row.id, reason: Decision.over))
        } else if decision.reason == FoldedIncident.noRule, isNew {
            record(
                RecordDraft(
                    .ruleUnmatched, incident: row.id,
                    reason: incident.status == .firing ? FoldedIncident.noRule : "notice"))
        } else if decision.reason == FoldedIncident.noRule, row.reason != FoldedIncident.noRule {
            record(RecordDraft(.ruleUnmatched, incident: row.id, reason: FoldedIncident.noRule))
        }
    }

    private mutating func add(_ verdict: RuleVerdict) {
        let rule = RecordText.code(from: verdict.rule)
        switch verdict.outcome {
        case .taken: record(RecordDraft(.ruleMatched, incident: row.id, rule: rule))
        case .suppressed(let why, let until):
            guard isNew || isNews(why) else { return }
            record(
                RecordDraft(.ruleSuppressed, incident: row.id, rule: rule, reason: why.rawValue))
            heldBack.append(
                HeldBack(
                    incident: row.id, rule: verdict.rule, target: incident.target, reason: why,
                    until: until))
        case .whenFailed(let problem):
            guard isNew else { return }
            record(
                RecordDraft(
                    .ruleMatched, incident: row.id, rule: rule, outcome: "failed",
                    reason: "when_failed", payloads: [.message(problem.message)]))
        case .notAsked, .noMatch, .whenFalse, .shadowed: return
        }
    }

    private func isNews(_ why: Suppression) -> Bool {
        why != .alreadyHandled && row.reason != why.rawValue
    }
}

// MARK: - The queue

extension DispatchBatch {
    private func entry(of incident: String) -> LimitEntry? {
        limits.entries(ofRun: incident).map(\.entry).first { $0.kind == LimitState.queue }
    }

    private mutating func addQueue(_ decision: Decision) {
        let entry = entry(of: row.id)
        if let entry, decision.queuedIn != entry.key { leave(entry) }
        guard let group = decision.queuedIn, group != entry?.key else { return }
        record(
            RecordDraft(.limitReserved, incident: row.id, target: group, reason: LimitState.queue))
    }

    private mutating func leave(_ entry: LimitEntry) {
        record(
            RecordDraft(
                .limitReleased, incident: entry.run, target: entry.key, reason: LimitState.queue))
    }

    /// What waits of a problem that is over waits no more: it is decided again at once, as over.
    mutating func release(_ history: ProblemHistory, notice: Incident) {
        for report in history.reports
        where report.incident.status == .firing && notice.ends(report.incident) {
            if let entry = entry(of: report.id), report.id != row.id { leave(entry) }
            writes.append(.wakeIncident(report.id, at: now))
        }
    }
}

// MARK: - Runs

extension DispatchBatch {
    private mutating func begin(_ taken: TakenRule) {
        let context = dispatcher.planner.context(
            for: taken, incident, run: UUIDv7.make(dispatcher.world), actor: dispatcher.actor)
        create(
            context, row.id, taken.reservations, causedBy: taken.leader ?? taken.cause?.run)
        if let leader = taken.leader {
            record(
                RecordDraft(
                    .runWaiting, run: context.run, reason: ProblemReader.joined(leader)))
        } else if taken.mode == .observe {
            writes.append(
                .record(
                    EventRecord.draft(
                        .finished(RunResult(.observed, reason: "observe")), run: context.run,
                        at: now)))
        } else {
            claim(context, taken.reservations, isAcknowledged: history.isAcknowledged(incident))
        }
    }

    mutating func begin(_ part: Disposition.Part) {
        let of = history.report(part.incident)?.incident ?? incident
        let context = dispatcher.planner.context(
            for: part, of, run: UUIDv7.make(dispatcher.world))
        guard part.mode != .observe else { return }
        create(context, part.incident, part.reservations, causedBy: part.causedBy)
        claim(context, part.reservations, isAcknowledged: false)
    }

    private mutating func create(
        _ context: RunContext, _ incident: String, _ reservations: [Reservation],
        causedBy: String?
    ) {
        var created = EventRecord.draft(.started, run: context.run, at: now)
        created.incident = incident
        created.actor =
            context.actor == "source" ? .system : .person(RecordText.name(from: context.actor))
        created.runbook = RunbookReference(
            name: context.rule.runbook.name, program: dispatcher.sources.digest)
        let part = context.part.code.map { "#\($0)" } ?? ""
        created.rule = RecordText.code(from: context.rule.id) + part
        created.causedBy = causedBy
        created.payloads.append(
            PayloadDraft(
                RunBeginning.name, RunBeginning(context, reservations: reservations).json))
        writes += [.program(dispatcher.sources), .record(created)]
        for reservation in reservations {
            record(
                RecordDraft(
                    .limitReserved, run: context.run, target: reservation.key,
                    reason: reservation.kind.rawValue))
        }
    }

    private mutating func claim(
        _ context: RunContext, _ reservations: [Reservation], isAcknowledged: Bool
    ) {
        var state = RunState()
        state.apply(.started, at: now)
        if isAcknowledged {
            let noticed = RunEvent.noticed(.acknowledged)
            state.apply(noticed, at: now)
            writes.append(.record(EventRecord.draft(noticed, run: context.run, at: now)))
        }
        guard claims || context.part.onlyTells else {
            deferred += 1
            return
        }
        writes.append(.claim(run: context.run, for: Bounds.lease))
        claimed.append(Claimed(context: context, state: state, reservations: reservations))
    }
}
