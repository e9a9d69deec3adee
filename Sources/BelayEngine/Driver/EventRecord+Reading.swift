package import BelayCompiler
import JSON

/// A record of a run that does not say what its kind must say, or whose payloads are gone.
package struct UnreadableEvent: Error, Sendable, Hashable {
    package var index: Int64
    package var kind: RecordKind
}

/// An event with its time, read back.
package struct RecordedEvent: Sendable, Hashable {
    package var event: RunEvent
    package var at: Timestamp

    package init(_ event: RunEvent, at time: Timestamp) {
        self.event = event
        at = time
    }
}

extension EventRecord {
    /// The event that a record holds; nil for records that are no events of a run, such as claims and limits.
    package static func event(_ record: StoredRecord) throws(UnreadableEvent) -> RecordedEvent? {
        guard kinds.contains(record.record.kind) else { return nil }
        let reader = EventReader(record)
        guard let reader, let event = reader.event else {
            throw UnreadableEvent(index: record.index, kind: record.record.kind)
        }
        return RecordedEvent(event, at: reader.time)
    }

    /// The fold of a run's records.
    package static func state(of records: [StoredRecord]) throws(UnreadableEvent) -> RunState {
        var state = RunState()
        for record in records {
            guard let recorded = try event(record) else { continue }
            state.apply(recorded.event, at: recorded.at)
        }
        return state
    }

    private static let kinds: Set<RecordKind> = [
        .runCreated, .stepBegan, .stepSkipped, .stepListed, .stepPinned, .stepIntent, .stepResult,
        .stepJudged, .guardrailDenied, .stepRefused, .stepTimer, .stepTimerFired,
        .approvalRequested, .approvalGranted, .approvalDenied, .approvalExpired, .stepUnknown,
        .stepResolvedByPerson, .runNoticed, .runCancelled, .runSignalled, .runConcluded,
        .runFinished,
    ]
}

/// Reads one record; nil and missing values mean: unreadable.
private struct EventReader {
    let stored: StoredRecord
    let values: JSONValue
    let time: Timestamp

    init?(_ stored: StoredRecord) {
        guard let values = stored[payload: "event"], let time = values["t"]?.integerValue else {
            return nil
        }
        self.stored = stored
        self.values = values
        self.time = Timestamp(microseconds: time)
    }

    private var record: JournalRecord { stored.record }
    private var path: String? { values[EventRecord.longPath]?.stringValue ?? record.step }
    private var person: Person? {
        values["by"]?.stringValue.map {
            Person($0, isProven: values["proof"]?.stringValue == Person.token)
        }
    }
    private var message: String { stored[payload: "message"]?.stringValue ?? "" }
    private var failure: FailureClass? { record.error.flatMap { FailureClass(rawValue: $0.class) } }

    private func time(_ name: String) -> Timestamp? {
        values[name]?.integerValue.map(Timestamp.init(microseconds:))
    }

    private func exact(_ name: String) -> JSONValue? { values[name].map(JSONValue.init(exact:)) }

    var event: RunEvent? {
        switch record.kind {
        case .runCreated: .started
        case .runNoticed, .runCancelled, .runSignalled, .runConcluded, .runFinished: runEvent
        default: path.flatMap(stepEvent)
        }
    }

    private var runEvent: RunEvent? {
        switch record.kind {
        case .runNoticed:
            record.reason.flatMap(IncidentStatus.init(rawValue:)).map(RunEvent.noticed)
        case .runCancelled: person.map(RunEvent.cancelled(by:))
        case .runSignalled:
            if let name = values["name"]?.stringValue, let person {
                .signalled(name: name, by: person)
            } else {
                nil
            }
        case .runConcluded: result.map(RunEvent.concluded)
        default: result.map(RunEvent.finished)
        }
    }

    private var result: RunResult? {
        guard let status = record.outcome.flatMap(RunResult.Status.init(rawValue:)) else {
            return nil
        }
        return RunResult(
            status, reason: record.reason,
            rollbackIncomplete: record.error?.code == LedgerChange.keepsTargets)
    }

    private func stepEvent(_ path: String) -> RunEvent? {
        switch record.kind {
        case .stepBegan: return .began(step: path)
        case .stepSkipped:
            return record.reason.flatMap(SkipReason.init(rawValue:)).map {
                .skipped(step: path, reason: $0)
            }
        case .stepListed:
            return exact("items")?.arrayValue.map { .listed(step: path, items: $0) }
        case .stepPinned: return exact("value").map { .pinned(key: path, $0) }
        case .stepIntent: return intent(record.idem).map { .intended(call: path, $0) }
        case .stepResult: return result(of: path)
        case .stepJudged:
            return record.outcome.flatMap(Verdict.init(rawValue:)).map { .judged(call: path, $0) }
        case .guardrailDenied, .stepRefused:
            return failure.map { .refused(step: path, $0, message: message) }
        case .stepTimer: return time("due").map { .timerSet(key: path, due: $0) }
        case .stepTimerFired: return .timerFired(key: path)
        default: return consentEvent(path)
        }
    }

    private func intent(_ key: String?) -> CallIntent? {
        guard let key, let payload = stored[payload: "input"] else { return nil }
        return CallIntent(payload: payload, attempt: record.attempt ?? 1, key: key)
    }

    private func result(of path: String) -> RunEvent? {
        guard let attempt = record.attempt, let outcome else { return nil }
        return .ended(call: path, attempt: attempt, outcome: outcome)
    }

    private var outcome: ActionOutcome? {
        switch record.outcome {
        case "succeeded": return stored[payload: "output"].map(ActionOutcome.succeeded)
        case "unknown": return failure.map { .lost($0, message: message) }
        case "failed", "timed_out":
            guard let failure, let retryable = values["retryable"]?.boolValue else { return nil }
            return .failed(failure, retryable: retryable, message: message)
        default: return nil
        }
    }

    private func consentEvent(_ path: String) -> RunEvent? {
        switch record.kind {
        case .approvalRequested:
            guard let from = values["from"]?.arrayValue?.compactMap(\.stringValue),
                let until = time("until")
            else { return nil }
            let intent = values["idem"]?.stringValue.flatMap(intent)
            let people = values["people"]?.arrayValue?.compactMap(\.stringValue)
            return .approvalRequested(
                step: path, from: Approvers(from: from, people: people), until: until, intent)
        case .approvalGranted:
            return person.map { .approvalDecided(step: path, .granted(by: $0)) }
        case .approvalDenied: return person.map { .approvalDecided(step: path, .denied(by: $0)) }
        case .approvalExpired: return .approvalDecided(step: path, .expired)
        case .stepUnknown: return .personAsked(call: path)
        case .stepResolvedByPerson:
            guard let word = record.outcome, let person,
                let decision = PersonDecision(word, by: person)
            else { return nil }
            return .personDecided(call: path, decision)
        default: return nil
        }
    }
}
