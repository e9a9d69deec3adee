import BelayCompiler
import JSON

extension Walker {
    /// The key of the one consent that the mode `suggest` asks for.
    static let plan = "plan"

    /// In the mode `suggest`, consent to the plan before its first change.
    func suggestion(_ step: Step) -> Approval? {
        guard context.mode == .suggest, step.changes else { return nil }
        let from = context.rule.runbook.owner.map { ["group/\($0)"] } ?? []
        return Approval(
            from: from, timeout: Bounds.approvalTimeout, onTimeout: .deny, isDefault: true)
    }

    /// Asks for consent to a step whose inputs are fixed first, so that exactly what was seen is carried out.
    mutating func walkConsent(
        _ approval: Approval, _ step: Step, at path: String, in frame: Frame
    ) -> Beginning {
        let key = consentKey(step, path)
        if state.approvals[key] == nil {
            switch whatIsAsked(step, at: path, in: frame) {
            case .failure(let problem):
                return .ended(refuse(path, problem.failure, problem.message))
            case .success(let intent):
                let until = now + approval.timeout
                let from = context.environment.approvers(approval)
                emit(.approvalRequested(step: key, from: from, until: until, intent))
                effects.append(.askApproval(step: key, from: from, until: until))
            }
        }
        guard let asked = state.approvals[key] else { preconditionFailure("asked, not kept") }
        switch asked.decision {
        case .granted: return .ready
        case .denied(let person): return deny(path, by: person.name)
        case .expired: return approval.onTimeout == .proceed ? .ready : deny(path, by: nil)
        case nil: break
        }
        guard timer("\(key):approval", due: asked.until) else {
            waits.append(.approval(step: key, until: asked.until))
            return .blocked
        }
        emit(.approvalDecided(step: key, .expired))
        return approval.onTimeout == .proceed ? .ready : deny(path, by: nil)
    }

    /// Keeps a denial as the end of the step that it was asked for, whatever happens later.
    private mutating func deny(_ path: String, by person: String?) -> Beginning {
        emit(.skipped(step: path, reason: .denied))
        return .ended(.denied(by: person))
    }

    /// The end of a step that was skipped because nobody consented.
    func denial(of step: Step, at path: String) -> StepEnd {
        guard case .denied(let person)? = state.approvals[consentKey(step, path)]?.decision else {
            return .denied(by: nil)
        }
        return .denied(by: person.name)
    }

    /// Whether a person has consented to what stands at a path: to the step itself, what it is in, or the plan.
    func isApproved(_ path: String) -> Bool {
        let place =
            path.hasPrefix(CallPlace.rollback)
            ? path.dropFirst(CallPlace.rollback.count) : path[...]
        return state.approvals.contains { key, approval in
            guard case .granted? = approval.decision else { return false }
            guard key != Self.plan else { return true }
            let rest = place.hasPrefix(key) ? place.dropFirst(key.count).first : "-"
            return rest == nil || rest == "/" || rest == "[" || rest == ":"
        }
    }

    func consentKey(_ step: Step, _ path: String) -> String {
        step.approval == nil ? Self.plan : path
    }

    /// Fixes a step's list, parameters or call before a person is asked about it.
    private mutating func whatIsAsked(
        _ step: Step, at path: String, in frame: Frame
    ) -> Result<CallIntent?, StepProblem> {
        if let forEach = step.forEach {
            return pinnedItems(forEach, at: path, in: frame).map { _ in nil }
        }
        switch step.work {
        case .call(let call): return prepare(call, at: path, in: frame).map { $0 }
        case .chain(let call): return pinnedParams(call, at: path, in: frame).map { _ in nil }
        case .parallel, .wait, .waitFor, .waitForSignal: return .success(nil)
        }
    }
}
