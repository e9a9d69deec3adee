import BelayCompiler
import BelayEngine
import JSON

/// What happens in a run, line by line on standard error while it happens.
struct ProgressView: Sendable {
    func show(_ event: RunEvent, at time: Timestamp) {
        guard let line = Self.line(event) else { return }
        Output.standardError("  \(time.shortTime)  \(line)")
    }

    private static func line(_ event: RunEvent) -> String? {
        switch event {
        case .intended(let call, let intent):
            "\(call)  \(intent.action) by \(intent.provider), attempt \(intent.attempt)"
        case .ended(let call, _, let outcome): "\(call)  \(outcome.words)"
        case .skipped(let step, let reason): "\(step)  skipped: \(reason.rawValue)"
        case .refused(let step, let failure, let message):
            "\(step)  \(failure.rawValue): \(message)"
        case .approvalRequested(let step, let from, let until, _):
            "\(step)  waits for approval by \(from.words) until \(until.shortRFC3339)"
        case .personAsked(let call): "\(call)  what became of it is not known: a person must say"
        case .finished(let result): "finished: \(result.words)"
        default: nil
        }
    }
}

extension ActionOutcome {
    var words: String {
        switch self {
        case .succeeded(let output): "ok  \(output.text().cut(to: 80))"
        case .failed(let failure, _, let message):
            "failed (\(failure.rawValue)): \(message.cut(to: 160))"
        case .lost(let failure, let message):
            "answer lost (\(failure.rawValue)): \(message.cut(to: 160))"
        }
    }
}

extension Approvers {
    /// Who is asked: `group/dba (ann, bo)`.
    var words: String {
        let people = people.map { $0.isEmpty ? "nobody" : $0.joined(separator: ", ") }
        return from.isEmpty
            ? "anybody else" : from.joined(separator: ", ") + (people.map { " (\($0))" } ?? "")
    }
}

extension RunResult {
    var words: String {
        status.rawValue + (reason.map { " (\($0))" } ?? "")
            + (rollbackIncomplete ? ", rollback incomplete" : "")
    }
}

extension String {
    /// The text on one line, cut with `…` to a number of characters. What controls a terminal is written out.
    func cut(to length: Int) -> String {
        let line = PlainText.line(
            replacing("\r\n", with: " ").replacing("\n", with: " ").trimmingEnd)
        return line.count > length ? String(line.prefix(length - 1)) + "…" : line
    }
}
