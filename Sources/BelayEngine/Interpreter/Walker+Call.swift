import BelayCompiler
import Cryptography
import JSON

extension Walker {
    /// Makes attempts until one is good, verified if the step asks for it; nil while something is due.
    mutating func walkCall(
        _ call: Call, retry: RetryPolicy, verify: Ask?, at path: String, in frame: Frame
    ) -> StepEnd? {
        if let refusal = state.refusals[path] {
            return .failed(refusal.failure, message: refusal.message)
        }
        guard let last = state.calls[path]?.last else { return begin(call, at: path, in: frame) }
        guard let outcome = last.outcome else {
            waits.append(.call(path: path, attempt: last.intent.attempt))
            return nil
        }
        var inner = frame
        inner.names.target = last.intent.target
        switch meaning(of: outcome, call, verify, last, at: path, in: inner) {
        case .waiting: return nil
        case .ok(let output): return .ok(call.action.typed(output))
        case .unknown(let message): return .unknown(message: message)
        case .again: return again(last.intent, at: path, in: frame)
        case .failed(let failure, let message, let isRetryable):
            guard isRetryable, mayRetry(retry, failure, at: path, last) else {
                return failure == .timeout
                    ? .timedOut(message: message) : .failed(failure, message: message)
            }
            guard waited(retry, last, at: path) else { return nil }
            return again(last.intent, at: path, in: frame)
        }
    }

    /// What one attempt's outcome comes to.
    private enum AttemptMeaning {
        case waiting
        case ok(JSONValue)
        /// Another attempt that is no retry of the runbook: a person or a probe says that it did not happen.
        case again
        case failed(FailureClass, String, retryable: Bool)
        case unknown(String)
    }

    private mutating func meaning(
        of outcome: ActionOutcome, _ call: Call, _ verify: Ask?, _ last: CallState.Attempt,
        at path: String, in frame: Frame
    ) -> AttemptMeaning {
        switch outcome {
        case .succeeded(let output): return verified(output, verify, last, at: path, in: frame)
        case .failed(.interrupted, _, _) where state.calls[path]?.endsTheEngine == false:
            // The engine stopped before it began.
            return .again
        case .failed(let failure, let retryable, let message):
            return .failed(failure, message, retryable: retryable)
        case .lost(.interrupted, let message) where last.intent.recovery.mayRepeat:
            // What ends the engine each time it is tried is not tried for ever.
            return state.calls[path]?.endsTheEngine == true
                ? askPerson(message, at: path) : .again
        case .lost(let failure, let message):
            guard last.intent.recovery.mayRepeat else {
                return lost(message, call, verify, last, at: path, in: frame)
            }
            return .failed(failure, message, retryable: true)
        }
    }
}

// MARK: - Retries

extension Walker {
    private func mayRetry(
        _ retry: RetryPolicy, _ failure: FailureClass, at path: String, _ last: CallState.Attempt
    ) -> Bool {
        guard retry.errors.contains(failure.rawValue) else { return false }
        guard let call = state.calls[path], call.counted < retry.attempts else { return false }
        return hasFired(retryKey(path, last)) || !isStopped
    }

    private mutating func waited(
        _ retry: RetryPolicy, _ last: CallState.Attempt, at path: String
    ) -> Bool {
        let number = state.calls[path]?.counted ?? 1
        var wait = retry.wait(after: number)
        if retry.jitter { wait = wait * jitter(path, last.intent.attempt) }
        return timer(retryKey(path, last), due: (last.endedAt ?? now) + wait)
    }

    private func retryKey(_ path: String, _ last: CallState.Attempt) -> String {
        "\(path):retry/\(last.intent.attempt)"
    }

    /// A factor in [0, 1) that is the same whenever this run is walked again.
    private func jitter(_ path: String, _ attempt: Int) -> Double {
        let hash = SHA256.hash(Array("\(context.run) \(path) \(attempt)".utf8))
        let number = hash.bytes.prefix(6).reduce(0.0) { $0 * 256 + Double($1) }
        return number / 281_474_976_710_656
    }
}

extension CallState {
    /// Whether each of the last attempts was broken off by the engine's end, more often than a run may be taken up.
    var endsTheEngine: Bool {
        attempts.count > Bounds.recoveries
            && attempts.suffix(Bounds.recoveries + 1).allSatisfy {
                $0.outcome?.isInterrupted ?? false
            }
    }

    /// The attempts that count for `retry`: not those that the engine itself broke off.
    var counted: Int {
        attempts.count { !($0.outcome?.isInterrupted ?? false) }
    }
}

extension ActionOutcome {
    /// Whether the engine's end broke it off, before it began or after.
    fileprivate var isInterrupted: Bool {
        switch self {
        case .lost(.interrupted, _), .failed(.interrupted, _, _): true
        default: false
        }
    }
}

// MARK: - Verifying

extension Walker {
    private mutating func verified(
        _ output: JSONValue, _ verify: Ask?, _ last: CallState.Attempt, at path: String,
        in frame: Frame
    ) -> AttemptMeaning {
        guard let verify else { return .ok(output) }
        switch askVerify(verify, last, at: path, in: frame) {
        case nil: return .waiting
        case .met: return .ok(output)
        case .unmet, .stopped:
            let message = "not as expected within \(verify.within.text)"
            return .failed(.unverified, message, retryable: true)
        case .failed:
            return .failed(.unverified, "could not be verified: no answer", retryable: true)
        }
    }

    /// Only a person's cancelling stops the question whether what was done has worked.
    private mutating func askVerify(
        _ verify: Ask, _ last: CallState.Attempt, at path: String, in frame: Frame
    ) -> AskEnd? {
        let suffix = last.intent.attempt == 1 ? "" : "#\(last.intent.attempt)"
        return walkAsk(
            verify, at: "\(path):verify\(suffix)", in: frame, stopped: state.cancelledBy != nil)
    }
}

// MARK: - Lost answers

extension Walker {
    /// A call that must not start twice and whose answer was lost: its probe is asked, else `verify`, else a person.
    private mutating func lost(
        _ message: String, _ call: Call, _ verify: Ask?, _ last: CallState.Attempt,
        at path: String, in frame: Frame
    ) -> AttemptMeaning {
        if let probe = probe(of: call) {
            switch walkProbe(probe, last, at: path, in: frame) {
            case .waiting: return .waiting
            case .happened: return .ok(.null)
            case .didNot where last.intent.attempt < Bounds.probedAttempts: return .again
            case .didNot, .unclear: break
            }
        } else if let verify {
            switch askVerify(verify, last, at: path, in: frame) {
            case nil: return .waiting
            case .met: return .ok(.null)
            case .unmet: return .failed(.unverified, message, retryable: false)
            case .failed, .stopped: break
            }
        }
        return askPerson(message, at: path)
    }

    private mutating func askPerson(_ message: String, at path: String) -> AttemptMeaning {
        switch state.calls[path]?.decision {
        case .succeeded?: return .ok(.null)
        case .failed(let person)?:
            return .failed(.remote, "\(person) says that it failed", retryable: false)
        case .retry?: return .again
        case nil: break
        }
        if state.cancelledBy != nil { return .unknown(message) }
        if state.calls[path]?.personAskedAt == nil {
            emit(.personAsked(call: path))
            effects.append(.askPerson(call: path))
        }
        waits.append(.person(call: path))
        return .waiting
    }

    /// What a probe tells: its contract's output `happened`.
    private enum ProbeAnswer {
        case waiting
        case happened
        case didNot
        case unclear
    }

    /// The call of the contract's probe, with those of the call's inputs that it takes.
    private func probe(of call: Call) -> Call? {
        guard let name = call.action.probe,
            let binding = context.environment.binding(for: name)
        else { return nil }
        let contract = binding.operation.action
        let inputs = call.inputs.filter { contract.input($0.name) != nil }
        var probe = call
        probe.action = contract
        probe.action.name = name
        probe.inputs = inputs
        probe.timeout = binding.timeout ?? contract.timeout ?? call.timeout
        return probe
    }

    private mutating func walkProbe(
        _ probe: Call, _ last: CallState.Attempt, at path: String, in frame: Frame
    ) -> ProbeAnswer {
        let path = "\(path):probe#\(last.intent.attempt)"
        if state.refusals[path] != nil { return .unclear }
        guard let asked = state.calls[path]?.last else {
            return begin(probe, at: path, in: frame) == nil ? .waiting : .unclear
        }
        switch asked.outcome {
        case nil:
            waits.append(.call(path: path, attempt: asked.intent.attempt))
            return .waiting
        case .succeeded(let output):
            guard let happened = output["happened"]?.boolValue else { return .unclear }
            return happened ? .happened : .didNot
        case .failed, .lost: return .unclear
        }
    }
}
