import BelayCompiler
import JSON

/// Walks a run's chain once from its start: applies what is recorded and emits what comes next.
///
/// Functions that return nil mean: blocked, an answer is missing and has been asked for.
struct Walker {
    let context: RunContext
    var state: RunState
    let now: Timestamp
    var events: [RunEvent] = []
    var effects: [RunEffect] = []

    /// Where the ladder stands in this walk.
    var ladder: Ladder
    /// Whether `until` was asked before the first change.
    var askedBeforeChanges = false
    /// Steps with a rollback that ended ok, in the order in which they did.
    var undoable: [Undoable] = []
    /// The path of the latest change, and of the latest `notify` that ended ok, in walk order.
    var order = 0
    var lastChange = -1
    var lastNotice = -1
    /// The answer of the latest ask of `until`.
    var untilAnswer: JSONValue?
    /// Whether a step was skipped because the rule's deadline had passed.
    var deadlinePassed = false

    struct Undoable {
        var path: String
        var call: Call
        var frame: Frame
    }

    init(context: RunContext, state: RunState, now: Timestamp) {
        self.context = context
        self.state = state
        self.now = now
        ladder = context.rule.until == nil ? .none : .climbing(round: 0)
    }

    mutating func emit(_ event: RunEvent) {
        state.apply(event, at: now)
        events.append(event)
    }
}

// MARK: - Inputs

extension Walker {
    /// Turns what came from outside into events; what no longer matters leaves no trace.
    mutating func take(_ input: RunInput) {
        switch input {
        case .start where state.startedAt == nil: emit(.started)
        case .callEnded(let call, let attempt, let outcome): takeEnd(of: call, attempt, outcome)
        case .timerFired(let key):
            guard let timer = state.timers[key], timer.firedAt == nil else { return }
            emit(.timerFired(key: key))
        case .approval(let step, let decision):
            guard let approval = state.approvals[step], approval.decision == nil else { return }
            emit(.approvalDecided(step: step, decision))
        case .person(let call, let decision):
            guard let asked = state.calls[call], asked.personAskedAt != nil, asked.decision == nil
            else {
                return
            }
            emit(.personDecided(call: call, decision))
        case .notice(let status) where status != .firing: emit(.noticed(status))
        case .cancel(let person) where state.cancelledBy == nil: emit(.cancelled(by: person))
        case .start, .notice, .cancel, .look: break
        }
    }

    private mutating func takeEnd(of call: String, _ attempt: Int, _ outcome: ActionOutcome) {
        guard let pending = state.calls[call]?.pending, pending.intent.attempt == attempt else {
            return
        }
        emit(.ended(call: call, attempt: attempt, outcome: outcome))
    }
}

// MARK: - The run

extension Walker {
    mutating func walkRun() {
        guard state.startedAt != nil, state.result == nil else { return }
        var frame = Frame(params: context.params, asksUntil: true)
        guard walk(context.rule.steps, under: "", in: &frame) else { return }
        let result = mainResult(frame)
        guard result.status == .failed || result.status == .denied else { return finish(result) }
        guard let rollback = walkRollbacks(after: frame) else { return }
        guard handlesFailure(result, frame) else { return finish(result, rollback) }
        guard walkHandlers(after: frame, result) else { return }
        finish(result, rollback)
    }

    private mutating func finish(_ result: RunResult, _ rollback: Rollback = .complete) {
        var result = result
        result.rollbackIncomplete = rollback == .incomplete
        emit(.finished(result))
        effects.append(.finish(result))
    }

    /// What the chain's end means, before rollback and handlers.
    private func mainResult(_ frame: Frame) -> RunResult {
        if state.cancelledBy != nil { return RunResult(.cancelled, reason: "cancelled") }
        if ladder == .recovered { return RunResult(.resolved, reason: "recovered") }
        if stopsForNotice { return RunResult(.resolved, reason: "source_resolved") }
        if let failure = frame.failure {
            if case .denied = failure.end { return RunResult(.denied, reason: "approval") }
            return RunResult(.failed, reason: failure.end.failureClass)
        }
        if deadlinePassed { return RunResult(.failed, reason: "deadline") }
        switch ladder {
        case .none: return RunResult(.succeeded)
        case .noEvidence: return RunResult(.failed, reason: "evidence_missing")
        case .climbing, .recovered: return RunResult(.failed, reason: "not_recovered")
        }
    }

    /// Whether a notice of the source stops the chain.
    var stopsForNotice: Bool {
        (state.resolvedAt != nil && context.rule.onResolve == .stop)
            || (state.acknowledgedAt != nil && context.rule.onAcknowledge == .stop)
    }

    /// A ladder that told somebody after its last change need not tell again.
    private func handlesFailure(_ result: RunResult, _ frame: Frame) -> Bool {
        guard result.reason == "not_recovered" || result.reason == "evidence_missing" else {
            return true
        }
        return lastNotice <= lastChange
    }

    private mutating func walkHandlers(after main: Frame, _ result: RunResult) -> Bool {
        let steps = main.failure?.step.onFailure ?? context.rule.onFailure
        var frame = main
        frame.failure = nil
        frame.asksUntil = false
        frame.isHandler = true
        return walk(steps, under: "on_failure/", in: &frame, failure: failureValue(main, result))
    }

    /// `failure` in handlers: which step failed, how and why.
    private func failureValue(_ frame: Frame, _ result: RunResult) -> JSONValue {
        guard let failure = frame.failure else {
            return [
                "class": .string(result.reason ?? "failed"),
                "message": .string(result.reason ?? ""),
            ]
        }
        return [
            "step": .string(failure.path), "outcome": .string(failure.end.outcome),
            "class": .string(failure.end.failureClass ?? ""),
            "message": .string(failure.end.message ?? ""),
        ]
    }
}
