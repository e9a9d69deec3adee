package import JSON

/// The YAML 1.2 core schema, for scalars that nothing else gives a type, and how YAML 1.1 would differ.
package enum CoreSchema {
    /// The value of a scalar; `.inf`, `.nan` and numbers beyond a double are text, as JSON has none.
    package static func value(of scalar: YAMLScalar) -> JSONValue {
        guard scalar.style == .plain else { return .string(scalar.text) }
        let text = scalar.text
        if isNull(text) { return .null }
        if let bool = bool(text) { return .bool(bool) }
        return number(Array(text.utf8)) ?? .string(text)
    }

    package static func isNull(_ text: String) -> Bool {
        text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    package static func bool(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }
}
