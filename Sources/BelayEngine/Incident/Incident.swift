package import BelayCompiler
package import JSON

/// How urgent an incident is; the order is that of urgency.
package enum Priority: String, Sendable, Hashable, CaseIterable {
    case critical
    case high
    case medium
    case low
    case info
}

/// Whether the problem lasts.
package enum IncidentStatus: String, Sendable, Hashable, CaseIterable {
    case firing
    case acknowledged
    case resolved
}

/// A reference for people.
package struct IncidentLink: Sendable, Hashable {
    package var title: String
    package var url: String

    package init(title: String, url: String) {
        self.title = title
        self.url = url
    }
}

/// One report of one problem, normalised: what every rule sees, whatever it came from.
package struct Incident: Sendable, Hashable {
    /// The source's own identifier of this delivery, or one made from source, fingerprint, status and start.
    package var id: String
    /// What makes two deliveries the same ongoing problem.
    package var fingerprint: String
    package var status: IncidentStatus
    package var priority: Priority
    /// The kind of problem, such as an alert's name.
    package var type: String
    package var source: String
    package var title: String?
    package var description: String?
    /// The thing to act on.
    package var target: String?
    package var service: String?
    package var region: String?
    package var labels: JSONObject
    package var annotations: JSONObject
    /// Text to number.
    package var metrics: JSONObject
    /// Whatever else the source sent.
    package var details: JSONObject
    package var startedAt: Timestamp
    package var resolvedAt: Timestamp?
    package var receivedAt: Timestamp
    package var links: [IncidentLink]

    package init(
        id: String, fingerprint: String, status: IncidentStatus = .firing, priority: Priority,
        type: String, source: String, title: String? = nil, description: String? = nil,
        target: String? = nil, service: String? = nil, region: String? = nil,
        labels: JSONObject = [:],
        annotations: JSONObject = [:], metrics: JSONObject = [:], details: JSONObject = [:],
        startedAt: Timestamp, resolvedAt: Timestamp? = nil, receivedAt: Timestamp,
        links: [IncidentLink] = []
    ) {
        self.id = id
        self.fingerprint = fingerprint
        self.status = status
        self.priority = priority
        self.type = type
        self.source = source
        self.title = title
        self.description = description
        self.target = target
        self.service = service
        self.region = region
        self.labels = labels
        self.annotations = annotations
        self.metrics = metrics
        self.details = details
        self.startedAt = startedAt
        self.resolvedAt = resolvedAt
        self.receivedAt = receivedAt
        self.links = links
    }
}
