import BelayCompiler
import Crypto
import JSON

extension Walker {
    /// Makes attempts until one is good, verified if the step asks for it; nil while one is under way.
    mutating func walkVerified(
        _ call: Call, _ step: Step, at path: String, in frame: Frame, failure: JSONValue?
    ) -> StepEnd? {
        walkCall(
            call, retry: step.retry, verify: step.verify, at: path, in: frame, failure: failure)
    }

    mutating func walkCall(
        _ call: Call, retry: RetryPolicy, verify: Ask?, at path: String, in frame: Frame,
        failure: JSONValue?
    ) -> StepEnd? {
        if let refusal = state.refusals[path] {
            return .failed(refusal.failure, message: refusal.message)
        }
        guard let last = state.calls[path]?.last else {
            return begin(call, at: path, in: frame, failure: failure)
        }
        guard let outcome = last.outcome else { return nil }
        let meaning: AttemptMeaning
        switch outcome {
        case .succeeded(let output): meaning = verified(output, verify, last, at: path, in: frame)
        case .failed(let failure, let retryable, let message):
            meaning = .failed(failure, message, retryable: retryable)
        case .lost(let failure, let message):
            meaning =
                last.intent.recovery.mayRepeat
                ? .failed(failure, message, retryable: true)
                : unknown(verify, last, at: path, in: frame)
        }
        switch meaning {
        case .waiting: return nil
        case .ok(let output): return .ok(output)
        case .again: return again(last.intent, at: path, in: frame)
        case .failed(let failure, let message, let retryable):
            let attempt = last.intent.attempt
            guard retryable, attempt < retry.attempts, retry.errors.contains(failure.rawValue),
                !isStopped
            else {
                return failure == .timeout
                    ? .timedOut(message: message) : .failed(failure, message: message)
            }
            let wait = retry.wait(after: attempt) * (retry.jitter ? jitter(path, attempt) : 1)
            let due = (last.endedAt ?? now) + wait
            guard timer("\(path)/retry/\(attempt)", due: due) else { return nil }
            return again(last.intent, at: path, in: frame)
        }
    }

    /// What one attempt's outcome comes to.
    private enum AttemptMeaning {
        case waiting
        case ok(JSONValue)
        /// A person ordered another attempt.
        case again
        case failed(FailureClass, String, retryable: Bool)
    }

    private mutating func verified(
        _ output: JSONValue, _ verify: Ask?, _ attempt: CallState.Attempt, at path: String,
        in frame: Frame
    ) -> AttemptMeaning {
        guard let verify else { return .ok(output) }
        switch walkAsk(verify, at: verifyPath(path, attempt), in: frame) {
        case nil: return .waiting
        case .met: return .ok(output)
        case .unmet:
            return .failed(
                .unverified, "not as expected within \(verify.within.text)", retryable: true)
        case .failed:
            return .failed(.unverified, "could not be verified: no answer", retryable: true)
        }
    }

    private func verifyPath(_ path: String, _ attempt: CallState.Attempt) -> String {
        attempt.intent.attempt == 1 ? "\(path)/verify" : "\(path)/verify#\(attempt.intent.attempt)"
    }

    /// A call that must not start twice and whose answer was lost: `verify` is asked, else a person.
    private mutating func unknown(
        _ verify: Ask?, _ attempt: CallState.Attempt, at path: String, in frame: Frame
    ) -> AttemptMeaning {
        if let verify {
            guard let verdict = walkAsk(verify, at: verifyPath(path, attempt), in: frame) else {
                return .waiting
            }
            if verdict == .met { return .ok(.null) }
        }
        switch state.calls[path]?.decision {
        case .succeeded?: return .ok(.null)
        case .failed(let person)?:
            return .failed(.remote, "\(person) says that it failed", retryable: false)
        case .retry?: return .again
        case nil:
            guard state.calls[path]?.personAskedAt == nil else { return .waiting }
            emit(.personAsked(call: path))
            effects.append(.askPerson(call: path))
            return .waiting
        }
    }

    /// A factor in [0, 1) that is the same whenever this run is walked again.
    private func jitter(_ path: String, _ attempt: Int) -> Double {
        let hash = SHA256.hash(Array("\(context.run) \(path) \(attempt)".utf8))
        let number = hash.bytes.prefix(6).reduce(0.0) { $0 * 256 + Double($1) }
        return number / 281_474_976_710_656
    }
}

// MARK: - Beginning an attempt

extension Walker {
    /// Records the intent of a first attempt and asks for it; a StepEnd if it may not begin.
    mutating func begin(_ call: Call, at path: String, in frame: Frame, failure: JSONValue?)
        -> StepEnd?
    {
        switch prepare(call, at: path, in: frame, failure: failure) {
        case .failure(let problem): return refuse(path, problem.failure, problem.message)
        case .success(let intent): return start(intent, at: path, in: frame)
        }
    }

    /// Records the intent of a further attempt, with the first one's inputs and key.
    private mutating func again(_ intent: CallIntent, at path: String, in frame: Frame) -> StepEnd?
    {
        var intent = intent
        intent.attempt += 1
        return start(intent, at: path, in: frame)
    }

    private mutating func start(_ intent: CallIntent, at path: String, in frame: Frame) -> StepEnd?
    {
        if let denial = denial(of: intent, at: path, in: frame) {
            return refuse(path, .denied, denial)
        }
        emit(.intended(call: path, intent))
        effects.append(.call(path: path, intent))
        return nil
    }

    private func prepare(
        _ call: Call, at path: String, in frame: Frame, failure: JSONValue?
    ) -> Result<CallIntent, StepProblem> {
        let preparation = CallPreparation(context: context, scope: scope(frame, failure: failure))
        return preparation.intent(for: call, key: idempotencyKey(path))
    }

    /// `hex(SHA-256(JCS({"v":1,"run","step"})))`: the step's occurrence, the same for all attempts.
    private func idempotencyKey(_ path: String) -> String {
        let value: JSONValue = ["v": 1, "run": .string(context.run), "step": .string(path)]
        return SHA256.hash(value.canonicalBytes()).hex
    }

    /// The message of the first guardrail that refuses the call; an error while evaluating refuses it too.
    private func denial(of intent: CallIntent, at path: String, in frame: Frame) -> String? {
        var scope = scope(frame, failure: nil)
        scope.set("resource", CallPreparation.resource(intent.target, in: context.environment))
        scope.set(
            "action",
            [
                "name": .string(intent.action), "effect": .string(intent.effect.rawValue),
                "recovery": .string(intent.recovery.rawValue), "provider": .string(intent.provider),
                "inputs": .object(intent.inputs.redacted),
            ])
        let approved = state.approvals.contains {
            if case .granted? = $0.value.decision {
                path.hasPrefix($0.key) || $0.key == "plan"
            } else {
                false
            }
        }
        scope.set(
            "step",
            [
                "id": .string(path.split(separator: "/").last.map(String.init) ?? path),
                "path": .string(path), "approved": .bool(approved),
                "attempt": .integer(Int64(intent.attempt)),
            ])
        for guardrail in context.guardrails
        where guardrail.effects.contains(intent.effect) {
            switch guardrail.deny.holds(in: scope) {
            case .success(false): continue
            case .success(true): return "guardrail \(guardrail.id): \(guardrail.message)"
            case .failure(let problem):
                return "guardrail \(guardrail.id) could not be evaluated: \(problem.message)"
            }
        }
        return nil
    }
}
