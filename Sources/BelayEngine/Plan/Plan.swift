package import BelayCompiler
package import JSON

/// What would be done for an incident: every step with its resolved inputs, nothing called.
package struct Plan: Sendable {
    package var incident: Incident
    package var environment: String
    /// The program's digest.
    package var program: String
    package var at: Timestamp
    package var decision: Decision
    package var runs: [RunPlan]
}

/// What one taken rule would do.
package struct RunPlan: Sendable {
    package var rule: String
    package var runbook: RunbookIdentity
    package var precedence: Int
    package var isCatchAll: Bool
    package var mode: Mode
    package var target: String?
    /// `match ok   when ok: 97.0 >= 90.0`: the condition with its values, if it has one.
    package var when: String?
    package var limits: [PlannedLimit]
    package var until: PlannedAsk?
    package var untilResolved: Duration?
    package var steps: [PlannedStep]
    package var onFailure: [PlannedStep]
    /// IAM actions that the calls need, sorted.
    package var permissions: [String]
}

/// A limit and how much of it is used.
package struct PlannedLimit: Sendable, Hashable {
    package var name: String
    package var state: String
}

/// A value as far as it is known before running.
package enum PlannedValue: Sendable, Hashable {
    /// With secrets as `‹secret NAME›`.
    case known(JSONValue)
    /// The expression that will give it.
    case unknown(String)
}

/// A named value of a plan.
package struct PlannedInput: Sendable, Hashable {
    package var name: String
    package var value: PlannedValue
}

/// One call as it would be made.
package struct PlannedCall: Sendable {
    package var action: String
    package var effect: Effect
    package var recovery: RecoveryClass?
    /// Nil if nothing is bound to it here.
    package var provider: String?
    package var operation: String?
    package var inputs: [PlannedInput]
    package var settings: [PlannedInput]
    package var timeout: Duration
    /// Why it would fail before any call.
    package var problem: String?
}

/// A question of `until` or `verify`.
package struct PlannedAsk: Sendable {
    package var call: PlannedCall
    package var expect: String
    package var every: Duration
    package var within: Duration
}

/// One step and what is inside it.
package struct PlannedStep: Sendable {
    package enum Work: Sendable {
        case call(PlannedCall)
        case chain(String, [PlannedStep])
        case parallel([PlannedStep])
        case wait(Duration)
        case waitFor(PlannedAsk)
        case waitForSignal(String, within: Duration)
    }

    package var path: String
    package var id: String
    package var effect: Effect
    package var work: Work
    package var condition: String?
    /// The list of a `for_each`, and how many at most.
    package var forEach: PlannedValue?
    package var maxItems: Int?
    package var retry: RetryPolicy
    package var toleratesFailure: Bool
    package var approval: Approval?
    package var verify: PlannedAsk?
    package var rollback: PlannedCall?
    package var onFailure: [PlannedStep]?
    /// When it would run, in words: `only if not recovered`.
    package var note: String?
}
