package import BelayCompiler
package import JSON

/// What a run began with, as the payload `context` of its `run.created` keeps it; with the program's sources it is
/// enough to carry the run on.
package struct RunBeginning: Sendable {
    package var environment: String
    package var rule: String
    package var incident: Incident
    package var params: JSONObject
    package var variables: JSONObject
    package var target: String?
    package var mode: Mode
    package var actor: String

    package init(_ context: RunContext) {
        environment = context.environment.name
        rule = context.rule.name
        incident = context.incident
        params = context.params
        variables = context.variables
        target = context.target
        mode = context.mode
        actor = context.actor
    }

    /// The payload's name.
    package static let name = "context"

    package var payload: JSONValue {
        var object: JSONObject = [
            "actor": .string(actor), "environment": .string(environment),
            "incident": .object(incident.json), "mode": .string(mode.rawValue),
            "params": JSONValue.object(params).exact, "rule": .string(rule),
            "variables": .object(variables),
        ]
        object["target"] = target.map(JSONValue.string)
        return .object(object)
    }

    package init?(payload: JSONValue?) {
        guard let payload, let actor = payload["actor"]?.stringValue,
            let environment = payload["environment"]?.stringValue,
            let incident = Incident(stored: payload["incident"]),
            let mode = payload["mode"]?.stringValue.flatMap(Mode.init(rawValue:)),
            let params = payload["params"], let rule = payload["rule"]?.stringValue,
            let variables = payload["variables"]?.objectValue
        else { return nil }
        self.actor = actor
        self.environment = environment
        self.incident = incident
        self.mode = mode
        self.params = JSONValue(exact: params).objectValue ?? [:]
        self.rule = rule
        self.variables = variables
        target = payload["target"]?.stringValue
    }

    /// The run's context again; nil if the program has no such rule or environment.
    package func context(run: String, in program: Program) -> RunContext? {
        guard let rule = program.rules.first(where: { $0.name == rule }),
            let environment = program.environments[environment]
        else { return nil }
        return RunContext(
            run: run, rule: rule, incident: incident, environment: environment,
            guardrails: program.guardrails, params: params, variables: variables, target: target,
            mode: mode, actor: actor)
    }
}
