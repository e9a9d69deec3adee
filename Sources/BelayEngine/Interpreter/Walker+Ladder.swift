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
    mutating func askBefore(_ step: Step, at path: String, in frame: Frame) -> Bool {
        guard isRung(step, in: frame), case .climbing(let round) = ladder else { return true }
        guard case .ask(let ask)? = context.rule.until else {
            if state.resolvedAt != nil, !hasBegun(path) { ladder = .recovered }
            return true
        }
        guard !askedBeforeChanges else { return true }
        guard let end = walkAsk(ask, at: "until#0", in: frame, once: true, stopped: isStopped)
        else { return false }
        askedBeforeChanges = true
        settle(end, round: round)
        return true
    }

    /// Asks again once a person has consented, which may have taken long; false if the answer is still due.
    mutating func askAgain(_ step: Step, at path: String, in frame: Frame) -> Bool {
        guard isRung(step, in: frame), case .climbing(let round) = ladder,
            case .ask(let ask)? = context.rule.until
        else { return true }
        let key = consentKey(step, path)
        guard case .granted? = state.approvals[key]?.decision else { return true }
        let end = walkAsk(ask, at: "until#\(key)", in: frame, once: true, stopped: isStopped)
        guard let end else { return false }
        settle(end, round: round)
        return true
    }

    /// Asks for up to `within` after a change; false if the answer is still due. A failed rung counts as not
    /// recovered without asking.
    mutating func askAfter(_ step: Step, _ end: StepEnd, in frame: Frame) -> Bool {
        guard isRung(step, in: frame), case .climbing(let round) = ladder, case .ok = end else {
            return true
        }
        let path = "until#\(round + 1)"
        switch context.rule.until {
        case nil: return true
        case .sourceResolves(let within)?: return waitForSource(within, path, round: round + 1)
        case .ask(let ask)?:
            guard let end = walkAsk(ask, at: path, in: frame, stopped: isStopped) else {
                return false
            }
            settle(end, round: round + 1)
            return true
        }
    }

    /// Whether `until` is asked around this step; the steps of a chain are rungs themselves.
    private func isRung(_ step: Step, in frame: Frame) -> Bool {
        guard frame.asksUntil, step.changes else { return false }
        if case .chain = step.work { return step.forEach != nil }
        return true
    }

    private mutating func waitForSource(_ within: Duration, _ key: String, round: Int) -> Bool {
        if let fired = state.timers[key]?.firedAt {
            let isInTime = state.resolvedAt.map { $0 < fired } ?? false
            ladder = isInTime ? .recovered : .climbing(round: round)
        } else if state.resolvedAt != nil {
            ladder = .recovered
        } else if isStopped || timer(key, due: now + within) {
            ladder = .climbing(round: round)
        } else {
            return false
        }
        return true
    }

    private mutating func settle(_ end: AskEnd, round: Int) {
        switch end {
        case .met: ladder = .recovered
        case .unmet, .stopped: ladder = .climbing(round: round)
        case .failed: ladder = .noEvidence
        }
    }
}
