import BelayCompiler
package import JSON

extension Incident {
    /// Reads the form that `json` writes; nil if a member that must be there is not.
    package init?(stored value: JSONValue?) {
        guard let value,
            let id = value["id"]?.stringValue,
            let fingerprint = value["fingerprint"]?.stringValue,
            let status = value["status"]?.stringValue.flatMap(IncidentStatus.init(rawValue:)),
            let priority = value["priority"]?.stringValue.flatMap(Priority.init(rawValue:)),
            let type = value["type"]?.stringValue, let source = value["source"]?.stringValue,
            let startedAt = value.time("started_at"), let receivedAt = value.time("received_at")
        else { return nil }
        self.init(
            id: id, fingerprint: fingerprint, status: status, priority: priority, type: type,
            source: source, title: value["title"]?.stringValue,
            description: value["description"]?.stringValue, target: value["target"]?.stringValue,
            service: value["service"]?.stringValue, region: value["region"]?.stringValue,
            labels: value["labels"]?.objectValue ?? [:],
            annotations: value["annotations"]?.objectValue ?? [:],
            metrics: value["metrics"]?.objectValue ?? [:],
            details: value["details"]?.objectValue ?? [:], startedAt: startedAt,
            resolvedAt: value.time("resolved_at"), receivedAt: receivedAt,
            links: (value["links"]?.arrayValue ?? []).compactMap { link in
                guard let title = link["title"]?.stringValue, let url = link["url"]?.stringValue
                else { return nil }
                return IncidentLink(title: title, url: url)
            })
    }
}

extension JSONValue {
    fileprivate func time(_ name: String) -> Timestamp? {
        self[name]?.stringValue.flatMap(Timestamp.init(rfc3339:))
    }
}
