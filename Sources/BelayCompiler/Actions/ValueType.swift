package import JSON

/// The type of an input, an output or a parameter, as a runbook names it.
package enum ValueType: String, Sendable, Hashable, CaseIterable {
    case string
    case integer
    case number
    case boolean
    /// Text such as `1h30m`.
    case duration
    /// Text such as `64KiB`.
    case size
    /// Text in RFC 3339.
    case timestamp
    case list
    case map
    case any

    /// Whether a value that is known already has this type; the content of text is judged elsewhere.
    package func admits(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.any, _): true
        case (.string, .string), (.duration, .string), (.size, .string), (.timestamp, .string): true
        case (.integer, .integer), (.integer, .bignum): true
        case (.number, .integer), (.number, .number), (.number, .bignum): true
        case (.boolean, .bool), (.list, .array), (.map, .object): true
        default: false
        }
    }
}
