package import BelayCompiler
package import JSON

/// What happened in a run, in the order in which it was recorded: a run's state is the fold of these.
package enum RunEvent: Sendable, Hashable {
    /// The run began.
    case started
    /// A step that holds other steps, waits, or asks for consent began.
    case began(step: String)
    case skipped(step: String, reason: SkipReason)
    /// The list of a `for_each`, fixed before its first item.
    case listed(step: String, items: [JSONValue])
    /// A value that was computed once and holds from now on: a chain's parameters and what it gives back.
    case pinned(key: String, JSONValue)
    /// One attempt is about to start.
    case intended(call: String, CallIntent)
    /// One attempt ended.
    case ended(call: String, attempt: Int, outcome: ActionOutcome)
    /// What the answer to an ask means.
    case judged(call: String, Verdict)
    /// A step that failed before any call: an input, a guardrail, a target.
    case refused(step: String, FailureClass, message: String)
    case timerSet(key: String, due: Timestamp)
    case timerFired(key: String)
    /// With what is asked for where it is one call: exactly this is carried out if it is granted.
    case approvalRequested(step: String, from: Approvers, until: Timestamp, CallIntent?)
    case approvalDecided(step: String, ApprovalDecision)
    /// What became of a call cannot be known here: a person must say.
    case personAsked(call: String)
    case personDecided(call: String, PersonDecision)
    /// The source says that the problem is over, or that somebody has it.
    case noticed(IncidentStatus)
    case cancelled(by: Person)
    /// Somebody outside says that a named thing has happened.
    case signalled(name: String, by: Person)
    /// The chain has failed with this; rollbacks and handlers follow and change nothing of it.
    case concluded(RunResult)
    case finished(RunResult)
}

/// One attempt, as decided before it starts: what a record of intent holds.
package struct CallIntent: Sendable, Hashable {
    package var attempt: Int
    package var action: String
    package var provider: String
    package var operation: String
    package var effect: Effect
    package var recovery: RecoveryClass
    /// What a changing call acts on.
    package var target: String?
    package var inputs: SealedObject
    package var settings: SealedObject
    package var timeout: Duration
    /// The same for all attempts, 64 hexadecimal digits.
    package var idempotencyKey: String

    package init(
        attempt: Int, action: String, provider: String, operation: String, effect: Effect,
        recovery: RecoveryClass, target: String?, inputs: SealedObject, settings: SealedObject,
        timeout: Duration, idempotencyKey: String
    ) {
        self.attempt = attempt
        self.action = action
        self.provider = provider
        self.operation = operation
        self.effect = effect
        self.recovery = recovery
        self.target = target
        self.inputs = inputs
        self.settings = settings
        self.timeout = timeout
        self.idempotencyKey = idempotencyKey
    }
}

/// Why a step did not run.
package enum SkipReason: String, Sendable, Hashable, CaseIterable {
    /// `until` came true.
    case recovered
    /// The source resolved the incident.
    case resolved
    case acknowledged
    /// Its `if` is false.
    case condition
    /// A step before it failed.
    case afterFailure = "after_failure"
    /// `until` could not be answered, and a harder step needs evidence.
    case evidenceMissing = "evidence_missing"
    case deadline
    case cancelled
    /// A person did not consent, or nobody did in time: the step's outcome is `denied`.
    case denied
}

/// What an ask's answer means.
package enum Verdict: String, Sendable, Hashable, CaseIterable {
    case met
    case unmet
    /// No answer, or `expect` could not be evaluated.
    case failed
}

/// What became of a request for consent.
package enum ApprovalDecision: Sendable, Hashable {
    case granted(by: Person)
    case denied(by: Person)
    case expired
}

/// What a person says of a call whose outcome could not be known.
package enum PersonDecision: Sendable, Hashable {
    case succeeded(by: Person)
    case failed(by: Person)
    case retry(by: Person)
}

/// How a run ended.
package struct RunResult: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case resolved
        case succeeded
        case failed
        case denied
        case cancelled
        case observed
        case joined
    }

    package var status: Status
    /// One word of why, such as `not_recovered`, `recovered`, `unavailable`.
    package var reason: String?
    /// Whether some rollback did not succeed, so that leases stay.
    package var rollbackIncomplete: Bool

    package init(_ status: Status, reason: String? = nil, rollbackIncomplete: Bool = false) {
        self.status = status
        self.reason = reason
        self.rollbackIncomplete = rollbackIncomplete
    }
}
