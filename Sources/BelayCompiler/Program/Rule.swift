package import EventPattern

/// The most that a rule may do; the order is from the least to the most.
package enum Mode: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Decides, plans and records, calls nothing, and the search goes on below.
    case observe
    /// Waits for one approval of the plan before its first change.
    case suggest
    case auto

    package static func < (left: Mode, right: Mode) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self)! }
}

/// What a notice of the source does to a chain under way.
package enum NoticePolicy: String, Sendable, Hashable, CaseIterable {
    /// No further step but `notify` begins.
    case stop
    case finish
}

/// One rule, resolved: which incidents it is for, what holds it back, and what it does.
package struct Rule: Sendable {
    package var id: String
    package var runbook: RunbookIdentity
    package var span: SourceSpan
    package var description: String?
    package var precedence: Int
    package var isCatchAll: Bool
    package var continues: Bool
    package var pattern: EventPattern?
    /// The word `match`.
    package var matchSpan: SourceSpan?
    /// The pattern's positions as places in the file.
    package var conditionSpans: [SourceSpan]
    /// The statuses that `match` names; empty means: asked when an incident fires.
    package var statuses: [String]
    package var when: Formula?
    /// Act only if it is still firing after this long.
    package var holdFor: Duration
    package var target: Template
    package var mode: Mode
    package var cooldown: Cooldown?
    package var concurrency: Concurrency?
    package var blastRadius: BlastRadius?
    package var again: Repetition?
    package var until: Recovery?
    package var deadline: Duration
    package var steps: [Step]
    package var onFailure: [Step]
    package var onSuppressed: [Step]
    package var afterResolve: [Step]
    package var onResolve: NoticePolicy
    package var onAcknowledge: NoticePolicy

    /// `cache/cache-memory-pressure`: unique in a program.
    package var name: String { "\(runbook.name)/\(id)" }

    /// Whether any step of the chain changes something.
    package var changes: Bool { steps.contains(where: \.changes) }
}

/// The runbook that a rule stands in, as plans and records name it.
package struct RunbookIdentity: Sendable, Hashable {
    package var name: String
    package var owner: String?
    package var path: String
    /// SHA-256 of the file's bytes, 64 hexadecimal digits.
    package var digest: String

    package init(name: String, owner: String?, path: String, digest: String) {
        self.name = name
        self.owner = owner
        self.path = path
        self.digest = digest
    }
}

/// After a change, the rule rests for a key this long.
package struct Cooldown: Sendable {
    /// Default: the rule and `run.target`.
    package var key: Template?
    package var length: Duration
}

/// How many runs of a group may be under way: one.
package struct Concurrency: Sendable {
    /// What a further incident of the group does.
    package enum Conflict: String, Sendable, CaseIterable {
        case queue
        case skip
        case join
    }

    package var group: Template
    package var onConflict: Conflict
}

/// How many distinct targets a rule may change in a period.
package struct BlastRadius: Sendable {
    package enum Bound: Sendable, Hashable {
        case targets(Int)
        /// Of a population of the environment, in percent.
        case percent(Double, of: String)
    }

    package var bound: Bound
    package var per: Duration
}

/// Whether a finished run may be repeated for the same problem.
package struct Repetition: Sendable {
    package var after: Duration
    package var limit: Int
}

/// How a chain learns that it has helped.
package enum Recovery: Sendable {
    case ask(Ask)
    /// By the source's own resolve notice, waited for this long after each change.
    case sourceResolves(within: Duration)
}
