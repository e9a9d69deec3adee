import BelayCompiler
import JSON

extension Walker {
    /// Does what a step is for; nil while it goes on.
    mutating func walkWork(_ step: Step, at path: String, in frame: Frame) -> StepEnd? {
        switch step.work {
        case .call(let call):
            walkCall(call, retry: step.retry, verify: step.verify, at: path, in: frame)
        case .chain(let call): walkChain(call, at: path, in: frame)
        case .parallel(let steps): walkParallel(steps, at: path, in: frame)
        case .wait(let length): walkWait(length, step, at: path)
        case .waitFor(let ask): walkWaitFor(ask, step, at: path, in: frame)
        case .waitForSignal(let name, let within): walkSignal(name, within, step, at: path)
        }
    }

    private mutating func walkWait(_ length: Duration, _ step: Step, at path: String) -> StepEnd? {
        if !hasFired("\(path):wait"), let end = cutShort(step, at: path) { return end }
        return timer("\(path):wait", due: now + length) ? .ok(.null) : nil
    }

    private mutating func walkWaitFor(_ ask: Ask, _ step: Step, at path: String, in frame: Frame)
        -> StepEnd?
    {
        switch walkAsk(ask, at: path, in: frame, stopped: stopReason(step) != nil) {
        case nil: nil
        case .met: .ok(answer(ask, at: path) ?? .null)
        case .stopped: cutShort(step, at: path)
        case .unmet, .failed: .timedOut(message: "not as expected within \(ask.within.text)")
        }
    }

    /// A signal counts from the run's beginning, so that one that comes early is not missed.
    private mutating func walkSignal(
        _ name: String, _ within: Duration, _ step: Step, at path: String
    ) -> StepEnd? {
        let key = "\(path):signal"
        let came = state.signals[name]
        if let fired = state.timers[key]?.firedAt, came.map({ $0 >= fired }) ?? true {
            return .timedOut(message: "no signal \(name) within \(within.text)")
        }
        if came != nil { return .ok(.null) }
        if let end = cutShort(step, at: path) { return end }
        guard !timer(key, due: now + within) else {
            return .timedOut(message: "no signal \(name) within \(within.text)")
        }
        waits.append(.signal(name: name))
        return nil
    }

    /// Ends a wait that nothing will come of; it is recorded as skipped although it had begun.
    private mutating func cutShort(_ step: Step, at path: String) -> StepEnd? {
        guard let reason = stopReason(step) else { return nil }
        emit(.skipped(step: path, reason: reason))
        deadlinePassed = deadlinePassed || reason == .deadline
        return .skipped(reason)
    }
}

// MARK: - Chains

extension Walker {
    private mutating func walkChain(_ call: ChainCall, at path: String, in frame: Frame) -> StepEnd?
    {
        let params: JSONObject
        switch pinnedParams(call, at: path, in: frame) {
        case .success(let values): params = values
        case .failure(let problem): return refuse(path, problem.failure, problem.message)
        }
        var inner = frame
        inner.names = Names(params: params, item: frame.names.item, failure: frame.names.failure)
        inner.failure = nil
        guard walk(call.steps, under: "\(path)/", in: &inner) else { return nil }
        if let failed = inner.failure {
            origins[path] = failed
            return failed.end
        }
        return outputs(of: call, at: path, in: inner)
    }

    mutating func pinnedParams(
        _ call: ChainCall, at path: String, in frame: Frame
    ) -> Result<JSONObject, StepProblem> {
        pin("\(path):params", call.params, in: frame)
    }

    private mutating func outputs(of call: ChainCall, at path: String, in frame: Frame) -> StepEnd {
        let failed = "\(path):outputs/failed"
        if case .string(let message)? = state.pins[failed] {
            return .failed(.expression, message: message)
        }
        switch pin("\(path):outputs", call.outputs, in: frame) {
        case .success(let values): return .ok(.object(values))
        case .failure(let problem):
            emit(.pinned(key: failed, .string(problem.message)))
            return .failed(.expression, message: problem.message)
        }
    }

    /// Computes named values once and keeps them.
    private mutating func pin(
        _ key: String, _ templates: NamedTemplates, in frame: Frame
    ) -> Result<JSONObject, StepProblem> {
        if case .object(let values)? = state.pins[key] { return .success(values) }
        var values = JSONObject()
        let scope = scope(frame)
        for named in templates {
            switch named.value.render(in: scope) {
            case .success(let value): values[named.name] = value.redacted
            case .failure(let problem):
                let message = "`\(named.name)`: \(problem.message)"
                return .failure(StepProblem(.expression, message))
            }
        }
        guard !templates.isEmpty,
            case .object(let stored) = JSONValue.object(values).asStoredExactly
        else { return .success(values) }
        emit(.pinned(key: key, .object(stored)))
        return .success(stored)
    }
}

// MARK: - Branches

extension Walker {
    /// All branches at once; the join fails after every branch has ended.
    private mutating func walkParallel(_ steps: [Step], at path: String, in frame: Frame)
        -> StepEnd?
    {
        var isBlocked = false
        var failed: Frame.Failure?
        for step in steps {
            let path = "\(path)/\(step.id)"
            guard let end = walk(step, at: path, in: frame.branch()) else {
                isBlocked = true
                continue
            }
            if end.isFailure, !tolerates(step, end), failed == nil {
                failed = failure(of: step, path, end, in: frame)
            }
        }
        if isBlocked { return nil }
        origins[path] = failed
        return failed?.end ?? .ok(.null)
    }
}

// MARK: - Items

extension Walker {
    /// One after another or a few at once; the first failure lets no further item begin.
    mutating func walkItems(_ step: Step, at path: String, in frame: Frame) -> StepEnd? {
        guard let forEach = step.forEach else { preconditionFailure("no for_each at \(path)") }
        let items: [JSONValue]
        switch pinnedItems(forEach, at: path, in: frame) {
        case .success(let list): items = list
        case .failure(let problem): return refuse(path, problem.failure, problem.message)
        }
        var running = 0
        var failed: Frame.Failure?
        for (place, item) in items.enumerated() {
            let path = "\(path)[\(place)]"
            if !isKnown(path), failed != nil || running >= forEach.parallel { break }
            let inner = frame.branch(item: item)
            guard let end = walkItem(step, at: path, in: inner) else {
                running += 1
                continue
            }
            ends[path] = end
            if end.isFailure, failed == nil {
                failed = origins[path] ?? Frame.Failure(path: path, end: end)
            }
        }
        if running > 0 { return nil }
        origins[path] = failed
        return failed?.end ?? .ok(.array(outputs(items, at: path)))
    }

    private mutating func walkItem(_ step: Step, at path: String, in frame: Frame) -> StepEnd? {
        if let reason = state.skips[path] {
            deadlinePassed = deadlinePassed || reason == .deadline
            return .skipped(reason)
        }
        if let refusal = state.refusals[path] {
            return .failed(refusal.failure, message: refusal.message)
        }
        if !isKnown(path) {
            if let reason = stopReason(step) {
                emit(.skipped(step: path, reason: reason))
                deadlinePassed = deadlinePassed || reason == .deadline
                return .skipped(reason)
            }
            if !step.beginsItemWithCall { emit(.began(step: path)) }
        }
        guard let end = walkWork(step, at: path, in: frame) else { return nil }
        keepUndo(of: step, at: path, end, in: frame)
        return end
    }

    /// Whether anything is on record of an item.
    private func isKnown(_ path: String) -> Bool {
        hasBegun(path) || state.refusals[path] != nil || state.skips[path] != nil
    }

    private func outputs(_ items: [JSONValue], at path: String) -> [JSONValue] {
        items.indices.compactMap { place in
            if case .ok(let output)? = ends["\(path)[\(place)]"] { output } else { nil }
        }
    }

    mutating func pinnedItems(
        _ forEach: ForEach, at path: String, in frame: Frame
    ) -> Result<[JSONValue], StepProblem> {
        if let items = state.lists[path] { return .success(items) }
        switch forEach.list.render(in: scope(frame)) {
        case .failure(let problem):
            return .failure(StepProblem(.expression, "for_each: \(problem.message)"))
        case .success(let value):
            guard case .array(let items)? = value.plainValue else {
                let found = value.plainValue?.kindName ?? "a secret"
                return .failure(StepProblem(.invalid, "for_each needs a list, found \(found)"))
            }
            guard items.count <= forEach.maxItems else {
                let message = "for_each has \(items.count) items, max_items is \(forEach.maxItems)"
                return .failure(StepProblem(.invalid, message))
            }
            let stored = items.map(\.asStoredExactly)
            emit(.listed(step: path, items: stored))
            return .success(stored)
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
