/// A field of an incident and what it holds: what `match` and tests may name, and how their scalars are read.
package struct IncidentField: Sendable {
    package enum Kind: Sendable, Hashable {
        case text
        /// One of fixed words.
        case word([String])
        case time
        /// A map from text to text.
        case texts
        /// A map from text to numbers.
        case numbers
        /// Whatever the source sent; scalars by the core schema.
        case free
        /// A list of `{title, url}`.
        case links
    }

    package let name: String
    package let kind: Kind
    /// Whether every incident has it.
    package let isAlwaysPresent: Bool
    package let summary: String

    private init(_ name: String, _ kind: Kind, always: Bool = false, _ summary: String) {
        self.name = name
        self.kind = kind
        isAlwaysPresent = always
        self.summary = summary
    }

    package static let statuses = ["firing", "acknowledged", "resolved"]
    package static let priorities = ["critical", "high", "medium", "low", "info"]

    package static let all: [IncidentField] = [
        IncidentField("id", .text, always: true, "the source's own identifier"),
        IncidentField(
            "fingerprint", .text, always: true, "what makes two deliveries the same problem"),
        IncidentField("status", .word(statuses), always: true, "whether it is still going on"),
        IncidentField("priority", .word(priorities), always: true, "how urgent it is"),
        IncidentField("type", .text, always: true, "the kind of problem: an alert's name"),
        IncidentField("title", .text, "one line for people"),
        IncidentField("description", .text, "more for people"),
        IncidentField("target", .text, "the thing to act on"),
        IncidentField("service", .text, "the service it belongs to"),
        IncidentField("source", .text, always: true, "who reported it"),
        IncidentField("region", .text, "where it is"),
        IncidentField("labels", .texts, "what identifies it"),
        IncidentField("annotations", .texts, "what explains it"),
        IncidentField("metrics", .numbers, "measured values"),
        IncidentField("details", .free, "whatever else the source sent"),
        IncidentField("started_at", .time, always: true, "when the problem began"),
        IncidentField("resolved_at", .time, "when it ended"),
        IncidentField("received_at", .time, always: true, "when it was received"),
        IncidentField("links", .links, "where to read more"),
    ]

    package static func named(_ name: String) -> IncidentField? {
        all.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    var shape: Shape {
        switch kind {
        case .text, .word, .time: .template
        case .texts: .map(.template)
        case .numbers: .map(.value)
        case .free: .value
        case .links: .list(.map(.template))
        }
    }
}
