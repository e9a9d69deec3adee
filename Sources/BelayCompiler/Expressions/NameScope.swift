import CEL
import Synchronization

/// The names that expressions at one place of a file may use, with their shapes.
package struct NameScope: Sendable {
    package var names: [String: ValueShape] { didSet { cache = Cache() } }
    /// Whether `success()`, `failure()` and `always()` may be called.
    package var hasStatus = false { didSet { cache = Cache() } }
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

    /// The checker's environment, which copies of the scope share until one of them changes.
    private final class Cache: Sendable {
        let environment = Mutex<CELEnvironment?>(nil)
    }

    private var cache = Cache()

    package func adding(_ name: String, _ shape: ValueShape) -> NameScope {
        var scope = self
        scope.names[name] = shape
        return scope
    }
}

extension NameScope {
    /// The names as the checker and planner take them.
    var environment: CELEnvironment {
        cache.environment.withLock { known in
            if let known { return known }
            let functions = hasStatus ? Self.statusFunctions : Self.plainFunctions
            let made = functions.extended(
                variables: names.sorted { $0.key < $1.key }.map { ($0.key, $0.value.cel) })
            known = made
            return made
        }
    }

    private static let plainFunctions = CELEnvironment(
        functions: [
            CELFunction(
                "window", overloads: [CELOverload(.string, result: .bool)], implementation: .late)
        ], numericComparisons: .cross)

    private static let statusFunctions = plainFunctions.extended(
        functions: ["success", "failure", "always"].map {
            CELFunction($0, overloads: [CELOverload(result: .bool)], implementation: .late)
        })
}
