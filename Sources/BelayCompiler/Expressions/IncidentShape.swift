/// The fields of an incident as `match`, expressions, the schema and the messages know them.
package enum IncidentShape {
    /// What a field holds.
    package enum FieldType: Sendable, Hashable {
        case text
        /// One of a closed set of words.
        case word([String])
        case timestamp
        /// Text to text.
        case textMap
        /// Text to number; always `double` in expressions.
        case numberMap
        /// Free-form.
        case anyMap
        /// A list of `{title, url}`.
        case links
    }

    package struct Field: Sendable, Hashable {
        package var name: String
        package var type: FieldType
        /// Whether every incident has it.
        package var isAlwaysPresent: Bool
        package var meaning: String
    }

    package static let fields: [Field] = [
        Field(
            name: "annotations", type: .textMap, isAlwaysPresent: false,
            meaning: "what people wrote about the alert"),
        Field(
            name: "description", type: .text, isAlwaysPresent: false,
            meaning: "for people, at length"),
        Field(
            name: "details", type: .anyMap, isAlwaysPresent: false,
            meaning: "whatever else the source sent"),
        Field(
            name: "fingerprint", type: .text, isAlwaysPresent: true,
            meaning: "what makes two deliveries the same ongoing problem"),
        Field(name: "id", type: .text, isAlwaysPresent: true, meaning: "this delivery"),
        Field(
            name: "labels", type: .textMap, isAlwaysPresent: false, meaning: "what identifies it"),
        Field(
            name: "links", type: .links, isAlwaysPresent: false, meaning: "references for people"),
        Field(
            name: "metrics", type: .numberMap, isAlwaysPresent: false,
            meaning: "measured values by name"),
        Field(
            name: "priority", type: .word(["critical", "high", "medium", "low", "info"]),
            isAlwaysPresent: true, meaning: "how urgent it is"),
        Field(
            name: "received_at", type: .timestamp, isAlwaysPresent: true,
            meaning: "when it came here"),
        Field(name: "region", type: .text, isAlwaysPresent: false, meaning: "where it is"),
        Field(
            name: "resolved_at", type: .timestamp, isAlwaysPresent: false,
            meaning: "when it was over"),
        Field(
            name: "service", type: .text, isAlwaysPresent: false,
            meaning: "the service it belongs to"),
        Field(
            name: "source", type: .text, isAlwaysPresent: true, meaning: "the system that sent it"),
        Field(
            name: "started_at", type: .timestamp, isAlwaysPresent: true, meaning: "when it began"),
        Field(
            name: "status", type: .word(["firing", "acknowledged", "resolved"]),
            isAlwaysPresent: true,
            meaning: "whether it lasts"),
        Field(name: "target", type: .text, isAlwaysPresent: false, meaning: "the thing to act on"),
        Field(name: "title", type: .text, isAlwaysPresent: false, meaning: "for people, in a line"),
        Field(
            name: "type", type: .text, isAlwaysPresent: true,
            meaning: "the kind of problem, such as an alert's name"),
    ]

    package static func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}
