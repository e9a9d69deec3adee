/// Reads a file of kind `Actions`.
package enum ActionsReader {
    /// What could be read; nil without a name.
    package static func read(
        _ root: YAMLNode, of file: SourceFile, _ diagnostics: inout Diagnostics
    ) -> ActionsFile? {
        FileReading.run(&diagnostics) { read(root, file, $0) }
    }

    static func read(_ root: YAMLNode, _ file: SourceFile, _ context: ReadingContext)
        -> ActionsFile?
    {
        guard let reader = MappingReader(root, Tables.actions, context) else { return nil }
        let metadata = HeadReader(context: context).read(reader, .actions)
        let actions = reader.map("actions", of: "actions") { action($0, context) }
        guard let metadata else { return nil }
        return ActionsFile(file: file, metadata: metadata, actions: actions ?? [])
    }

    private static func action(_ entry: YAMLEntry, _ context: ReadingContext) -> ActionSyntax? {
        guard let reader = MappingReader(entry.value, Tables.action, context) else { return nil }
        let params = ParamReader(context: context)
        let name = context.checked(entry.key, .action)
        let description = reader.text("description")
        let effect = reader.word("effect", Effect.self)
        let recovery = reader.word("recovery", RecoveryClass.self)
        let inputs = reader.map("inputs", of: "inputs", params.input)
        let outputs = reader.map("outputs", of: "outputs", params.output)
        let timeout = reader.duration("timeout")
        let undo = reader.node("undo").flatMap { $0.isNull ? nil : context.name($0, .action) }
        let probe = reader.text("probe")
        guard let name, let effect else { return nil }
        return ActionSyntax(
            name: name, description: description, effect: effect, recovery: recovery,
            inputs: inputs ?? [],
            outputs: outputs ?? [], timeout: timeout, undo: undo, probe: probe, span: entry.key.span
        )
    }
}
