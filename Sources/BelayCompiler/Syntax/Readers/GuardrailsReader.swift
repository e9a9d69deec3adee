/// Reads a file of kind `Guardrails`.
package enum GuardrailsReader {
    /// What could be read; nil without a name.
    package static func read(
        _ root: YAMLNode, of file: SourceFile, _ diagnostics: inout Diagnostics
    ) -> GuardrailsFile? {
        FileReading.run(&diagnostics) { read(root, file, $0) }
    }

    static func read(_ root: YAMLNode, _ file: SourceFile, _ context: ReadingContext)
        -> GuardrailsFile?
    {
        guard let reader = MappingReader(root, Tables.guardrails, context) else { return nil }
        let metadata = HeadReader(context: context).read(reader, .guardrails)
        let guardrails = reader.list("guardrails", of: "guardrails") { guardrail($0, context) }
        context.checkUnique((guardrails ?? []).map(\.id), "guardrail")
        guard let metadata else { return nil }
        return GuardrailsFile(file: file, metadata: metadata, guardrails: guardrails ?? [])
    }

    private static func guardrail(_ node: YAMLNode, _ context: ReadingContext) -> GuardrailSyntax? {
        guard let reader = MappingReader(node, Tables.guardrail, context) else { return nil }
        let id = reader.text("id")
        let description = reader.text("description")
        let deny = reader.expression("deny")
        let message = reader.text("message")
        let effects = reader.list("effects", of: "effects") { context.word($0, Effect.self) }
        guard let id, let deny, let message else { return nil }
        return GuardrailSyntax(
            id: id, description: description, deny: deny, message: message, effects: effects ?? [],
            span: node.span)
    }
}
