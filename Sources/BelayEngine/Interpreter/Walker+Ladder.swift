import BelayCompiler
import JSON

/// How far a chain with `until` has come.
enum Ladder: Hashable {
    /// The rule has no `until`.
    case none
    /// Not recovered so far, after this many rounds of asking.
    case climbing(round: Int)
    case recovered
    /// A whole round of asking brought no answer: no harder step is taken.
    case noEvidence
}

extension Walker {
    /// Asks once before the first change; false if the answer is still due.
    mutating func readyToChange(_ step: Step, in frame: Frame) -> Bool {
        guard case .climbing = ladder, frame.asksUntil, step.changes, !askedBeforeChanges else {
            return true
        }
        guard case .ask(let ask)? = context.rule.until, !isStopped else {
            if state.resolvedAt != nil { ladder = .recovered }
            return true
        }
        guard let verdict = walkAsk(ask, at: "until#0", in: frame, once: true) else { return false }
        askedBeforeChanges = true
        settle(verdict, round: 0)
        return true
    }

    /// Asks for up to `within` after a change; false if the answer is still due.
    mutating func askAfter(_ step: Step, _ end: StepEnd, in frame: Frame) -> Bool {
        guard case .climbing(let round) = ladder, frame.asksUntil, step.changes else { return true }
        if case .skipped = end { return true }
        if case .chain = step.work, step.forEach == nil { return true }
        switch context.rule.until {
        case nil: return true
        case .sourceResolves(let within)?:
            if state.resolvedAt != nil {
                ladder = .recovered
                return true
            }
            guard isStopped || timer("until#\(round + 1)", due: now + within) else { return false }
            ladder = .climbing(round: round + 1)
        case .ask(let ask)?:
            guard let verdict = walkAsk(ask, at: "until#\(round + 1)", in: frame) else {
                return false
            }
            settle(verdict, round: round + 1)
        }
        return true
    }

    private mutating func settle(_ verdict: Verdict, round: Int) {
        switch verdict {
        case .met: ladder = .recovered
        case .unmet: ladder = .climbing(round: round)
        case .failed: ladder = .noEvidence
        }
    }

    /// Whether waiting for an answer is pointless because the chain goes no further anyway.
    var isStopped: Bool { stopsForNotice || state.cancelledBy != nil }
}

// MARK: - Asking

extension Walker {
    /// Asks until the answer is as expected or time is up; nil while an answer or a wait is due.
    ///
    /// With `once` the first answer counts; only a failed ask is tried again, three times in all.
    mutating func walkAsk(_ ask: Ask, at path: String, in frame: Frame, once: Bool = false)
        -> Verdict?
    {
        if ask.after > .zero, !once, !timer("\(path)/after", due: now + ask.after) { return nil }
        var answered = false
        var number = 1
        while true {
            let call = "\(path)/\(number)"
            guard let verdict = walkOneAsk(ask, at: call, in: frame) else { return nil }
            if verdict == .met { return .met }
            answered = answered || verdict == .unmet
            let asked = askedAt(call)
            let over =
                once
                ? answered || number >= Bounds.firstAskTries
                : asked + ask.every > askedAt("\(path)/1") + ask.within
            if over || isStopped { return answered || isStopped ? .unmet : .failed }
            guard timer("\(call)/wait", due: asked + ask.every) else { return nil }
            number += 1
        }
    }

    private func askedAt(_ call: String) -> Timestamp {
        state.calls[call]?.attempts.first?.startedAt ?? state.timers["\(call)/wait"]?.due ?? now
    }

    private mutating func walkOneAsk(_ ask: Ask, at path: String, in frame: Frame) -> Verdict? {
        if state.refusals[path] != nil { return .failed }
        guard let asked = state.calls[path] else {
            return begin(ask.call, at: path, in: frame, failure: nil) == nil ? nil : .failed
        }
        guard let outcome = asked.last?.outcome else { return nil }
        if path.hasPrefix("until#"), case .succeeded(let output) = outcome { untilAnswer = output }
        if let verdict = asked.verdict { return verdict }
        let verdict = judge(outcome, ask, in: frame)
        emit(.judged(call: path, verdict))
        return verdict
    }

    private func judge(_ outcome: ActionOutcome, _ ask: Ask, in frame: Frame) -> Verdict {
        guard case .succeeded(let output) = outcome else { return .failed }
        var scope = scope(frame, failure: nil)
        scope.set("result", output)
        switch ask.expect.holds(in: scope) {
        case .success(let holds): return holds ? .met : .unmet
        case .failure: return .failed
        }
    }

    /// The latest answer to an ask.
    func answer(_ path: String) -> JSONValue? {
        var answer: JSONValue?
        var number = 1
        while let asked = state.calls["\(path)/\(number)"] {
            if case .succeeded(let output)? = asked.last?.outcome { answer = output }
            number += 1
        }
        return answer
    }
}
