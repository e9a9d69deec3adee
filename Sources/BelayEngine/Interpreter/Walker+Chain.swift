import BelayCompiler
import JSON

extension Walker {
    /// Walks steps one after another; false if one of them is blocked.
    mutating func walk(_ steps: [Step], under prefix: String, in frame: inout Frame) -> Bool {
        for step in steps {
            let path = prefix + step.id
            guard let end = walk(step, at: path, in: frame) else { return false }
            note(step, path, end, in: &frame)
            guard askAfter(step, end, in: frame) else { return false }
        }
        return true
    }

    /// Keeps a step's end for what comes later: `steps.ID`, the first failure, the latest change and notice.
    private mutating func note(_ step: Step, _ path: String, _ end: StepEnd, in frame: inout Frame)
    {
        for (id, value) in results(of: step, path, end) { frame.names.steps[id] = value }
        if end.isFailure, !tolerates(step, end), frame.failure == nil {
            frame.failure = failure(of: step, path, end, in: frame)
        }
        // The steps of a chain have been noted one by one.
        if case .chain = step.work { return }
        order += 1
        if case .skipped = end { return }
        if step.changes { lastChange = order }
        if step.effect == .notify, case .ok = end { lastNotice = order }
    }

    /// In a ladder a failed rung is tolerated unless the step says otherwise; a denial never is.
    func tolerates(_ step: Step, _ end: StepEnd) -> Bool {
        if case .denied = end { return false }
        return step.continueOnError ?? (ladder != .none)
    }

    /// The failure that a step's end comes from, with the handler nearest to it.
    func failure(of step: Step, _ path: String, _ end: StepEnd, in frame: Frame) -> Frame.Failure {
        var failure = origins[path] ?? Frame.Failure(path: path, end: end)
        if failure.handler == nil, let steps = step.onFailure {
            failure.handler = Frame.Handler(steps: steps, names: frame.names)
        }
        return failure
    }

    /// What expressions see of a step, and of the steps inside a `parallel`, which share the rule's names.
    private func results(of step: Step, _ path: String, _ end: StepEnd) -> [(String, JSONValue)] {
        var results: [(String, JSONValue)] = []
        if case .parallel(let children) = step.work, step.forEach == nil {
            for child in children {
                let path = "\(path)/\(child.id)"
                if let end = ends[path] { results += self.results(of: child, path, end) }
            }
        }
        let attempts = state.calls[path]?.attempts.count ?? 0
        results.append((step.id, end.json(attempts: attempts, items: itemResults(step, path))))
        return results
    }

    private func itemResults(_ step: Step, _ path: String) -> [JSONValue]? {
        guard step.forEach != nil, let items = state.lists[path] else { return nil }
        return items.indices.map { place in
            let path = "\(path)[\(place)]"
            let end = ends[path] ?? .skipped(.afterFailure)
            return end.json(attempts: state.calls[path]?.attempts.count ?? 0)
        }
    }
}

// MARK: - One step

extension Walker {
    /// Walks one step; nil if it is blocked.
    mutating func walk(_ step: Step, at path: String, in frame: Frame) -> StepEnd? {
        guard let end = walkStep(step, at: path, in: frame) else { return nil }
        ends[path] = end
        return end
    }

    private mutating func walkStep(_ step: Step, at path: String, in frame: Frame) -> StepEnd? {
        if let end = recordedEnd(step, at: path, in: frame) { return end }
        if !hasBegun(path) {
            switch mayBegin(step, at: path, in: frame) {
            case .blocked: return nil
            case .ended(let end): return end
            case .ready: if !step.beginsWithCall { emit(.began(step: path)) }
            }
        } else {
            replayAsks(step, at: path, in: frame)
        }
        return walkOnce(step, at: path, in: frame)
    }

    /// The answers around a step's beginning belong to this place of the walk.
    private mutating func replayAsks(_ step: Step, at path: String, in frame: Frame) {
        guard askBefore(step, at: path, in: frame) else { return }
        _ = askAgain(step, at: path, in: frame)
    }

    private mutating func walkOnce(_ step: Step, at path: String, in frame: Frame) -> StepEnd? {
        if step.forEach != nil { return walkItems(step, at: path, in: frame) }
        guard let end = walkWork(step, at: path, in: frame) else { return nil }
        keepUndo(of: step, at: path, end, in: frame)
        return end
    }

    /// How a step ended that never began: it was skipped, refused or denied.
    private mutating func recordedEnd(_ step: Step, at path: String, in frame: Frame) -> StepEnd? {
        if let reason = state.skips[path] {
            if reason == .recovered || reason == .evidenceMissing {
                replayAsks(step, at: path, in: frame)
            }
            deadlinePassed = deadlinePassed || reason == .deadline
            return reason == .denied ? denial(of: step, at: path) : .skipped(reason)
        }
        guard let refusal = state.refusals[path], state.calls[path] == nil else { return nil }
        return .failed(refusal.failure, message: refusal.message)
    }

    func hasBegun(_ path: String) -> Bool {
        state.begun.contains(path) || state.calls[path] != nil
    }

    mutating func refuse(_ path: String, _ failure: FailureClass, _ message: String) -> StepEnd {
        emit(.refused(step: path, failure, message: message))
        return .failed(failure, message: message)
    }
}

// MARK: - Whether it may begin

extension Walker {
    enum Beginning {
        case blocked
        case ended(StepEnd)
        case ready
    }

    /// Asks everything that comes before a step's beginning: its `if`, the ladder, a person.
    private mutating func mayBegin(_ step: Step, at path: String, in frame: Frame) -> Beginning {
        if let end = held(step, at: path, in: frame) { return .ended(end) }
        guard askBefore(step, at: path, in: frame) else { return .blocked }
        if let end = skipIfSettled(at: path, step, in: frame) { return .ended(end) }
        guard let approval = step.approval ?? suggestion(step) else { return .ready }
        switch walkConsent(approval, step, at: path, in: frame) {
        case .ready: break
        case let other: return other
        }
        guard askAgain(step, at: path, in: frame) else { return .blocked }
        if let end = skipIfSettled(at: path, step, in: frame) { return .ended(end) }
        return .ready
    }

    private mutating func held(_ step: Step, at path: String, in frame: Frame) -> StepEnd? {
        switch gate(step, in: frame) {
        case .failure(let problem): return refuse(path, .expression, problem.message)
        case .success(nil): return nil
        case .success(let reason?):
            emit(.skipped(step: path, reason: reason))
            deadlinePassed = deadlinePassed || reason == .deadline
            return .skipped(reason)
        }
    }

    /// Skips the step if the question that was asked because of it says that it is not needed or not wise.
    private mutating func skipIfSettled(at path: String, _ step: Step, in frame: Frame) -> StepEnd?
    {
        guard let reason = ladderReason(step, in: frame) else { return nil }
        emit(.skipped(step: path, reason: reason))
        return .skipped(reason)
    }

    private func ladderReason(_ step: Step, in frame: Frame) -> SkipReason? {
        guard !frame.isHandler else { return nil }
        if ladder == .recovered { return .recovered }
        return ladder == .noEvidence && step.effect != .notify ? .evidenceMissing : nil
    }

    /// Why a step must not begin, or nil if it may.
    private func gate(_ step: Step, in frame: Frame) -> Result<SkipReason?, FormulaFailure> {
        if state.cancelledBy != nil { return .success(.cancelled) }
        if let reason = ladderReason(step, in: frame) ?? stopReason(step) {
            return .success(reason)
        }
        let failed = frame.failure != nil
        guard let expression = step.condition.expression else {
            return .success(failed && step.effect != .notify ? .afterFailure : nil)
        }
        if failed, !step.condition.namesStatus { return .success(.afterFailure) }
        return expression.holds(in: scope(frame)).map { $0 ? nil : .condition }
    }

    /// What keeps anything new from beginning: a person, the source, the rule's deadline. Telling goes on, but for
    /// a person's word.
    func stopReason(_ step: Step) -> SkipReason? {
        if state.cancelledBy != nil { return .cancelled }
        guard step.effect != .notify else { return nil }
        if let reason = noticeReason { return reason }
        guard let start = state.startedAt, now >= start + context.rule.deadline else { return nil }
        return .deadline
    }
}

extension Step {
    /// Whether the intent of its call is itself the record of the step's beginning.
    fileprivate var beginsWithCall: Bool {
        if case .call = work { forEach == nil } else { false }
    }
}
