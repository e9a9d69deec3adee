import BelayCompiler
import BelayEngine
import Cryptography
import JSON

extension RunRow {
    /// The row as the API tells it.
    var json: JSONObject {
        var object: JSONObject = [
            "id": .string(id), "incident": .string(incident), "runbook": .string(runbook.name),
            "rule": .string(rule), "state": .string(phase.rawValue),
            "created_at": .string(createdAt.rfc3339), "program": .string(runbook.program.hex),
        ]
        object["reason"] = reason.map(JSONValue.string)
        object["wake_at"] = wakeAt.map { .string($0.rfc3339) }
        return object
    }
}

extension RunState.ApprovalState {
    func json(of step: String) -> JSONValue {
        var object: JSONObject = [
            "step": .string(step), "from": .array(from.from.map(JSONValue.string)),
            "until": .string(until.rfc3339), "decision": .string(word),
        ]
        object["people"] = from.people.map { .array($0.map(JSONValue.string)) }
        object["action"] = intent.map { .string($0.action) }
        object["target"] = intent?.target.map(JSONValue.string)
        return .object(object)
    }

    private var word: String {
        switch decision {
        case nil: "open"
        case .granted: "granted"
        case .denied: "denied"
        case .expired: "expired"
        }
    }
}

extension CallState {
    func json(of path: String) -> JSONValue {
        var object: JSONObject = [
            "path": .string(path), "attempts": .integer(Int64(attempts.count)),
        ]
        object["action"] = last.map { .string($0.intent.action) }
        object["provider"] = last.map { .string($0.intent.provider) }
        object["target"] = last?.intent.target.map(JSONValue.string)
        object["outcome"] = .string(outcome)
        object["verdict"] = verdict.map { .string($0.rawValue) }
        return .object(object)
    }

    private var outcome: String {
        switch last?.outcome {
        case nil: "under_way"
        case .succeeded: "succeeded"
        case .failed(let failure, _, _): failure.rawValue
        case .lost: "unknown"
        }
    }
}
