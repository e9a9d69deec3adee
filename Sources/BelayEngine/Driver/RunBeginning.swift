package import BelayCompiler
package import JSON

/// What a run begins with besides its program: kept with `run.created`, so that a recovery begins with the same.
package struct RunBeginning: Sendable, Hashable {
    package var incident: JSONObject
    package var environment: String
    package var params: JSONObject
    package var variables: JSONObject
    package var target: String?
    package var mode: Mode
    package var actor: String
    package var reservations: [Reservation]
    package var part: RunPart
    package var cause: RunCause?

    package init(_ context: RunContext, reservations: [Reservation]) {
        incident = context.incident.json
        environment = context.environment.name
        params = context.params
        variables = context.variables
        target = context.target
        mode = context.mode
        actor = context.actor
        part = context.part
        cause = context.cause
        self.reservations = reservations
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "incident": .object(incident), "environment": .string(environment),
            "params": JSONValue.object(params).exact,
            "variables": .object(variables), "mode": .string(mode.rawValue),
            "actor": .string(actor),
            "reservations": .array(
                reservations.map { ["kind": .string($0.kind.rawValue), "key": .string($0.key)] }),
        ]
        object["target"] = target.map(JSONValue.string)
        if part != .remedy { object["part"] = part.json }
        if let cause {
            object["cause"] = ["run": .string(cause.run), "depth": .integer(Int64(cause.depth))]
        }
        return .object(object)
    }

    /// Nil if a member is missing or not of its kind.
    package init?(_ json: JSONValue) {
        guard let incident = json["incident"]?.objectValue,
            let environment = json["environment"]?.stringValue, let exact = json["params"],
            case .object(let params) = JSONValue(exact: exact),
            let variables = json["variables"]?.objectValue,
            let mode = json["mode"]?.stringValue.flatMap(Mode.init(rawValue:)),
            let actor = json["actor"]?.stringValue, let part = RunPart(json["part"]),
            let reserved = json["reservations"]?.arrayValue
        else { return nil }
        self.incident = incident
        self.environment = environment
        self.params = params
        self.variables = variables
        target = json["target"]?.stringValue
        self.mode = mode
        self.actor = actor
        self.part = part
        if let run = json["cause"]?["run"]?.stringValue,
            let depth = json["cause"]?["depth"]?.integerValue
        {
            cause = RunCause(run: run, depth: Int(depth))
        }
        reservations = reserved.compactMap { item in
            guard let kind = item["kind"]?.stringValue.flatMap(Reservation.Kind.init(rawValue:)),
                let key = item["key"]?.stringValue
            else { return nil }
            return Reservation(kind, key: key)
        }
    }
}

extension RunBeginning {
    /// The payload's name in `run.created`.
    package static let name = "beginning"

    /// The run's context again, in the program that it began with; nil if that has no such rule or environment.
    package func context(run: String, rule: String, of runbook: String, in program: Program)
        -> RunContext?
    {
        let name = rule.split(separator: "#").first.map(String.init) ?? rule
        guard let environment = program.environments[environment],
            let rule = self.rule(name, of: runbook, in: program, environment),
            let incident = Incident(stored: .object(incident))
        else { return nil }
        var context = RunContext(
            run: run, rule: rule.playing(part), incident: incident, environment: environment,
            guardrails: program.guardrails, params: params, variables: variables, target: target,
            mode: mode, actor: actor)
        context.part = part
        context.cause = cause
        return context
    }

    private func rule(
        _ name: String, of runbook: String, in program: Program, _ environment: EnvironmentProgram
    ) -> Rule? {
        if case .notice(let notice) = part { return environment.rule(telling: notice) }
        return program.rules.first {
            RecordText.code(from: $0.id) == name && $0.runbook.name == runbook
        }
    }
}
