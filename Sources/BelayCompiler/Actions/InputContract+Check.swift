package import JSON
import Text

extension InputContract {
    /// What is wrong with a value that is known, in the words of a message; nil if it may be passed.
    package func problem(with value: JSONValue) -> String? {
        guard type.admits(value) else { return "expected \(type.article), found \(value.kindName)" }
        if !allowed.isEmpty, !allowed.contains(value) {
            let choices = allowed.map { $0.stringValue ?? $0.text() }.joined(separator: ", ")
            return "expected one of \(choices), found \(value.text())"
        }
        guard let pattern, let text = value.stringValue else { return nil }
        guard let expression = try? RegularExpression("^(?:\(pattern))$") else {
            return "the contract's pattern \(pattern) is no RE2 pattern"
        }
        return expression.isFound(in: text)
            ? nil : "\(value.text()) does not match the pattern \(pattern)"
    }
}

extension ValueType {
    /// As messages name it: `text`, `a whole number`.
    package var article: String {
        switch self {
        case .string: "text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .duration: "a duration such as 30s"
        case .size: "a size such as 64KiB"
        case .timestamp: "a timestamp"
        case .list: "a list"
        case .map: "a map"
        case .any: "a value"
        }
    }
}
