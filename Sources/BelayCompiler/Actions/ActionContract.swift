package import JSON

/// One value that an action takes.
package struct InputContract: Sendable, Hashable {
    package var name: String
    package var type: ValueType
    package var required: Bool
    /// The only values allowed; empty means any.
    package var allowed: [JSONValue]
    /// Used where a runbook is silent: a value, or text with `${{ }}` such as `${{ incident.target }}`.
    package var standard: JSONValue?
    /// An RE2 pattern that the text must match as a whole.
    package var pattern: String?
    package var description: String

    package init(
        _ name: String, _ type: ValueType, required: Bool = false, allowed: [JSONValue] = [],
        standard: JSONValue? = nil, pattern: String? = nil, description: String = ""
    ) {
        self.name = name
        self.type = type
        self.required = required
        self.allowed = allowed
        self.standard = standard
        self.pattern = pattern
        self.description = description
    }
}

/// One value that an action answers with.
package struct OutputContract: Sendable, Hashable {
    package var name: String
    package var type: ValueType
    package var description: String

    package init(_ name: String, _ type: ValueType, description: String = "") {
        self.name = name
        self.type = type
        self.description = description
    }
}

/// What an action is: its inputs, outputs, effect and the weakest recovery class that a bound operation may have.
///
/// A contract is data, so a runbook can be checked without running anything.
package struct ActionContract: Sendable, Hashable {
    /// `clear_cache` for a capability, `redis.flush` for a provider's own operation.
    package var name: String
    package var description: String
    package var effect: Effect
    package var recovery: RecoveryClass
    package var inputs: [InputContract]
    package var outputs: [OutputContract]
    /// Bounds each attempt where a step names no `timeout`.
    package var timeout: Duration?
    /// The action that reverses this one.
    package var undo: String?
    /// The read action that tells whether this one happened, for the recovery class `probe`.
    package var probe: String?

    package init(
        _ name: String, description: String, effect: Effect, recovery: RecoveryClass,
        inputs: [InputContract] = [], outputs: [OutputContract] = [], timeout: Duration? = nil,
        undo: String? = nil, probe: String? = nil
    ) {
        self.name = name
        self.description = description
        self.effect = effect
        self.recovery = recovery
        self.inputs = inputs
        self.outputs = outputs
        self.timeout = timeout
        self.undo = undo
        self.probe = probe
    }

    package func input(_ name: String) -> InputContract? { inputs.first { $0.name == name } }
    package func output(_ name: String) -> OutputContract? { outputs.first { $0.name == name } }
}
