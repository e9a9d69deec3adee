package import BelayCompiler
package import JSON

/// Turns one delivery of some system into incidents.
package protocol IncidentSource: Sendable {
    /// As `--source` and the API name it: `alertmanager`, `belay`.
    var name: String { get }
    /// One sentence for the catalogue.
    var summary: String { get }

    /// Whether a document certainly has this source's form.
    func recognises(_ document: JSONValue) -> Bool

    /// Reads a delivery; each part that cannot be read is an error with its place, the others stand.
    func decode(_ delivery: Delivery) -> [Result<Incident, DeliveryError>]
}

/// A body as it came, and how the environment wants this source read.
package struct Delivery: Sendable {
    package var document: JSONValue
    package var receivedAt: Timestamp
    /// The environment's own words for priorities: `page` → `critical`.
    package var priorities: [String: Priority]

    package init(document: JSONValue, receivedAt: Timestamp, priorities: [String: Priority] = [:]) {
        self.document = document
        self.receivedAt = receivedAt
        self.priorities = priorities
    }
}

/// Why a part of a delivery is no incident: which member is wrong, what was expected and what was found.
package struct DeliveryError: Error, Sendable, Hashable {
    /// `alerts[2].startsAt`.
    package var member: String
    package var message: String

    package init(_ member: String, _ message: String) {
        self.member = member
        self.message = message
    }
}

extension DeliveryError: CustomStringConvertible {
    package var description: String { "\(member): \(message)" }
}
