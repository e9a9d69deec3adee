import JSON

/// Templates of contracts' defaults: text of ours, compiled like a runbook's but without a file of the user's.
enum StandardTemplate {
    static func template(_ text: String) -> Template {
        let file = SourceFile(path: "contract", text: "value: \"\(text)\"\n")
        var diagnostics = Diagnostics()
        guard let node = YAMLParser.parse(file, &diagnostics)?["value"],
            let template = TemplateText(scanning: node, &diagnostics)
        else { return .constant(.string(text)) }
        var scope = NameScope([
            "incident": .incident, "run": .run, "env": .map(.text), "now": .timestamp,
            "params": .any,
        ])
        scope.allowsSecrets = false
        return TemplateResolver(scope: scope).template(template, as: .any, "default", &diagnostics)
            ?? .constant(.string(text))
    }
}
