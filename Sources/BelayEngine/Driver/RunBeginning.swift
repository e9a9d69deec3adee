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

    package init(_ context: RunContext, reservations: [Reservation]) {
        incident = context.incident.json
        environment = context.environment.name
        params = context.params
        variables = context.variables
        target = context.target
        mode = context.mode
        actor = context.actor
        self.reservations = reservations
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "incident": .object(incident), "environment": .string(environment),
            "params": .object(params),
            "variables": .object(variables), "mode": .string(mode.rawValue),
            "actor": .string(actor),
            "reservations": .array(
                reservations.map { ["kind": .string($0.kind.rawValue), "key": .string($0.key)] }),
        ]
        object["target"] = target.map(JSONValue.string)
        return .object(object)
    }

    /// Nil if a member is missing or not of its kind.
    package init?(_ json: JSONValue) {
        guard let incident = json["incident"]?.objectValue,
            let environment = json["environment"]?.stringValue,
            let params = json["params"]?.objectValue,
            let variables = json["variables"]?.objectValue,
            let mode = json["mode"]?.stringValue.flatMap(Mode.init(rawValue:)),
            let actor = json["actor"]?.stringValue, let reserved = json["reservations"]?.arrayValue
        else { return nil }
        self.incident = incident
        self.environment = environment
        self.params = params
        self.variables = variables
        target = json["target"]?.stringValue
        self.mode = mode
        self.actor = actor
        reservations = reserved.compactMap { item in
            guard let kind = item["kind"]?.stringValue.flatMap(Reservation.Kind.init(rawValue:)),
                let key = item["key"]?.stringValue
            else { return nil }
            return Reservation(kind, key: key)
        }
    }
}
