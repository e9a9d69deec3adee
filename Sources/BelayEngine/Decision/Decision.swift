package import BelayCompiler

/// Which rules an incident is for, which of them are taken, and why not the others.
package struct Decision: Sendable {
    /// Every rule of the program, in the order in which they were asked.
    package var verdicts: [RuleVerdict]
    /// The rules that are taken, in that order: none, one, or several with `continue`.
    package var taken: [TakenRule]
    /// The source has said that the problem is over: no rule was asked.
    package var isOver = false
    /// The group in whose queue it waits.
    package var queuedIn: String?

    /// Why there is no run: it is over, nothing matched, or the first suppression.
    package var reason: String? {
        guard taken.isEmpty else { return nil }
        guard !isOver else { return Self.over }
        for verdict in verdicts {
            if case .suppressed(let suppression, _) = verdict.outcome {
                return suppression.rawValue
            }
        }
        return "no_rule"
    }

    /// The reason of what its source has resolved before anything was done.
    package static let over = "resolved"

    /// When a suppressed incident is worth deciding again.
    package var retryAt: Timestamp? {
        verdicts.compactMap { verdict in
            if case .suppressed(_, let until) = verdict.outcome { until } else { nil }
        }.min()
    }
}

/// What became of one rule.
package struct RuleVerdict: Sendable {
    package enum Outcome: Sendable {
        /// Rules are asked when an incident fires, unless `match` names the status.
        case notAsked(IncidentStatus)
        case noMatch
        case whenFalse
        /// Not matched, because `when` could not be evaluated.
        case whenFailed(FormulaFailure)
        /// It matches, but another rule was taken before it.
        case shadowed(by: String)
        case suppressed(Suppression, until: Timestamp?)
        case taken(Mode)
    }

    /// The rule's place in `Program.rules`.
    package var place: Int
    /// `cache/cache-memory-pressure`.
    package var rule: String
    package var outcome: Outcome

    /// Whether `match` and `when` hold, whatever came of it.
    package var matches: Bool {
        switch outcome {
        case .notAsked, .noMatch, .whenFalse, .whenFailed: false
        case .shadowed, .suppressed, .taken: true
        }
    }
}

/// A rule that is to be run, with everything that was computed for it.
package struct TakenRule: Sendable {
    package var place: Int
    package var rule: Rule
    package var mode: Mode
    package var target: String?
    package var cooldownKey: String?
    package var group: String?
    package var reservations: [Reservation]
    /// The run under way that it joins, instead of having one of its own.
    package var leader: String?
    /// The own change that the incident follows.
    package var cause: RunCause?
    /// A rule above whose `when` failed, so that this one only suggests.
    package var undecidedAbove: String?

    package init(place: Int, rule: Rule, mode: Mode, reservations: [Reservation]) {
        self.place = place
        self.rule = rule
        self.mode = mode
        self.reservations = reservations
    }
}
