/// The names that expressions at one place of a file may use, with their shapes.
package struct NameScope: Sendable {
    package var names: [String: ValueShape]
    /// Whether `success()`, `failure()` and `always()` may be called.
    package var hasStatus = false
    /// Whether `${{ secrets.NAME }}` may stand here.
    package var allowsSecrets = false
    /// Steps of the same chain that come later, for a better message.
    package var laterSteps: Set<String> = []

    package init(_ names: [String: ValueShape]) { self.names = names }

    /// Names of `when`: what is known of an incident before anything is done.
    package static func rule(params: ValueShape) -> NameScope {
        NameScope([
            "incident": .incident, "now": .timestamp, "params": params, "env": .map(.text),
            "resource": .map(.any),
        ])
    }

    /// Names in `bind`, where a call's inputs are known.
    package static func binding(inputs: ValueShape) -> NameScope {
        var scope = NameScope([
            "incident": .incident, "params": .any, "env": .map(.text), "resource": .map(.any),
            "inputs": inputs,
        ])
        scope.allowsSecrets = true
        return scope
    }

    /// Names of a guardrail: those of `when`, and the call that is about to be made.
    package static let guardrail: NameScope = {
        var scope = rule(params: .any)
        scope.names["action"] = .record(
            "action",
            ["name": .text, "effect": .text, "recovery": .text, "inputs": .any, "provider": .text])
        scope.names["step"] = .record(
            "step", ["id": .text, "path": .text, "approved": .boolean, "attempt": .integer])
        return scope
    }()

    package func adding(_ name: String, _ shape: ValueShape) -> NameScope {
        var scope = self
        scope.names[name] = shape
        return scope
    }
}
