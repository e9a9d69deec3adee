import BelayCompiler
package import JSON

extension Incident {
    /// The incident in our own form: the fields of `language.md` section 2, absent ones left out.
    package var json: JSONObject {
        var object: JSONObject = [
            "id": .string(id), "fingerprint": .string(fingerprint),
            "status": .string(status.rawValue),
            "priority": .string(priority.rawValue), "type": .string(type),
            "source": .string(source),
        ]
        object["title"] = title.map(JSONValue.string)
        object["description"] = description.map(JSONValue.string)
        object["target"] = target.map(JSONValue.string)
        object["service"] = service.map(JSONValue.string)
        object["region"] = region.map(JSONValue.string)
        if !labels.isEmpty { object["labels"] = .object(labels) }
        if !annotations.isEmpty { object["annotations"] = .object(annotations) }
        if !metrics.isEmpty { object["metrics"] = .object(metrics) }
        if !details.isEmpty { object["details"] = .object(details) }
        object["started_at"] = .string(startedAt.shortRFC3339)
        object["resolved_at"] = resolvedAt.map { .string($0.shortRFC3339) }
        object["received_at"] = .string(receivedAt.shortRFC3339)
        if !links.isEmpty {
            object["links"] = .array(
                links.map { ["title": .string($0.title), "url": .string($0.url)] })
        }
        return object
    }
}
