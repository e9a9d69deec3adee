/// Reads parameters of runbooks and chains, and inputs and outputs of contracts.
struct ParamReader {
    let context: ReadingContext

    func read(_ entry: YAMLEntry) -> ParamSyntax? {
        guard let reader = MappingReader(entry.value, Tables.param, context) else { return nil }
        let name = context.checked(entry.key, .identifier)
        let type = reader.word("type", ValueType.self)
        let description = reader.text("description")
        let (standard, allowed, pattern) = values(reader)
        guard let name, let type else { return nil }
        return ParamSyntax(
            name: name, type: type, description: description, standard: standard, allowed: allowed,
            pattern: pattern, span: entry.key.span)
    }

    func input(_ entry: YAMLEntry) -> InputSyntax? {
        guard let reader = MappingReader(entry.value, Tables.input, context) else { return nil }
        let name = context.checked(entry.key, .identifier)
        let type = reader.word("type", ValueType.self)
        let required = reader.boolean("required")
        let description = reader.text("description")
        let (standard, allowed, pattern) = values(reader)
        if let required, required.value, standard != nil {
            context.report(
                .conflictingKeys, "a required input has no `default`", at: reader.place("default"),
                label: "never used",
                notes: [Diagnostic.Label(reader.place("required"), "must be given")],
                help: ["remove one of the two"])
        }
        guard let name, let type else { return nil }
        return InputSyntax(
            name: name, type: type, required: required, description: description,
            standard: standard,
            allowed: allowed, pattern: pattern, span: entry.key.span)
    }

    func output(_ entry: YAMLEntry) -> OutputSyntax? {
        guard let reader = MappingReader(entry.value, Tables.output, context) else { return nil }
        let name = context.checked(entry.key, .identifier)
        let type = reader.word("type", ValueType.self)
        let description = reader.text("description")
        guard let name, let type else { return nil }
        return OutputSyntax(name: name, type: type, description: description, span: entry.key.span)
    }

    private func values(
        _ reader: MappingReader
    ) -> (standard: TemplateValue?, allowed: [TemplateValue], pattern: Located<String>?) {
        let standard = reader.node("default").map { context.templateValue($0) }
        let allowed = reader.list("enum", of: "values") { context.templateValue($0) }
        return (standard, allowed ?? [], reader.text("pattern"))
    }
}
