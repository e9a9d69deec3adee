import JSON

/// Templates of contracts' defaults: text of ours, compiled like a runbook's but without a file of the user's.
enum StandardTemplate {
    /// What a rule acts on where it names no `target`.
    static let incidentTarget = compiled("${{ incident.?target.orValue(\"\") }}")
    private static let runTarget = compiled(runTargetText)
    private static let runTargetText = "${{ run.target }}"

    static func template(_ text: String) -> Template {
        text == runTargetText ? runTarget : compiled(text)
    }

    private static func compiled(_ text: String) -> Template {
        let file = SourceFile(path: "contract", text: "value: '\(text)'\n")
        var diagnostics = Diagnostics()
        guard let node = YAMLParser.parse(file, &diagnostics)?["value"],
            let syntax = ReadingContext().template(node)
        else { return .constant(.string(text)) }
        let scope = NameScope([
            "incident": .incident, "run": .run, "env": .map(.text), "now": .timestamp,
            "params": .any,
        ])
        let template = TemplateResolver(scope: scope).template(
            syntax, as: .any, "default", &diagnostics)
        precondition(template != nil, "the default \(text) of a contract does not compile")
        return template ?? .constant(.string(text))
    }
}
