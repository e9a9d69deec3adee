package import BelayCompiler
import JSON

/// A simulated run as a table: what was done when, what came of it, and who said so.
package struct SimulatedRun: Sendable {
    /// One call, one round of questions, or one word of a person or the source.
    package struct Row: Sendable, Hashable {
        /// Since the simulation began.
        package var after: Duration
        package var step: String
        /// The action and its inputs, or what happened.
        package var what: String
        package var effect: Effect?
        package var result: String?
        package var origin: SimulatedOrigin?
        /// How often it was asked, where it was asked more than once.
        package var asks = 1
        /// Since the simulation began, where it took time.
        package var ended: Duration?
    }

    package private(set) var rows: [Row] = []
    private let start: Timestamp
    /// The row of each call under way, and of each round of questions.
    private var places: [String: Int] = [:]

    package init(_ run: RehearsedRun, number: Int, in outcome: SimulationOutcome) {
        start = outcome.start
        for timed in run.events {
            tell(timed.event, at: timed.at - start) { path, attempt in
                outcome.origins[SimulatedAttempt(run: number, path: path, attempt: attempt)]
            }
        }
    }

    private mutating func tell(
        _ event: RunEvent, at time: Duration, _ origin: (String, Int) -> SimulatedOrigin?
    ) {
        switch event {
        case .intended(let call, let intent):
            begin(call, intent, at: time, origin(call, intent.attempt))
        case .ended(let call, _, let outcome):
            end(call, at: time, outcome.told)
        case .judged(let call, let verdict):
            guard let place = places[CallPlace.round(of: call)] else { return }
            rows[place].result = verdict.told
        case .skipped(let step, let reason): add(time, step, "skipped: \(reason.rawValue)")
        case .refused(let step, let failure, let message):
            add(time, step, "not begun", result: "\(failure.rawValue): \(message)")
        case .timerSet(let key, let due):
            guard !key.contains("/"), let cut = key.lastIndex(of: ":"),
                [":wait", ":signal"].contains(key[cut...])
            else { return }
            let what = key[cut...] == ":wait" ? "waits" : "waits for a signal"
            add(time, String(key[..<cut]), "\(what) until +\((due - start).text)")
        case .approvalRequested(let step, let from, _, _):
            let whom = from.from.isEmpty ? "somebody else" : from.from.joined(separator: ", ")
            add(time, step, "asks for consent of \(whom)")
        case .approvalDecided(let step, let decision): add(time, step, decision.told)
        case .personAsked(let call):
            add(time, call, "what became of it is not known: a person must say")
        case .personDecided(let call, let decision):
            add(time, call, "a person says: \(decision.word)")
        case .noticed(let status): add(time, "", "the source says: \(status.rawValue)")
        case .started, .began, .listed, .pinned, .timerFired, .cancelled, .signalled, .concluded,
            .finished:
            break
        }
    }

    private mutating func begin(
        _ call: String, _ intent: CallIntent, at time: Duration, _ origin: SimulatedOrigin?
    ) {
        let round = CallPlace.round(of: call)
        if round != call, let place = places[round] {
            rows[place].asks += 1
            return
        }
        let inputs = intent.inputs.redacted.map { "\($0)=\($1.stringValue ?? $1.text())" }
        let again = intent.attempt > 1 ? ["(attempt \(intent.attempt))"] : []
        places[round] = rows.count
        rows.append(
            Row(
                after: time, step: Self.name(of: round),
                what: ([intent.action] + inputs + again).joined(separator: " "),
                effect: intent.effect, origin: origin))
    }

    private mutating func end(_ call: String, at time: Duration, _ result: String) {
        guard let place = places[CallPlace.round(of: call)] else { return }
        rows[place].result = result
        rows[place].ended = time
    }

    private mutating func add(
        _ time: Duration, _ step: String, _ what: String, result: String? = nil
    ) {
        rows.append(Row(after: time, step: step, what: what, result: result))
    }

    private static func name(of round: String) -> String {
        let cut = round.firstIndex(of: "#") ?? round.endIndex
        return round.hasPrefix("until#") ? "until" : String(round[..<cut])
    }
}

extension ActionOutcome {
    fileprivate var told: String {
        switch self {
        case .succeeded(let output):
            output.objectValue?.isEmpty == true || output.isNull ? "ok" : "ok  \(output.text())"
        case .failed(let failure, _, let message): "\(failure.rawValue): \(message)"
        case .lost(_, let message): "no answer: \(message)"
        }
    }
}

extension Verdict {
    fileprivate var told: String {
        switch self {
        case .met: "as expected"
        case .unmet: "not as expected"
        case .failed: "no answer"
        }
    }
}

extension ApprovalDecision {
    fileprivate var told: String {
        switch self {
        case .granted(let person): "consent of \(person.name)"
        case .denied(let person): "denied by \(person.name)"
        case .expired: "nobody has consented in time"
        }
    }
}
