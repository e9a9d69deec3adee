import BelayCompiler
package import JSON

extension CallIntent {
    /// For people and records: everything that is asked for, secrets as `‹secret NAME›`.
    package var redacted: JSONValue {
        var object: JSONObject = [
            "action": .string(action), "effect": .string(effect.rawValue),
            "inputs": .object(inputs.redacted), "operation": .string(operation),
            "provider": .string(provider), "recovery": .string(recovery.rawValue),
            "settings": .object(settings.redacted), "timeout_us": .integer(timeout.microseconds),
        ]
        object["target"] = target.map(JSONValue.string)
        return .object(object)
    }

    /// The payload `input` of an intent; where a secret stands in it, also the form that recovery can open.
    var payload: JSONValue {
        guard case .object(var object) = redacted else { return .null }
        let plain =
            SealedValue.object(inputs).plainValue != nil
            && SealedValue.object(settings).plainValue != nil
        object["names"] = .array(inputs.members.map { .string($0.name) })
        object["setting_names"] = .array(settings.members.map { .string($0.name) })
        if !plain { object["sealed"] = ["inputs": inputs.tagged, "settings": settings.tagged] }
        return .object(object)
    }

    init?(payload: JSONValue, attempt: Int, key: String) {
        guard let action = payload["action"]?.stringValue,
            let provider = payload["provider"]?.stringValue,
            let operation = payload["operation"]?.stringValue,
            let effect = payload["effect"]?.stringValue.flatMap(Effect.init(rawValue:)),
            let recovery = payload["recovery"]?.stringValue.flatMap(RecoveryClass.init(rawValue:)),
            let timeout = payload["timeout_us"]?.integerValue,
            let inputs = Self.sealed(payload, "inputs", "names"),
            let settings = Self.sealed(payload, "settings", "setting_names")
        else { return nil }
        self.init(
            attempt: attempt, action: action, provider: provider, operation: operation,
            effect: effect, recovery: recovery, target: payload["target"]?.stringValue,
            inputs: inputs, settings: settings, timeout: .microseconds(timeout),
            idempotencyKey: key)
    }

    /// Members in the order that they had; the canonical form of a payload has its own.
    private static func sealed(_ payload: JSONValue, _ name: String, _ names: String)
        -> SealedObject?
    {
        if let tagged = payload["sealed"]?[name] { return SealedObject(tagged: tagged) }
        guard let values = payload[name]?.objectValue, let order = payload[names]?.arrayValue else {
            return nil
        }
        let members = order.compactMap { item -> SealedObject.Member? in
            guard let name = item.stringValue, let value = values[name] else { return nil }
            return SealedObject.Member(name: name, value: .plain(value))
        }
        return SealedObject(members)
    }
}
