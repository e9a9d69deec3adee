package import BelayCompiler
import JSON

/// How events of a run stand in the journal: one record for each event, its values in payloads beside it.
///
/// The payload `event` has what the fold needs besides the record: `t`, the event's time in microseconds, and
/// whatever a record may not hold. `input` is a call as it is asked for, `output` what it answered, `message` what
/// was said of a failure.
package enum EventRecord {
    /// The record of one event. `run.created` is the record of `.started`; the driver adds what the run began with.
    package static func draft(_ event: RunEvent, run: String, at time: Timestamp) -> RecordDraft {
        var writer = EventWriter(run: run, time: time)
        writer.write(event)
        return writer.finished
    }

    /// Only in an event's payload: the exact path where a record cannot hold it.
    static let longPath = "path"
}

/// Fills one draft.
private struct EventWriter {
    let run: String
    var draft: RecordDraft
    var values: JSONObject

    init(run: String, time: Timestamp) {
        self.run = run
        draft = RecordDraft(.runCreated, run: run)
        values = ["t": .integer(time.microseconds)]
    }

    var finished: RecordDraft {
        var draft = draft
        draft.payloads.insert(PayloadDraft("event", .object(values)), at: 0)
        return draft
    }

    private mutating func kind(_ kind: RecordKind, _ path: String? = nil) {
        draft.kind = kind
        guard let path else { return }
        let code = RecordText.code(from: path)
        draft.step = code
        if !code.utf8.elementsEqual(path.utf8) { values[EventRecord.longPath] = .string(path) }
    }

    private mutating func message(_ text: String) { draft.payloads.append(.message(text)) }

    private mutating func person(_ person: Person) {
        draft.actor = .person(RecordText.name(from: person.name))
        values["by"] = .string(person.name)
        values["proof"] = .string(person.proof)
    }

    mutating func write(_ event: RunEvent) {
        switch event {
        case .started: kind(.runCreated)
        case .began(let step): kind(.stepBegan, step)
        case .skipped(let step, let reason):
            kind(.stepSkipped, step)
            draft.reason = reason.rawValue
        case .listed(let step, let items):
            kind(.stepListed, step)
            values["items"] = JSONValue.array(items).exact
        case .pinned(let key, let value):
            kind(.stepPinned, key)
            values["value"] = value.exact
        case .intended(let call, let intent): write(intent, of: call)
        case .ended(let call, let attempt, let outcome): write(outcome, of: call, attempt)
        case .judged(let call, let verdict):
            kind(.stepJudged, call)
            draft.outcome = verdict.rawValue
        case .refused(let step, let failure, let text):
            kind(failure == .denied ? .guardrailDenied : .stepRefused, step)
            draft.error = RecordError(class: failure.rawValue)
            message(text)
        case .timerSet(let key, let due):
            kind(.stepTimer, key)
            values["due"] = .integer(due.microseconds)
        case .timerFired(let key): kind(.stepTimerFired, key)
        case .approvalRequested, .approvalDecided, .personAsked, .personDecided: writeConsent(event)
        case .noticed, .cancelled, .signalled, .concluded, .finished: writeRun(event)
        }
    }

    private mutating func write(_ intent: CallIntent, of call: String) {
        kind(.stepIntent, call)
        draft.attempt = intent.attempt
        draft.provider = RecordText.code(from: intent.provider)
        draft.target = intent.target
        draft.idem = intent.idempotencyKey
        draft.payloads.append(.input(intent.payload))
    }

    private mutating func write(_ outcome: ActionOutcome, of call: String, _ attempt: Int) {
        kind(.stepResult, call)
        draft.attempt = attempt
        switch outcome {
        case .succeeded(let output):
            draft.outcome = "succeeded"
            draft.payloads.append(.output(output))
        case .failed(let failure, let retryable, let text):
            draft.outcome = failure == .timeout ? "timed_out" : "failed"
            draft.error = RecordError(class: failure.rawValue)
            values["retryable"] = .bool(retryable)
            message(text)
        case .lost(let failure, let text):
            draft.outcome = "unknown"
            draft.error = RecordError(class: failure.rawValue)
            message(text)
        }
    }

    private mutating func writeConsent(_ event: RunEvent) {
        switch event {
        case .approvalRequested(let step, let from, let until, let intent):
            kind(.approvalRequested, step)
            values["from"] = .array(from.from.map(JSONValue.string))
            values["people"] = from.people.map { .array($0.map(JSONValue.string)) }
            values["until"] = .integer(until.microseconds)
            if let intent {
                draft.attempt = intent.attempt
                values["idem"] = .string(intent.idempotencyKey)
                draft.payloads.append(.input(intent.payload))
            }
        case .approvalDecided(let step, .granted(let name)):
            kind(.approvalGranted, step)
            person(name)
        case .approvalDecided(let step, .denied(let name)):
            kind(.approvalDenied, step)
            person(name)
        case .approvalDecided(let step, .expired): kind(.approvalExpired, step)
        case .personAsked(let call): kind(.stepUnknown, call)
        case .personDecided(let call, let decision):
            kind(.stepResolvedByPerson, call)
            draft.outcome = decision.word
            person(decision.person)
        default: break
        }
    }

    private mutating func writeRun(_ event: RunEvent) {
        switch event {
        case .noticed(let status):
            kind(.runNoticed)
            draft.reason = status.rawValue
        case .cancelled(let name):
            kind(.runCancelled)
            person(name)
        case .signalled(let name, let by):
            kind(.runSignalled)
            draft.reason = RecordText.code(from: name)
            values["name"] = .string(name)
            person(by)
        case .concluded(let result):
            kind(.runConcluded)
            draft.outcome = result.status.rawValue
            draft.reason = result.reason
        case .finished(let result):
            kind(.runFinished)
            draft.outcome = result.status.rawValue
            draft.reason = result.reason
            if result.rollbackIncomplete {
                draft.error = RecordError(class: "remote", code: LedgerChange.keepsTargets)
            }
        default: break
        }
    }
}

extension PersonDecision {
    /// `succeeded`, `failed` or `retry`.
    package var word: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .retry: "retry"
        }
    }

    package var person: Person {
        switch self {
        case .succeeded(let person), .failed(let person), .retry(let person): person
        }
    }

    package init?(_ word: String, by person: Person) {
        switch word {
        case "succeeded": self = .succeeded(by: person)
        case "failed": self = .failed(by: person)
        case "retry": self = .retry(by: person)
        default: return nil
        }
    }
}
