import BelayCompiler
package import BelayEngine
package import JSON

/// Deliveries of Prometheus Alertmanager's webhook, version 4: one incident for each alert.
///
/// A delivery is a group that fires while any of its alerts does, so each alert's own status counts.
/// Format: Alertmanager's documentation, `webhook_config`.
package struct AlertmanagerSource: IncidentSource {
    package let name = "alertmanager"
    package let summary =
        "Prometheus Alertmanager's webhook, version 4; one incident for each alert"

    package init() {}

    package func recognises(_ document: JSONValue) -> Bool {
        document["alerts"]?.arrayValue != nil && document["version"] == "4"
            && document["groupKey"] != nil
            && document["receiver"] != nil
    }

    package func decode(_ delivery: Delivery) -> [Result<Incident, DeliveryError>] {
        guard let body = delivery.document.objectValue else {
            return [
                .failure(
                    DeliveryError("$", "a map is expected, found \(delivery.document.kindName)"))
            ]
        }
        guard let alerts = body["alerts"] else {
            return [.failure(DeliveryError("alerts", "missing; a list of alerts is expected"))]
        }
        guard let items = alerts.arrayValue else {
            return [
                .failure(DeliveryError("alerts", "a list is expected, found \(alerts.kindName)"))
            ]
        }
        return items.enumerated().map { index, item in
            do throws(DeliveryError) {
                return .success(try alert(item, at: "alerts[\(index)]", of: body, delivery))
            } catch {
                return .failure(error)
            }
        }
    }

    private func alert(
        _ item: JSONValue, at path: String, of body: JSONObject, _ delivery: Delivery
    ) throws(DeliveryError) -> Incident {
        guard let object = item.objectValue else {
            throw DeliveryError(path, "a map is expected, found \(item.kindName)")
        }
        let alert = MemberReader(object, at: path)
        guard let status = try alert.word("status", IncidentStatus.self) else {
            throw DeliveryError(alert.place("status"), "missing; firing or resolved is expected")
        }
        guard let start = try alert.time("startsAt") else {
            throw DeliveryError(alert.place("startsAt"), "missing; a time is expected")
        }
        let labels = try alert.textMap("labels")
        let annotations = try alert.textMap("annotations")
        let fingerprint = try alert.required("fingerprint")
        var incident = Incident(
            id: Incident.madeID(
                source: name, fingerprint: fingerprint, status: status, startedAt: start),
            fingerprint: fingerprint, status: status, priority: .medium,
            type: labels["alertname"]?.stringValue ?? "unnamed", source: name, labels: labels,
            annotations: annotations, startedAt: start, receivedAt: delivery.receivedAt)
        incident.resolvedAt = status == .resolved ? try alert.time("endsAt") : nil
        setWords(&incident, delivery.priorities)
        incident.links = try links(alert, annotations, body)
        incident.details = details(body)
        return incident
    }

    // MARK: - Mapping

    private func setWords(_ incident: inout Incident, _ own: [String: Priority]) {
        let annotations = Words(incident.annotations)
        let labels = Words(incident.labels)
        incident.title =
            annotations.first("summary", "title", "message") ?? labels.first("alertname")
        incident.description = annotations.first("description", "message")
        incident.target = target(labels)
        incident.service = labels.first("service", "app")
        incident.region = labels.first("region")
        if let word = labels.first("severity", "priority"),
            let priority = PriorityWords.priority(of: word, own)
        {
            incident.priority = priority
        } else {
            incident.labels["priority_defaulted"] = "true"
        }
    }

    /// The thing to act on; never `job`, which names the scraper's configuration.
    private func target(_ labels: Words) -> String? {
        if let stated = labels.first("belay_target", "target") { return stated }
        if let namespace = labels.first("namespace"),
            let workload = labels.first("deployment", "statefulset", "daemonset", "pod")
        {
            return "\(namespace)/\(workload)"
        }
        return labels.first("node", "service", "instance")
    }

    private func links(
        _ alert: MemberReader, _ annotations: JSONObject, _ body: JSONObject
    ) throws(DeliveryError) -> [IncidentLink] {
        let pairs = [
            ("Source", try alert.text("generatorURL")),
            ("Runbook", annotations["runbook_url"]?.stringValue),
            ("Dashboard", annotations["dashboard_url"]?.stringValue),
            ("Alertmanager", body["externalURL"]?.stringValue),
        ]
        return pairs.compactMap { title, url in
            guard let url, !url.isEmpty else { return nil }
            return IncidentLink(title: title, url: url)
        }
    }

    /// What belongs to the group.
    private func details(_ body: JSONObject) -> JSONObject {
        var details = JSONObject()
        for name in ["receiver", "groupKey", "groupLabels", "truncatedAlerts"] {
            details[name] = body[name]
        }
        return details
    }
}

/// Texts by name, of which the first that is there is wanted.
private struct Words {
    private let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    func first(_ names: String...) -> String? {
        for name in names {
            if let text = object[name]?.stringValue, !text.isEmpty { return text }
        }
        return nil
    }
}
