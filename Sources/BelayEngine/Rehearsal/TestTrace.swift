import BelayCompiler
import JSON

/// Tells what happened in a case, line by line, on virtual time.
struct TestTrace {
    let start: Timestamp
    private(set) var lines: [CaseReport.TraceLine] = []

    init(start: Timestamp) { self.start = start }

    mutating func tell(
        _ delivery: StagedDelivery, _ runs: [RehearsedRun], parts: [Int] = []
    ) {
        add(
            delivery.at,
            "incident \(delivery.incident.type) on \(delivery.incident.target ?? "nothing")")
        for verdict in delivery.decision.verdicts {
            if let text = Self.text(verdict) { add(delivery.at, "  \(verdict.rule): \(text)") }
        }
        for place in delivery.runs + parts {
            for timed in runs[place].events {
                if let text = Self.text(timed.event) { add(timed.at, "  \(text)") }
            }
        }
    }

    private mutating func add(_ time: Timestamp, _ text: String) {
        lines.append(.init(after: time - start, text: text))
    }

    private static func text(_ verdict: RuleVerdict) -> String? {
        switch verdict.outcome {
        case .notAsked, .noMatch: nil
        case .whenFalse: "`when` is false"
        case .whenFailed(let problem): "`when` failed: \(problem.message)"
        case .shadowed(let rule): "matches, but \(rule) is taken before it"
        case .suppressed(let why, _): "suppressed: \(why.rawValue)"
        case .taken(let mode): mode == .auto ? "taken" : "taken, \(mode.rawValue)"
        }
    }

    private static func text(_ event: RunEvent) -> String? {
        switch event {
        case .intended(let call, let intent):
            "\(call)  \(intent.action) \(JSONValue.object(intent.inputs.redacted).text())"
                + (intent.attempt > 1 ? "  attempt \(intent.attempt)" : "")
        case .ended(let call, _, let outcome): "\(call)  \(text(outcome))"
        case .judged(let call, let verdict): "\(call)  \(verdict.rawValue)"
        case .skipped(let step, let reason): "\(step)  skipped: \(reason.rawValue)"
        case .refused(let step, let failure, let message):
            "\(step)  failed (\(failure.rawValue)): \(message)"
        case .approvalRequested(let step, let from, _, _):
            "\(step)  asks for consent of \(from.from.joined(separator: ", "))"
        case .approvalDecided(let step, let decision): "\(step)  \(decision)"
        case .personAsked(let call): "\(call)  a person must say what became of it"
        case .noticed(let status): "the source says \(status.rawValue)"
        case .finished(let result):
            "ends \(result.status.rawValue)" + (result.reason.map { " (\($0))" } ?? "")
        default: nil
        }
    }

    private static func text(_ outcome: ActionOutcome) -> String {
        switch outcome {
        case .succeeded(let output): "-> \(output.text())"
        case .failed(let failure, _, let message): "-> failed (\(failure.rawValue)): \(message)"
        case .lost(let failure, let message): "-> lost (\(failure.rawValue)): \(message)"
        }
    }
}
