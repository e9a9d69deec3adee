/// A JSON value that keeps what a document said: member order, 64-bit integers exactly, larger integers as
/// their text.
///
/// Numbers: `integer` holds every number without fraction or exponent that fits 64 bits, `bignum` the text of
/// larger ones, `number` all others. Two values are equal if they are the same case with the same content;
/// objects are equal regardless of the order of their members, and text by its UTF-8 bytes.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case bignum(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    package var isNull: Bool { if case .null = self { true } else { false } }

    package var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

    package var stringValue: String? { if case .string(let value) = self { value } else { nil } }

    package var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }

    /// Any number as a double; integers beyond 2^53 lose precision.
    package var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .bignum(let text): Double(text)
        default: nil
        }
    }

    package var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

    package var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member of an object, nil if this is no object or has no such member.
    package subscript(name: String) -> JSONValue? { objectValue?[name] }

    /// The value's kind as a person would call it, for messages: `text`, `a number`, `a list`.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number, .bignum: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "a map"
        }
    }
}

extension JSONValue: Hashable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.bignum(let a), .bignum(let b)), (.string(let a), .string(let b)):
            a.utf8.elementsEqual(b.utf8)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .bignum(let text), .string(let text): for byte in text.utf8 { hasher.combine(byte) }
        case .array(let items): hasher.combine(items)
        case .object(let object): hasher.combine(object.count)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements))
    }
}
