import BelayCompiler
import JSON

/// How a round of asking ended.
enum AskEnd {
    case met
    case unmet
    /// No ask of the round was answered.
    case failed
    /// Given up before its time, because the chain goes no further.
    case stopped
}

extension Walker {
    /// Asks until the answer is as expected or time is up; nil while an answer or a wait is due.
    ///
    /// With `once` the first answer counts; only a failed ask is tried again, three times in all.
    mutating func walkAsk(
        _ ask: Ask, at path: String, in frame: Frame, once: Bool = false, stopped: Bool
    ) -> AskEnd? {
        if !wasAsked("\(path)/1") {
            if stopped { return .stopped }
            if ask.after > .zero, !once, !timer("\(path):after", due: now + ask.after) {
                return nil
            }
        }
        var isAnswered = false
        var number = 1
        while true {
            let call = "\(path)/\(number)"
            guard let verdict = walkOneAsk(ask, at: call, in: frame) else { return nil }
            if verdict == .met { return .met }
            isAnswered = isAnswered || verdict == .unmet
            let asked = askedAt(call)
            let isOver =
                once
                ? isAnswered || number >= Bounds.firstAskTries
                : asked + ask.every > askedAt("\(path)/1") + ask.within
            if isOver { return isAnswered ? .unmet : .failed }
            number += 1
            if wasAsked("\(path)/\(number)") { continue }
            if stopped { return .stopped }
            guard timer("\(call):wait", due: asked + ask.every) else { return nil }
        }
    }

    private func wasAsked(_ call: String) -> Bool {
        state.calls[call] != nil || state.refusals[call] != nil
    }

    private func askedAt(_ call: String) -> Timestamp {
        state.calls[call]?.attempts.first?.startedAt ?? state.refusals[call]?.at ?? now
    }

    private mutating func walkOneAsk(_ ask: Ask, at path: String, in frame: Frame) -> Verdict? {
        if state.refusals[path] != nil { return .failed }
        guard let last = state.calls[path]?.last else {
            return begin(ask.call, at: path, in: frame) == nil ? nil : .failed
        }
        guard let outcome = last.outcome else {
            waits.append(.call(path: path, attempt: last.intent.attempt))
            return nil
        }
        let result = result(of: outcome, ask)
        if path.hasPrefix("until#"), let result { untilAnswer = result }
        if let verdict = state.calls[path]?.verdict { return verdict }
        let verdict = judge(result, ask, in: frame)
        emit(.judged(call: path, verdict))
        return verdict
    }

    private func result(of outcome: ActionOutcome, _ ask: Ask) -> JSONValue? {
        guard case .succeeded(let output) = outcome else { return nil }
        return ask.call.action.typed(output)
    }

    private func judge(_ result: JSONValue?, _ ask: Ask, in frame: Frame) -> Verdict {
        guard let result else { return .failed }
        var scope = scope(frame)
        scope.set("result", result)
        switch ask.expect.holds(in: scope) {
        case .success(let holds): return holds ? .met : .unmet
        case .failure: return .failed
        }
    }

    /// The latest answer to an ask.
    func answer(_ ask: Ask, at path: String) -> JSONValue? {
        var answer: JSONValue?
        var number = 1
        while let outcome = state.calls["\(path)/\(number)"]?.last?.outcome {
            answer = result(of: outcome, ask) ?? answer
            number += 1
        }
        return answer
    }
}
