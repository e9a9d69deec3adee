import BelayCompiler
import Cryptography
import JSON

extension Walker {
    /// Records the intent of a first attempt and asks for it; a StepEnd if it may not begin.
    mutating func begin(_ call: Call, at path: String, in frame: Frame) -> StepEnd? {
        switch prepare(call, at: path, in: frame) {
        case .failure(let problem): refuse(path, problem.failure, problem.message)
        case .success(let intent): start(intent, at: path, in: frame)
        }
    }

    /// Records the intent of a further attempt, with the first one's inputs and key.
    mutating func again(_ intent: CallIntent, at path: String, in frame: Frame) -> StepEnd? {
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
        waits.append(.call(path: path, attempt: intent.attempt))
        return nil
    }

    /// The call with its inputs; exactly what a person consented to, if one was asked about it.
    func prepare(
        _ call: Call, at path: String, in frame: Frame
    ) -> Result<CallIntent, StepProblem> {
        if let asked = state.approvals[path]?.intent { return .success(asked) }
        return CallPreparation(context: context, scope: scope(frame))
            .intent(for: call, key: idempotencyKey(path)).map(\.asStored)
    }

    /// `hex(SHA-256(JCS({"v":1,"run","step"})))`: the step's occurrence, the same for all attempts.
    private func idempotencyKey(_ path: String) -> String {
        let value: JSONValue = ["v": 1, "run": .string(context.run), "step": .string(path)]
        return SHA256.hash(value.canonicalBytes()).hex
    }
}

// MARK: - Guardrails

extension Walker {
    /// The message of the first guardrail that refuses the call; an error while evaluating refuses it too.
    private func denial(of intent: CallIntent, at path: String, in frame: Frame) -> String? {
        let guardrails = context.guardrails.filter { $0.effects.contains(intent.effect) }
        guard !guardrails.isEmpty else { return nil }
        let scope = guardScope(intent, at: path, in: frame)
        for guardrail in guardrails {
            switch guardrail.deny.holds(in: scope) {
            case .success(false): continue
            case .success(true): return "guardrail \(guardrail.id): \(guardrail.message)"
            case .failure(let problem):
                return "guardrail \(guardrail.id) could not be evaluated: \(problem.message)"
            }
        }
        return nil
    }

    private func guardScope(_ intent: CallIntent, at path: String, in frame: Frame) -> Scope {
        var frame = frame
        frame.names.target = intent.target
        var scope = scope(frame)
        scope.set(
            "action",
            [
                "name": .string(intent.action), "effect": .string(intent.effect.rawValue),
                "recovery": .string(intent.recovery.rawValue), "provider": .string(intent.provider),
                "inputs": .object(intent.inputs.redacted),
            ])
        scope.set(
            "step",
            [
                "id": .string(CallPlace(path: path).step), "path": .string(path),
                "approved": .bool(isApproved(path)), "attempt": .integer(Int64(intent.attempt)),
            ])
        return scope
    }
}
