import BelayCompiler
import JSON

extension Walker {
    /// What expressions see at this place of the chain.
    func scope(_ frame: Frame) -> Scope {
        let names = frame.names
        var scope = context.scope(at: state.clock ?? now, params: names.params)
        if let target = names.target {
            scope.set("resource", CallPreparation.resource(target, in: context.environment))
        }
        scope.set("steps", .object(names.steps))
        scope.set("until", untilAnswer ?? .object([:]))
        scope.set("run", runValue)
        if let item = names.item { scope.set("item", item) }
        if let failure = names.failure { scope.set("failure", failure) }
        scope.status = ChainStatus(failed: frame.failure != nil)
        return scope
    }

    private var runValue: JSONValue {
        var object: JSONObject = [
            "id": .string(context.run), "rule": .string(context.rule.id),
            "runbook": .string(context.rule.runbook.name), "mode": .string(context.mode.rawValue),
        ]
        object["target"] = context.target.map(JSONValue.string)
        object["owner"] = context.rule.runbook.owner.map(JSONValue.string)
        object["started_at"] = state.startedAt.map { .string($0.shortRFC3339) }
        return .object(object)
    }
}

extension RunContext {
    /// What every expression of a run sees, whatever the step.
    func scope(at now: Timestamp, params: JSONObject) -> Scope {
        var scope = Scope(now: now)
        scope.setIncident(incident.json)
        scope.set("params", .object(params))
        scope.set("env", .object(variables))
        scope.set("resource", CallPreparation.resource(target, in: environment))
        switch part {
        case .suppressed(let why): scope.set("suppression", ["reason": .string(why.rawValue)])
        case .notice(let notice):
            scope.set(
                "notice", ["kind": .string(notice.kind), "message": .string(notice.message)])
        case .remedy, .afterResolve: break
        }
        return scope
    }
}
