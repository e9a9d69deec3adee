package import EventPattern
package import JSON

/// A repository of runbooks, resolved and checked: immutable, and all that a decision needs besides the incident.
package struct Program: Sendable {
    /// In the order in which they are asked.
    package var rules: [Rule]
    /// Finds the rules whose `match` holds; rules are named by their place in `rules`.
    package var matcher: Matcher
    package var environments: [String: EnvironmentProgram]
    package var guardrails: [Guardrail]
    package var catalogue: ActionCatalogue
    /// Values of the runbooks' parameters by runbook and name, before an environment overrides them.
    package var params: [String: [String: JSONValue]]
    /// SHA-256 over the paths and bytes of all source files, 64 hexadecimal digits.
    package var digest: String

    /// The parameters as a rule of this runbook sees them in an environment.
    package func params(of runbook: String, in environment: EnvironmentProgram) -> JSONObject {
        var values = JSONObject(
            (params[runbook] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        for (name, value) in environment.params {
            if name.hasPrefix(runbook + ".") {
                values[String(name.dropFirst(runbook.count + 1))] = value
            } else if values[name] != nil {
                values[name] = value
            }
        }
        return values
    }
}
