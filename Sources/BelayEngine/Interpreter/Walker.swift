import BelayCompiler
import JSON

/// Walks a run's chain once from its start: applies what is recorded and emits what comes next.
///
/// Functions that return nil mean: blocked, an answer is missing; what is missing is then in `waits`.
struct Walker {
    let context: RunContext
    var state: RunState
    let now: Timestamp
    var events: [RunEvent] = []
    var effects: [RunEffect] = []
    var waits: [RunWait] = []

    /// Where the ladder stands at this place of the walk.
    var ladder: Ladder
    /// Whether `until` was asked before the first change.
    var askedBeforeChanges = false
    /// How the steps, branches and items passed so far ended, by path.
    var ends: [String: StepEnd] = [:]
    /// For a chain, branches or items that failed: the failure that it began with.
    var origins: [String: Frame.Failure] = [:]
    /// What can be undone, in the order in which it was done.
    var undoable: [Undoable] = []
    /// The places of the latest change, and of the latest `notify` that ended ok, in walk order.
    var order = 0
    var lastChange = -1
    var lastNotice = -1
    /// The answer of the latest ask of `until`.
    var untilAnswer: JSONValue?
    /// Whether a step was skipped because the rule's deadline had passed.
    var deadlinePassed = false
    /// The steps of the handler that was chosen.
    var handlerSteps: [Step] = []

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

    /// Whether a timer has fired; sets it if it is new.
    mutating func timer(_ key: String, due: Timestamp) -> Bool {
        if state.timers[key] == nil {
            emit(.timerSet(key: key, due: due))
            effects.append(.timer(key: key, due: due))
        }
        guard let timer = state.timers[key], timer.firedAt == nil else { return true }
        waits.append(.timer(key: key, due: timer.due))
        return false
    }

    func hasFired(_ key: String) -> Bool { state.timers[key]?.firedAt != nil }
}

// MARK: - Inputs

extension Walker {
    /// Turns what came from outside into events; what no longer matters leaves no trace.
    mutating func take(_ input: RunInput) {
        for event in state.events(of: input, beganBy: context.actor) { emit(event) }
    }
}

extension ActionOutcome {
    /// The outcome exactly as a run that is folded from its journal will see it.
    package var asStored: ActionOutcome {
        if case .succeeded(let output) = self { .succeeded(output.asStored) } else { self }
    }
}

// MARK: - The run

extension Walker {
    mutating func walkRun() {
        guard state.startedAt != nil, state.result == nil else { return }
        guard context.mode != .observe else { return finish(RunResult(.observed)) }
        var frame = Frame(names: Names(params: context.params), asksUntil: true)
        guard walk(context.rule.steps, under: "", in: &frame) else { return }
        let result = state.conclusion ?? mainResult(frame)
        guard result.status == .failed || result.status == .denied else { return finish(result) }
        let handler = handler(after: frame, result)
        handlerSteps = handler.steps
        let undoable = frame.failure == nil ? [] : undoable
        if state.conclusion == nil, !undoable.isEmpty || !handler.steps.isEmpty {
            emit(.concluded(result))
        }
        guard let rollback = walkRollbacks(undoable) else { return }
        guard walkHandler(handler, after: frame, result) else { return }
        finish(result, rollback)
    }

    private mutating func finish(_ result: RunResult, _ rollback: Rollback = .complete) {
        var result = result
        result.rollbackIncomplete = rollback == .incomplete
        emit(.finished(result))
        effects.append(.finish(result))
    }

    /// What the chain's end means, before rollback and handlers.
    ///
    /// A notice of the source comes before a failure: nothing is undone for a problem that is over.
    private func mainResult(_ frame: Frame) -> RunResult {
        if state.cancelledBy != nil { return RunResult(.cancelled, reason: "cancelled") }
        if ladder == .recovered || recoversByNotice {
            return RunResult(.resolved, reason: "recovered")
        }
        if let reason = noticeReason { return result(of: reason) }
        if let failure = frame.failure {
            if case .denied = failure.end { return RunResult(.denied, reason: "approval") }
            return RunResult(.failed, reason: failure.end.failureClass)
        }
        if deadlinePassed { return RunResult(.failed, reason: "deadline") }
        switch ladder {
        case .none, .recovered: return RunResult(.succeeded)
        case .noEvidence: return RunResult(.failed, reason: "evidence_missing")
        case .climbing: return RunResult(.failed, reason: "not_recovered")
        }
    }

    private func result(of notice: SkipReason) -> RunResult {
        notice == .resolved
            ? RunResult(.resolved, reason: "source_resolved")
            : RunResult(.cancelled, reason: "acknowledged")
    }

    private var recoversByNotice: Bool {
        if case .sourceResolves? = context.rule.until { state.resolvedAt != nil } else { false }
    }

    /// The notice of the source that lets no further change begin.
    var noticeReason: SkipReason? {
        if state.resolvedAt != nil, context.rule.onResolve == .stop { return .resolved }
        if state.acknowledgedAt != nil, context.rule.onAcknowledge == .stop { return .acknowledged }
        return nil
    }

    /// Whether waiting for an answer is pointless because the chain goes no further anyway.
    var isStopped: Bool { noticeReason != nil || state.cancelledBy != nil }
}

// MARK: - Handlers

extension Walker {
    /// The nearest `on_failure`: of the step, else of the rule. A ladder that told somebody after its last change
    /// need not tell again.
    private func handler(after frame: Frame, _ result: RunResult) -> Frame.Handler {
        if let nearest = frame.failure?.handler { return nearest }
        let isLadderEnd = frame.failure == nil && result.reason != "deadline"
        let hasTold = isLadderEnd && lastNotice > lastChange
        return Frame.Handler(
            steps: hasTold ? [] : context.rule.onFailure, names: frame.names)
    }

    private mutating func walkHandler(
        _ handler: Frame.Handler, after main: Frame, _ result: RunResult
    ) -> Bool {
        var frame = Frame(names: handler.names, asksUntil: false, isHandler: true)
        frame.names.failure = failureValue(main, result)
        return walk(handler.steps, under: "on_failure/", in: &frame)
    }

    /// `failure` in handlers: which step failed, how and why.
    private func failureValue(_ frame: Frame, _ result: RunResult) -> JSONValue {
        guard let failure = frame.failure else {
            let reason = result.reason ?? "failed"
            return ["class": .string(reason), "message": .string(reason)]
        }
        return [
            "step": .string(failure.path), "outcome": .string(failure.end.outcome),
            "class": .string(failure.end.failureClass ?? ""),
            "message": .string(failure.end.message ?? ""),
        ]
    }
}
