import BelayCompiler
import BelayEngine
import JSON

/// A script of replies by action or by `action@place`; the last of a list repeats, what is not told succeeds.
struct Told: RehearsalScript {
    var replies: [String: [RehearsedReply]] = [:]
    var consents: [String: RehearsedConsent] = [:]
    var decisions: [String: [RehearsedDecision]] = [:]
    private var used: [String: Int] = [:]

    init(_ replies: [String: [RehearsedReply]] = [:]) { self.replies = replies }

    mutating func reply(to call: RehearsedCall) -> RehearsedReply {
        let action = call.intent.action
        for key in ["\(action)@\(call.place.name)", action] {
            guard let list = replies[key] else { continue }
            defer { used[key, default: 0] += 1 }
            return list[min(used[key, default: 0], list.count - 1)]
        }
        return .ok([:])
    }

    mutating func consent(to request: RehearsedRequest) -> RehearsedConsent? {
        consents[request.step]
    }

    mutating func decision(on call: RehearsedCall) -> RehearsedDecision? {
        guard var list = decisions[call.path], !list.isEmpty else { return nil }
        defer { decisions[call.path] = list }
        return list.removeFirst()
    }
}

extension RehearsedReply {
    static func ok(_ output: JSONValue = [:], after: Duration = .zero) -> RehearsedReply {
        RehearsedReply(.succeeded(output), after: after)
    }

    static func value(_ number: Double) -> RehearsedReply { ok(["value": .number(number)]) }

    static func fail(_ failure: FailureClass, retryable: Bool = true) -> RehearsedReply {
        RehearsedReply(.failed(failure, retryable: retryable, message: "it said \(failure)"))
    }

    static let lost = RehearsedReply(.lost(.unavailable, message: "reset"))
}

/// A rehearsed run in the words that tests compare.
struct Story {
    var run: RehearsedRun
    var isCut: Bool

    /// Ends of the steps in order: `fix ok`, `tell skipped(recovered)`, `a failed(remote)`.
    var steps: [String] {
        run.stepEnds.map { end in
            let reason = end.reason.map { "(\($0))" } ?? ""
            return "\(end.path) \(end.outcome)\(end.outcome == "ok" ? "" : reason)"
        }
    }

    /// All calls with the seconds at which they began: `0 fix change`.
    var calls: [String] {
        run.calls.map { "\(($0.at - Chain.start).milliseconds / 1000) \($0.path)" }
    }

    /// The outcome and why: `failed unavailable`.
    var end: String {
        [run.outcome, run.reason].compactMap { $0 }.joined(separator: " ")
            + (run.result?.rollbackIncomplete == true ? " (rollback incomplete)" : "")
    }

    var seconds: Int64 { ((run.events.last?.at ?? Chain.start) - Chain.start).milliseconds / 1000 }
}

extension Story {
    /// Runs a rule to its end; `inputs` reach it after so many seconds.
    static func of(
        _ context: RunContext, _ script: Told = Told(), inputs: [(Int, RunInput)] = []
    ) -> Story {
        var rehearsal = Rehearsal(at: Chain.start, script: script)
        let run = rehearsal.begin(context)
        for (seconds, input) in inputs {
            rehearsal.schedule(input, for: run, at: Chain.start + .seconds(seconds))
        }
        rehearsal.proceed()
        return Story(run: rehearsal.runs[run], isCut: rehearsal.isCut)
    }

    static func of(
        _ steps: [Step], _ script: Told = Told(), inputs: [(Int, RunInput)] = [],
        _ change: (inout Rule) -> Void = { _ in }
    ) -> Story {
        of(Chain.context(Chain.rule(steps, change)), script, inputs: inputs)
    }
}
