package import BelayCompiler

/// What reaches a run from outside.
package enum RunInput: Sendable, Hashable {
    case start
    case callEnded(call: String, attempt: Int, ActionOutcome)
    /// The engine stopped while the attempt was under way; its answer is lost.
    case interrupted(call: String, attempt: Int)
    case timerFired(key: String)
    case approval(step: String, ApprovalDecision)
    case person(call: String, PersonDecision)
    case notice(IncidentStatus)
    case cancel(by: Person)
    case signal(name: String, by: Person)
    /// Look again: after a recovery, or when something outside may have changed.
    case look

    /// In place of a call, where a person speaks of a whole run that kept losing its process.
    package static let wholeRun = "run"
}

/// What a run wants done, once the events that go with it are on disk.
package enum RunEffect: Sendable, Hashable {
    /// Start the attempt whose intent was recorded.
    case call(path: String, CallIntent)
    case timer(key: String, due: Timestamp)
    case askApproval(step: String, from: Approvers, until: Timestamp)
    case askPerson(call: String)
    case finish(RunResult)
}

/// What a run that goes no further by itself waits for; timers that matter no more are not among these.
package enum RunWait: Sendable, Hashable {
    /// The attempt is under way.
    case call(path: String, attempt: Int)
    case timer(key: String, due: Timestamp)
    case approval(step: String, until: Timestamp)
    case person(call: String)
    /// For the signal that `wait_for` names.
    case signal(name: String)
}
