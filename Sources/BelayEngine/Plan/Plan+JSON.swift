import BelayCompiler
package import JSON

extension Plan {
    /// The plan for programs; members are only added within a major `schema_version`.
    package var json: JSONValue {
        [
            "schema_version": "1.0", "incident": .object(incident.json),
            "environment": .string(environment),
            "program": .string(program), "at": .string(at.rfc3339),
            "reason": decision.reason.map(JSONValue.string) ?? .null,
            "runs": .array(runs.map(\.json)),
            "rules": .array(decision.verdicts.map(\.json)),
        ]
    }
}

extension RuleVerdict {
    /// `{rule, outcome, …}`.
    package var json: JSONValue {
        var object: JSONObject = ["rule": .string(rule), "outcome": .string(word)]
        switch outcome {
        case .notAsked(let status): object["status"] = .string(status.rawValue)
        case .whenFailed(let problem): object["error"] = .string(problem.message)
        case .shadowed(let winner): object["by"] = .string(winner)
        case .suppressed(let reason, let until):
            object["reason"] = .string(reason.rawValue)
            object["until"] = until.map { .string($0.rfc3339) }
        case .taken(let mode): object["mode"] = .string(mode.rawValue)
        case .noMatch, .whenFalse: break
        }
        return .object(object)
    }

    /// The outcome in a word.
    package var word: String {
        switch outcome {
        case .notAsked: "not_asked"
        case .noMatch: "no_match"
        case .whenFalse: "when_false"
        case .whenFailed: "when_failed"
        case .shadowed: "shadowed"
        case .suppressed: "suppressed"
        case .taken: "taken"
        }
    }
}

extension RunPlan {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "rule": .string(rule), "runbook": .string(runbook.name),
            "precedence": .integer(Int64(precedence)),
            "mode": .string(mode.rawValue), "target": target.map(JSONValue.string) ?? .null,
            "steps": .array(steps.map(\.json)), "on_failure": .array(onFailure.map(\.json)),
            "permissions": .array(permissions.map(JSONValue.string)),
        ]
        object["when"] = when.map(JSONValue.string)
        object["until"] = until?.json
        return .object(object)
    }
}

extension PlannedAsk {
    fileprivate var json: JSONValue {
        [
            "call": call.json, "expect": .string(expect), "every": .string(every.text),
            "within": .string(within.text),
        ]
    }
}

extension PlannedCall {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "action": .string(action), "effect": .string(effect.rawValue), "inputs": inputs.json,
            "timeout": .string(timeout.text),
        ]
        object["provider"] = provider.map(JSONValue.string)
        object["operation"] = operation.map(JSONValue.string)
        object["recovery"] = recovery.map { .string($0.rawValue) }
        if !settings.isEmpty { object["settings"] = settings.json }
        object["problem"] = problem.map(JSONValue.string)
        return .object(object)
    }
}

extension [PlannedInput] {
    fileprivate var json: JSONValue {
        .object(
            JSONObject(
                map { input in
                    switch input.value {
                    case .known(let value): (input.name, ["value": value])
                    case .unknown(let text): (input.name, ["unknown": .string(text)])
                    }
                }))
    }
}

extension PlannedStep {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id), "path": .string(path), "effect": .string(effect.rawValue),
        ]
        switch work {
        case .call(let call): object["call"] = call.json
        case .chain(let name, let steps):
            object["chain"] = .string(name)
            object["steps"] = .array(steps.map(\.json))
        case .parallel(let steps): object["parallel"] = .array(steps.map(\.json))
        case .wait(let length): object["wait"] = .string(length.text)
        case .waitFor(let ask): object["wait_for"] = ask.json
        case .waitForSignal(let name, let within):
            object["wait_for"] = ["signal": .string(name), "within": .string(within.text)]
        }
        object["if"] = condition.map(JSONValue.string)
        object["verify"] = verify?.json
        object["rollback"] = rollback?.json
        if retry.attempts > 1 { object["attempts"] = .integer(Int64(retry.attempts)) }
        if toleratesFailure { object["continue_on_error"] = true }
        if let approval {
            object["approval"] = [
                "from": .array(approval.from.map(JSONValue.string)),
                "timeout": .string(approval.timeout.text),
            ]
        }
        object["note"] = note.map(JSONValue.string)
        return .object(object)
    }
}
