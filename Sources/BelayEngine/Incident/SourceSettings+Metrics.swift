package import BelayCompiler
import JSON

extension SourceSettings {
    /// The incident with the metrics that the environment computes from its parts; an entry that fails is left out.
    package func measured(_ incident: Incident) -> Incident {
        guard !metrics.isEmpty else { return incident }
        var scope = Scope(now: incident.receivedAt)
        scope.set("labels", .object(incident.labels))
        scope.set("annotations", .object(incident.annotations))
        scope.set("details", .object(incident.details))
        scope.set("status", .string(incident.status.rawValue))
        scope.set("fingerprint", .string(incident.fingerprint))
        scope.set("startsAt", .string(incident.startedAt.shortRFC3339))
        scope.set("endsAt", .string(incident.resolvedAt?.shortRFC3339 ?? ""))
        scope.set("generatorURL", incident.details["generatorURL"] ?? "")
        var incident = incident
        for (name, formula) in metrics.sorted(by: { $0.key < $1.key }) {
            guard case .success(let value) = formula.value(in: scope),
                let number = value.doubleValue
            else {
                continue
            }
            incident.metrics[name] = .number(number)
        }
        return incident
    }
}
