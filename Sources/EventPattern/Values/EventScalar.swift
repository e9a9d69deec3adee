/// A leaf's value in an event: what a test judges.
public enum EventScalar: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(EventNumber)
    case text(ByteText)
}

extension EventScalar: CustomStringConvertible {
    /// The value as JSON.
    public var description: String { value.description }

    /// The leaf as an event value.
    public var value: EventValue {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let number): .number(number)
        case .text(let text): .text(text.text)
        }
    }
}
