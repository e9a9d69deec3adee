import BelayCompiler
import JSON

extension Walker {
    /// Walks steps one after another; false if one of them is blocked.
    mutating func walk(
        _ steps: [Step], under prefix: String, in frame: inout Frame, failure: JSONValue? = nil
    ) -> Bool {
        for step in steps {
            let path = prefix + step.id
            guard readyToChange(step, in: frame) else { return false }
            guard let end = walk(step, at: path, in: frame, failure: failure) else { return false }
            note(step, path, end, in: &frame)
            guard askAfter(step, end, in: frame) else { return false }
        }
        return true
    }

    /// Keeps a step's end for what comes later: `steps.ID`, the first failure, what can be undone.
    private mutating func note(_ step: Step, _ path: String, _ end: StepEnd, in frame: inout Frame)
    {
        order += 1
        for (id, value) in results(of: step, path, end) { frame.steps[id] = value }
        if end.isFailure, !tolerates(step), frame.failure == nil {
            frame.failure = .init(path: path, step: step, end: end)
        }
        guard case .ok = end else {
            if end.isFailure, step.changes { lastChange = order }
            return
        }
        if step.changes { lastChange = order }
        if step.effect == .notify { lastNotice = order }
        if let rollback = step.rollback, step.forEach == nil, !frame.isHandler {
            undoable.append(Undoable(path: path, call: rollback, frame: frame))
        }
    }

    /// In a ladder a failed rung is tolerated unless the step says otherwise.
    func tolerates(_ step: Step) -> Bool { step.continueOnError ?? (ladder != .none) }

    /// What expressions see of a step, and of the steps inside a `parallel`, which share the rule's names.
    private func results(of step: Step, _ path: String, _ end: StepEnd) -> [(String, JSONValue)] {
        var results: [(String, JSONValue)] = []
        if case .parallel(let children) = step.work, step.forEach == nil {
            for child in children {
                let path = "\(path)/\(child.id)"
                if let end = settled(child, at: path) {
                    results += self.results(of: child, path, end)
                }
            }
        }
        let items = step.forEach == nil ? nil : itemResults(step, path)
        results.append(
            (step.id, end.json(attempts: state.calls[path]?.attempts.count ?? 0, items: items)))
        return results
    }

    private func itemResults(_ step: Step, _ path: String) -> [JSONValue]? {
        guard let items = state.lists[path] else { return nil }
        return items.indices.map { place in
            let path = "\(path)[\(place)]"
            let end = settled(step, at: path) ?? .skipped(.afterFailure)
            return end.json(attempts: state.calls[path]?.attempts.count ?? 0)
        }
    }

    /// How a step inside `parallel` or `for_each` ended, from a walk on a copy; nothing is emitted.
    private func settled(_ step: Step, at path: String) -> StepEnd? {
        if let reason = state.skips[path] { return .skipped(reason) }
        if let refusal = state.refusals[path] {
            return .failed(refusal.failure, message: refusal.message)
        }
        var copy = self
        return copy.walkWork(
            step, at: path, in: Frame(params: context.params, asksUntil: false), failure: nil)
    }
}

// MARK: - One step

extension Walker {
    /// Walks one step; nil if it is blocked.
    mutating func walk(
        _ step: Step, at path: String, in frame: Frame, failure: JSONValue?
    ) -> StepEnd? {
        if let reason = state.skips[path] {
            deadlinePassed = deadlinePassed || reason == .deadline
            return .skipped(reason)
        }
        if let refusal = state.refusals[path] {
            return .failed(refusal.failure, message: refusal.message)
        }
        if !hasBegun(path) {
            switch gate(step, in: frame, failure: failure) {
            case .failure(let problem): return refuse(path, .expression, problem.message)
            case .success(let reason?):
                emit(.skipped(step: path, reason: reason))
                deadlinePassed = deadlinePassed || reason == .deadline
                return .skipped(reason)
            case .success(nil): if !step.beginsWithCall { emit(.began(step: path)) }
            }
        }
        if let approval = step.approval ?? suggestion(step, in: frame) {
            let path = step.approval == nil ? "plan" : path
            guard let consent = walkApproval(approval, at: path) else { return nil }
            if case .denied = consent { return consent }
        }
        return step.forEach == nil
            ? walkWork(step, at: path, in: frame, failure: failure)
            : walkItems(step, at: path, in: frame, failure: failure)
    }

    private func hasBegun(_ path: String) -> Bool {
        state.begun.contains(path) || state.calls[path] != nil
    }

    mutating func refuse(_ path: String, _ failure: FailureClass, _ message: String) -> StepEnd {
        emit(.refused(step: path, failure, message: message))
        return .failed(failure, message: message)
    }

    /// Why a step must not begin, or nil if it may.
    private func gate(
        _ step: Step, in frame: Frame, failure: JSONValue?
    ) -> Result<SkipReason?, FormulaFailure> {
        let tells = step.effect == .notify
        if state.cancelledBy != nil { return .success(.cancelled) }
        if !frame.isHandler {
            if ladder == .recovered { return .success(.recovered) }
            if !tells, let reason = noticeReason { return .success(reason) }
            if !tells, ladder == .noEvidence { return .success(.evidenceMissing) }
        }
        if !tells, let start = state.startedAt, now >= start + context.rule.deadline {
            return .success(.deadline)
        }
        guard let expression = step.condition.expression else {
            return .success(frame.failure != nil && !tells ? .afterFailure : nil)
        }
        if frame.failure != nil, !step.condition.namesStatus { return .success(.afterFailure) }
        return expression.holds(in: scope(frame, failure: failure)).map { $0 ? nil : .condition }
    }

    /// In the mode `suggest`, consent to the plan before its first change.
    private func suggestion(_ step: Step, in frame: Frame) -> Approval? {
        guard context.mode == .suggest, step.changes, !frame.isHandler else { return nil }
        let from = context.rule.runbook.owner.map { ["group/\($0)"] } ?? []
        return Approval(from: from, timeout: Bounds.approvalTimeout, onTimeout: .deny)
    }

    private var noticeReason: SkipReason? {
        if state.resolvedAt != nil, context.rule.onResolve == .stop { return .resolved }
        if state.acknowledgedAt != nil, context.rule.onAcknowledge == .stop { return .acknowledged }
        return nil
    }

    private mutating func walkApproval(_ approval: Approval, at path: String) -> StepEnd? {
        guard let asked = state.approvals[path] else {
            let until = now + approval.timeout
            emit(.approvalRequested(step: path, from: approval.from, until: until))
            effects.append(.askApproval(step: path, from: approval.from, until: until))
            setTimer("\(path)/approval", due: until)
            return nil
        }
        switch asked.decision {
        case .granted: return .ok(.null)
        case .denied(let person): return .denied(by: person)
        case .expired: return approval.onTimeout == .proceed ? .ok(.null) : .denied(by: nil)
        case nil:
            guard state.timers["\(path)/approval"]?.firedAt != nil else { return nil }
            emit(.approvalDecided(step: path, .expired))
            return walkApproval(approval, at: path)
        }
    }

    /// Whether a timer has fired; sets it if it is new.
    mutating func timer(_ key: String, due: Timestamp) -> Bool {
        if let timer = state.timers[key] { return timer.firedAt != nil }
        setTimer(key, due: due)
        return false
    }

    private mutating func setTimer(_ key: String, due: Timestamp) {
        emit(.timerSet(key: key, due: due))
        effects.append(.timer(key: key, due: due))
    }
}

extension Step {
    /// Whether the intent of its call is itself the record of the step's beginning.
    fileprivate var beginsWithCall: Bool {
        if case .call = work { forEach == nil && approval == nil } else { false }
    }
}

// MARK: - What a step does

extension Walker {
    mutating func walkWork(
        _ step: Step, at path: String, in frame: Frame, failure: JSONValue?
    ) -> StepEnd? {
        switch step.work {
        case .call(let call): walkVerified(call, step, at: path, in: frame, failure: failure)
        case .chain(let call): walkChain(call, at: path, in: frame, failure: failure)
        case .parallel(let steps): walkParallel(steps, at: path, in: frame, failure: failure)
        case .wait(let length): walkWait(length, at: path)
        case .waitFor(let ask): walkWaitFor(ask, at: path, in: frame)
        }
    }

    private mutating func walkChain(
        _ call: ChainCall, at path: String, in frame: Frame, failure: JSONValue?
    ) -> StepEnd? {
        var inner = frame
        inner.steps = JSONObject()
        inner.failure = nil
        inner.params = JSONObject()
        for param in call.params {
            switch param.value.render(in: scope(frame, failure: failure)) {
            case .success(let value): inner.params[param.name] = value.redacted
            case .failure(let problem): return refuse(path, .expression, problem.message)
            }
        }
        guard walk(call.steps, under: "\(path)/", in: &inner, failure: failure) else { return nil }
        if let failed = inner.failure { return failed.end }
        var output = JSONObject()
        for named in call.outputs {
            switch named.value.render(in: scope(inner, failure: failure)) {
            case .success(let value): output[named.name] = value.redacted
            case .failure(let problem): return .failed(.expression, message: problem.message)
            }
        }
        return .ok(.object(output))
    }

    /// All branches at once; the join fails after every branch has ended.
    private mutating func walkParallel(
        _ steps: [Step], at path: String, in frame: Frame, failure: JSONValue?
    ) -> StepEnd? {
        var blocked = false
        var failed: StepEnd?
        for step in steps {
            let path = "\(path)/\(step.id)"
            guard let end = walk(step, at: path, in: frame.withoutAsking, failure: failure) else {
                blocked = true
                continue
            }
            if end.isFailure, !tolerates(step), failed == nil { failed = end }
            if case .ok = end, let rollback = step.rollback, !frame.isHandler {
                undoable.append(Undoable(path: path, call: rollback, frame: frame))
            }
        }
        if blocked { return nil }
        return failed ?? .ok(.null)
    }

    /// One after another or a few at once; the first failure lets no further item begin.
    private mutating func walkItems(
        _ step: Step, at path: String, in frame: Frame, failure: JSONValue?
    ) -> StepEnd? {
        guard let forEach = step.forEach else { preconditionFailure("no for_each at \(path)") }
        let items: [JSONValue]
        switch pinnedItems(forEach, at: path, in: frame, failure: failure) {
        case .success(let list): items = list
        case .failure(let problem): return refuse(path, problem.failure, problem.message)
        }
        var running = 0
        var failed: StepEnd?
        var outputs: [JSONValue] = []
        for (place, item) in items.enumerated() {
            let path = "\(path)[\(place)]"
            let begun = hasBegun(path) || state.refusals[path] != nil
            if !begun, failed != nil || running >= forEach.parallel { break }
            var inner = frame.withoutAsking
            inner.item = item
            if !begun, !step.beginsItemWithCall { emit(.began(step: path)) }
            if let refusal = state.refusals[path] {
                failed = failed ?? .failed(refusal.failure, message: refusal.message)
                continue
            }
            guard let end = walkWork(step, at: path, in: inner, failure: failure) else {
                running += 1
                continue
            }
            if end.isFailure { failed = failed ?? end }
            if case .ok(let output) = end {
                outputs.append(output)
                if let rollback = step.rollback, !frame.isHandler {
                    undoable.append(Undoable(path: path, call: rollback, frame: inner))
                }
            }
        }
        if running > 0 { return nil }
        return failed ?? .ok(.array(outputs))
    }

    private mutating func pinnedItems(
        _ forEach: ForEach, at path: String, in frame: Frame, failure: JSONValue?
    ) -> Result<[JSONValue], StepProblem> {
        if let items = state.lists[path] { return .success(items) }
        switch forEach.list.render(in: scope(frame, failure: failure)) {
        case .failure(let problem): return .failure(StepProblem(.expression, problem.message))
        case .success(let value):
            guard case .array(let items)? = value.plainValue else {
                let found = value.plainValue?.kindName ?? "a secret"
                return .failure(StepProblem(.invalid, "for_each needs a list, found \(found)"))
            }
            guard items.count <= forEach.maxItems else {
                let message = "for_each has \(items.count) items, max_items is \(forEach.maxItems)"
                return .failure(StepProblem(.invalid, message))
            }
            emit(.listed(step: path, items: items))
            return .success(items)
        }
    }

    private mutating func walkWait(_ length: Duration, at path: String) -> StepEnd? {
        timer("\(path)/wait", due: now + length) ? .ok(.null) : nil
    }

    private mutating func walkWaitFor(_ ask: Ask, at path: String, in frame: Frame) -> StepEnd? {
        switch walkAsk(ask, at: path, in: frame) {
        case nil: nil
        case .met: .ok(answer(path) ?? .null)
        case .unmet, .failed: .timedOut(message: "not as expected within \(ask.within.text)")
        }
    }
}

extension Step {
    fileprivate var beginsItemWithCall: Bool { if case .call = work { true } else { false } }
}

/// Why a step cannot begin: the class and the reason.
struct StepProblem: Error {
    var failure: FailureClass
    var message: String
    /// Whether it is only that a value is not known before running.
    var isUnknown = false

    init(_ failure: FailureClass, _ message: String, isUnknown: Bool = false) {
        self.failure = failure
        self.message = message
        self.isUnknown = isUnknown
    }
}
