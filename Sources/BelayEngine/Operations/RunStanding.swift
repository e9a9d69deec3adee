import BelayCompiler
import JSON

/// What a run that has not ended waits for, in words, and by which orders a person lets it go on.
package struct RunStanding: Sendable, Hashable {
    /// One thing each, never empty.
    package var words: [String]
    /// Whole command lines, in the order of the words.
    package var orders: [String] = []

    /// Of a run as its row and its records have it; nil for one that has ended.
    package init?(_ run: RunRow, _ records: [StoredRecord]) {
        guard !run.phase.isFinal else { return nil }
        guard let state = try? EventRecord.state(of: records) else {
            words = ["its events cannot be read: belay audit verify"]
            return
        }
        words = []
        switch run.phase {
        case .ready:
            words = [run.wakeAt.map { "is due at \($0.shortRFC3339)" } ?? "waits for a place"]
        case .running:
            tellOfWork(state, records)
            tellOfConsent(run, state)
        default:
            tellOfConsent(run, state)
            tellOfWaiting(run, state)
        }
    }

    private mutating func tellOfWork(_ state: RunState, _ records: [StoredRecord]) {
        let pending = state.calls.compactMap { path, call in call.pending.map { (path, $0) } }
        for (path, attempt) in pending.sorted(by: { $0.0 < $1.0 }) {
            words.append(
                "\(path) attempt \(attempt.intent.attempt) is under way since "
                    + attempt.startedAt.shortRFC3339)
        }
        for (step, record) in Self.held(records).sorted(by: { $0.key < $1.key }) {
            words.append("\(step): \(record[payload: "message"]?.stringValue ?? "waits")")
        }
        if words.isEmpty { words = ["is being carried on"] }
    }

    /// Calls that wait for a target: after that nothing has been recorded of them.
    private static func held(_ records: [StoredRecord]) -> [String: StoredRecord] {
        var held: [String: StoredRecord] = [:]
        for stored in records {
            guard let step = stored.record.step else { continue }
            held[step] = stored.record.kind == .stepHeld ? stored : nil
        }
        return held
    }

    private mutating func tellOfConsent(_ run: RunRow, _ state: RunState) {
        for (step, approval) in state.approvals.sorted(by: { $0.key < $1.key })
        where approval.decision == nil {
            let from = approval.from.from.joined(separator: ", ")
            words.append(
                "waits until \(approval.until.shortRFC3339) for consent to \(step)"
                    + (from.isEmpty ? "" : " from \(from)"))
            orders += ["approve", "deny"].map { "belay \($0) \(run.id) --step \(step)" }
        }
    }

    private mutating func tellOfWaiting(_ run: RunRow, _ state: RunState) {
        for step in Self.unknown(state) {
            words.append("nobody knows what became of \(step): look, then say it")
            orders.append("belay resolve \(run.id) \(step) succeeded|failed|retry")
        }
        switch run.reason {
        case Dispatcher.stuck?:
            words.append(
                "lost its process more than \(Bounds.recoveries) times without a result: look at it, then say "
                    + "what becomes of it")
            orders.append(
                "belay resolve \(run.id) \(RunInput.wholeRun) retry|succeeded|failed")
        case Dispatcher.programless?:
            words.append(
                "its program can be neither found nor read: look at what it has done, then end it")
        case "timer"?, "signal"?: tellOfTimers(run, state)
        default:
            if let leader = ProblemReader.leader(of: run) {
                words.append("shares what becomes of run \(leader)")
            }
        }
        if words.isEmpty { words = ["waits" + (run.reason.map { " (\($0))" } ?? "")] }
        if run.reason.map(Dispatcher.personReasons.contains) == true {
            orders.append("belay cancel \(run.id)")
        }
    }

    /// Calls of which a person must say what became of them, sorted.
    static func unknown(_ state: RunState) -> [String] {
        state.calls.filter { $0.value.personAskedAt != nil && $0.value.decision == nil }.keys
            .sorted()
    }

    private mutating func tellOfTimers(_ run: RunRow, _ state: RunState) {
        // Others matter no more, such as the end of a request that was answered.
        let timers = state.timers.filter { $0.value.firedAt == nil && $0.value.due == run.wakeAt }
        for (key, timer) in timers.sorted(by: { $0.key < $1.key }) {
            let cut = key.lastIndex(of: ":") ?? key.endIndex
            let signal = key[cut...] == ":signal" ? " for a signal" : ""
            words.append("\(key[..<cut]) waits until \(timer.due.shortRFC3339)\(signal)")
        }
    }
}
