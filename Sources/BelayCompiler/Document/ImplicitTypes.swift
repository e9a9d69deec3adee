import JSON

/// Warns of plain scalars, where nothing but their looks gives them a type, that YAML 1.1 tools read otherwise.
package enum ImplicitTypes {
    /// Checks a value and all in it whose types come from the core schema.
    package static func check(_ node: YAMLNode, _ report: (Diagnostic) -> Void) {
        switch node.content {
        case .scalar(let scalar):
            if let other = CoreSchema.otherReading(of: scalar) {
                report(finding(node, scalar, other))
            }
        case .sequence(let items):
            for item in items { check(item, report) }
        case .mapping(let entries):
            for entry in entries { check(entry.value, report) }
        }
    }

    private static func finding(_ node: YAMLNode, _ scalar: YAMLScalar, _ other: String)
        -> Diagnostic
    {
        let value = CoreSchema.value(of: scalar)
        let isText = value.stringValue != nil
        let quoted = "\"\(scalar.text)\""
        return Diagnostic(
            .implicitType,
            "`\(scalar.text)` is \(words(value)) here and \(other) to YAML 1.1 tools",
            at: node.span,
            help: [
                isText
                    ? "quote it: `\(quoted)`"
                    : "write `\(quoted)` for text, `\(value.text())` for the number"
            ],
            fix: isText ? Fix("quote it", replace: node.span, with: quoted) : nil)
    }

    private static func words(_ value: JSONValue) -> String {
        switch value {
        case .string: "text"
        default: "the number \(value.text())"
        }
    }
}
