import BelayCompiler
package import BelayEngine
package import JSON

/// Incidents in our own form: the fields of an incident as rules see them.
///
/// One object is one incident, `{"incidents": [...]}` or a list are several. Only `type` is asked for; a
/// member that is none of an incident's is an error, so that a slip does not silently match nothing.
package struct OwnFormSource: IncidentSource {
    package let name = "belay"
    package let summary = "our own form: the fields of an incident, one object or a list"

    package init() {}

    private static let members: Set<String> = [
        "annotations", "description", "details", "fingerprint", "id", "labels", "links", "metrics",
        "priority", "received_at", "region", "resolved_at", "service", "source", "started_at",
        "status",
        "target", "title", "type",
    ]

    package func recognises(_ document: JSONValue) -> Bool {
        let first =
            document["incidents"]?.arrayValue?.first ?? document.arrayValue?.first ?? document
        guard let object = first.objectValue, object["type"]?.stringValue != nil else {
            return false
        }
        return object.names.allSatisfy(OwnFormSource.members.contains)
    }

    package func decode(_ delivery: Delivery) -> [Result<Incident, DeliveryError>] {
        let document = delivery.document
        if let list = document["incidents"] {
            guard let items = list.arrayValue else {
                return [
                    .failure(
                        DeliveryError("incidents", "a list is expected, found \(list.kindName)"))
                ]
            }
            return decode(items, under: "incidents", delivery)
        }
        if let items = document.arrayValue { return decode(items, under: "$", delivery) }
        return [decode(document, at: "", delivery)]
    }

    private func decode(
        _ items: [JSONValue], under path: String, _ delivery: Delivery
    ) -> [Result<Incident, DeliveryError>] {
        items.enumerated().map { decode($1, at: "\(path)[\($0)]", delivery) }
    }

    private func decode(
        _ item: JSONValue, at path: String, _ delivery: Delivery
    ) -> Result<Incident, DeliveryError> {
        do throws(DeliveryError) {
            guard let object = item.objectValue else {
                throw DeliveryError(
                    path.isEmpty ? "$" : path, "a map is expected, found \(item.kindName)")
            }
            return .success(try incident(MemberReader(object, at: path), delivery))
        } catch {
            return .failure(error)
        }
    }

    private func incident(
        _ reader: MemberReader, _ delivery: Delivery
    ) throws(DeliveryError) -> Incident {
        if let stranger = reader.object.names.first(where: { !OwnFormSource.members.contains($0) })
        {
            throw DeliveryError(
                reader.place(stranger),
                "an incident has no such member; free data go under 'details'")
        }
        let type = try reader.required("type")
        let received = try reader.time("received_at") ?? delivery.receivedAt
        let start = try reader.time("started_at") ?? received
        let source = try reader.text("source") ?? name
        let target = try reader.text("target")
        let status = try reader.word("status", IncidentStatus.self) ?? .firing
        let fingerprint =
            try reader.text("fingerprint")
            ?? [type, target].compactMap { $0 }.joined(separator: "/")
        let id =
            try reader.text("id")
            ?? Incident.madeID(
                source: source, fingerprint: fingerprint, status: status, startedAt: start)
        var incident = Incident(
            id: id, fingerprint: fingerprint, status: status,
            priority: try priority(reader, delivery),
            type: type, source: source, target: target, startedAt: start, receivedAt: received)
        incident.title = try reader.text("title")
        incident.description = try reader.text("description")
        incident.service = try reader.text("service")
        incident.region = try reader.text("region")
        incident.labels = try reader.textMap("labels")
        incident.annotations = try reader.textMap("annotations")
        incident.metrics = try reader.numberMap("metrics")
        incident.details = try reader.map("details")
        incident.resolvedAt = try reader.time("resolved_at")
        incident.links = try links(reader)
        return incident
    }

    private func priority(
        _ reader: MemberReader, _ delivery: Delivery
    ) throws(DeliveryError) -> Priority {
        guard let word = try reader.text("priority") else { return .medium }
        guard let priority = PriorityWords.priority(of: word, delivery.priorities) else {
            let known = Priority.allCases.map(\.rawValue).joined(separator: ", ")
            throw DeliveryError(reader.place("priority"), "'\(word)' is not one of \(known)")
        }
        return priority
    }

    private func links(_ reader: MemberReader) throws(DeliveryError) -> [IncidentLink] {
        guard let value = reader.value("links") else { return [] }
        guard let items = value.arrayValue else { throw reader.wrong("links", "a list", value) }
        var links: [IncidentLink] = []
        for (index, item) in items.enumerated() {
            guard let object = item.objectValue else {
                throw reader.wrong("links[\(index)]", "a map with title and url", item)
            }
            let link = MemberReader(object, at: reader.place("links[\(index)]"))
            links.append(
                IncidentLink(title: try link.text("title") ?? "Link", url: try link.required("url"))
            )
        }
        return links
    }
}
