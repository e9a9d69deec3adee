package import JSON

/// An event, or a part of one, for callers that already hold values.
///
/// Members may repeat a key: both values count.
public enum EventValue: Sendable {
    case null
    case bool(Bool)
    case number(EventNumber)
    case text(String)
    case array([EventValue])
    case object([(key: String, value: EventValue)])
}

extension EventValue {
    /// Reads one JSON object strictly; text after its closing brace is ignored, as EventBridge does.
    public init(json: [UInt8], bounds: EventBounds = EventBounds()) throws(EventError) {
        guard json.count <= bounds.size else {
            throw EventError("the event is longer than \(bounds.size) bytes", at: bounds.size)
        }
        let node: PatternNode
        do throws(PatternError) {
            node = try NodeReader.read(json, depth: bounds.depth)
        } catch {
            throw EventError(error.message, at: error.position)
        }
        guard case .object = node.kind else {
            throw EventError("the event is not an object", at: node.position)
        }
        self.init(node)
    }

    /// Whether it is neither an array nor an object.
    var isScalar: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    /// The value that a tree of nodes spells.
    init(_ node: PatternNode) {
        switch node.kind {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let literal): self = .number(EventNumber(literal: literal)!)
        case .text(let text): self = .text(text)
        case .array(let items): self = .array(items.map(EventValue.init))
        case .object(let members):
            self = .object(members.map { (key: $0.key, value: EventValue($0.value)) })
        }
    }

    /// The value of a JSON document already parsed.
    package init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .number(EventNumber(number))
        case .number(let number): self = EventNumber(number).map(EventValue.number) ?? .null
        case .bignum(let literal):
            self = EventNumber(literal: literal).map(EventValue.number) ?? .null
        case .string(let text): self = .text(text)
        case .array(let items): self = .array(items.map(EventValue.init))
        case .object(let object):
            self = .object(object.members.map { (key: $0.name, value: EventValue($0.value)) })
        }
    }
}

extension EventValue: CustomStringConvertible {
    /// The value as JSON.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.description
        case .text(let text): EventValue.quoted(text)
        case .array(let items): "[" + items.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.map { EventValue.quoted($0.key) + ":" + $0.value.description }
                .joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case ..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
