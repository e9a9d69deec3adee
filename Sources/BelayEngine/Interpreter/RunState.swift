package import BelayCompiler
package import JSON

/// Everything that a run's recorded events say: nothing else decides what happens next.
package struct RunState: Sendable, Hashable {
    package var startedAt: Timestamp?
    /// The time of the latest event.
    package var clock: Timestamp?
    /// Calls by path: `clear`, `clear:verify/2`, `until#1/3`, `rollback:clear`.
    package var calls: [String: CallState] = [:]
    package var begun: Set<String> = []
    package var skips: [String: SkipReason] = [:]
    package var lists: [String: [JSONValue]] = [:]
    package var pins: [String: JSONValue] = [:]
    package var refusals: [String: Refusal] = [:]
    package var timers: [String: TimerState] = [:]
    package var approvals: [String: ApprovalState] = [:]
    package var resolvedAt: Timestamp?
    package var acknowledgedAt: Timestamp?
    package var cancelledBy: String?
    /// Signals that have come, by name.
    package var signals: [String: Timestamp] = [:]
    /// When the first changing call was begun: what cooldowns and limits count.
    package var changedAt: Timestamp?
    /// How the chain failed, once rollbacks and handlers have begun.
    package var conclusion: RunResult?
    package var result: RunResult?

    package init() {}

    /// A step that failed before any call.
    package struct Refusal: Sendable, Hashable {
        package var failure: FailureClass
        package var message: String
        package var at: Timestamp
    }

    package struct TimerState: Sendable, Hashable {
        package var due: Timestamp
        package var firedAt: Timestamp?
    }

    package struct ApprovalState: Sendable, Hashable {
        package var from: Approvers
        package var requestedAt: Timestamp
        package var until: Timestamp
        /// What exactly is asked for, where it is one call.
        package var intent: CallIntent?
        package var decision: ApprovalDecision?
    }
}

/// The attempts of one call.
package struct CallState: Sendable, Hashable {
    package struct Attempt: Sendable, Hashable {
        package var intent: CallIntent
        package var startedAt: Timestamp
        package var endedAt: Timestamp?
        package var outcome: ActionOutcome?
    }

    package var attempts: [Attempt] = []
    package var verdict: Verdict?
    package var personAskedAt: Timestamp?
    package var decision: PersonDecision?

    /// The attempt that is under way.
    package var pending: Attempt? { attempts.last.flatMap { $0.outcome == nil ? $0 : nil } }
    package var last: Attempt? { attempts.last }
}

extension FailureClass {
    /// Whether a call that failed so may have been carried out: who answered too late, or in words that cannot be
    /// used, may have done it all the same.
    fileprivate var mayHaveHappened: Bool {
        switch self {
        case .timeout, .badOutput, .outputTooLarge: true
        default: false
        }
    }
}

extension CallState {
    /// Whether an attempt was more than an intent: a pause or a target that another run held stops it before it begins.
    var mayHaveBegun: Bool {
        attempts.contains { attempt in
            if case .failed(let failure, _, _)? = attempt.outcome {
                return failure != .denied && failure != .targetBusy
            }
            return true
        }
    }
}

extension RunState {
    /// Whether a change may have been made: an attempt succeeded, or what became of it is not known. What was
    /// refused or failed has used up no limit.
    package var hasChanged: Bool {
        calls.values.contains { call in
            call.attempts.contains { attempt in
                guard attempt.intent.effect.isChange else { return false }
                if case .failed(let failure, _, _)? = attempt.outcome {
                    return failure.mayHaveHappened
                }
                return true
            }
        }
    }

    /// The state after one more event: the only way in which a run's state changes.
    package mutating func apply(_ event: RunEvent, at time: Timestamp) {
        clock = time
        switch event {
        case .started: startedAt = time
        case .began(let step): begun.insert(step)
        case .skipped(let step, let reason): skips[step] = reason
        case .listed(let step, let items): lists[step] = items
        case .intended(let call, let intent): begin(call, intent, at: time)
        case .ended(let call, let attempt, let outcome): end(call, attempt, outcome, at: time)
        case .judged(let call, let verdict): calls[call]?.verdict = verdict
        case .refused(let step, let failure, let message):
            refusals[step] = Refusal(failure: failure, message: message, at: time)
        case .pinned(let key, let value): pins[key] = value
        case .timerSet(let key, let due): timers[key] = TimerState(due: due)
        case .timerFired(let key): timers[key]?.firedAt = time
        case .approvalRequested(let step, let from, let until, let intent):
            approvals[step] = ApprovalState(
                from: from, requestedAt: time, until: until, intent: intent)
        case .approvalDecided(let step, let decision): approvals[step]?.decision = decision
        case .personAsked(let call): calls[call]?.personAskedAt = time
        case .personDecided(let call, let decision): calls[call]?.decision = decision
        case .noticed(.resolved): resolvedAt = resolvedAt ?? time
        case .noticed(.acknowledged): acknowledgedAt = acknowledgedAt ?? time
        case .noticed(.firing): break
        case .cancelled(let person): cancelledBy = person.name
        case .signalled(let name, _): signals[name] = signals[name] ?? time
        case .concluded(let result): conclusion = result
        case .finished(let result): self.result = result
        }
    }

    private mutating func begin(_ call: String, _ intent: CallIntent, at time: Timestamp) {
        calls[call, default: CallState()].attempts.append(.init(intent: intent, startedAt: time))
        calls[call]?.decision = nil
        calls[call]?.personAskedAt = nil
        if intent.effect.isChange { changedAt = changedAt ?? time }
    }

    private mutating func end(
        _ call: String, _ attempt: Int, _ outcome: ActionOutcome, at time: Timestamp
    ) {
        guard let place = calls[call]?.attempts.firstIndex(where: { $0.intent.attempt == attempt })
        else {
            preconditionFailure("an attempt ended that never began: \(call) \(attempt)")
        }
        calls[call]?.attempts[place].endedAt = time
        calls[call]?.attempts[place].outcome = outcome
    }
}
