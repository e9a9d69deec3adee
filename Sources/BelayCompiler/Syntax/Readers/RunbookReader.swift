/// Reads a file of kind `Runbook`; it keeps going and reports all that is wrong.
package enum RunbookReader {
    /// What could be read, without rules and steps that lack what makes them; nil without a name.
    package static func read(
        _ root: YAMLNode, of file: SourceFile, _ diagnostics: inout Diagnostics
    ) -> RunbookFile? {
        FileReading.run(&diagnostics) { read(root, file, $0) }
    }

    static func read(_ root: YAMLNode, _ file: SourceFile, _ context: ReadingContext)
        -> RunbookFile?
    {
        guard let reader = MappingReader(root, Tables.runbook, context) else { return nil }
        let metadata = HeadReader(context: context).read(reader, .runbook)
        let params = reader.map("params", of: "parameters") {
            ParamReader(context: context).read($0)
        }
        let defaults = reader.node("defaults").flatMap { Self.defaults($0, context) }
        let imports = reader.texts("imports", of: "paths")
        let chains = reader.map("chains", of: "chains") { chain($0, context) }
        let rules = reader.list("rules", of: "rules") { RuleReader(context: context).read($0) }
        context.checkUnique((rules ?? []).map(\.id), "rule")
        guard let metadata else { return nil }
        return RunbookFile(
            file: file, metadata: metadata, params: params ?? [], defaults: defaults,
            imports: imports ?? [],
            chains: chains ?? [], rules: rules ?? [])
    }

    private static func defaults(_ node: YAMLNode, _ context: ReadingContext) -> DefaultsSyntax? {
        guard let reader = MappingReader(node, Tables.defaults, context) else { return nil }
        let steps = StepReader(context: context)
        let onFailure = reader.list("on_failure", of: "steps", steps.read)
        StepNames.check([], handlers: [onFailure ?? []], context)
        return DefaultsSyntax(
            timeout: reader.duration("timeout"), retry: reader.node("retry").flatMap(steps.retry),
            onFailure: onFailure, mode: reader.word("mode", Mode.self), span: node.span)
    }

    private static func chain(_ entry: YAMLEntry, _ context: ReadingContext) -> ChainSyntax? {
        guard let reader = MappingReader(entry.value, Tables.chainBody, context) else { return nil }
        let name = context.checked(entry.key, .name)
        let description = reader.text("description")
        let params = reader.map("params", of: "parameters") {
            ParamReader(context: context).read($0)
        }
        let steps = reader.list("steps", of: "steps", StepReader(context: context).read)
        let outputs = reader.members("outputs", of: "outputs")
        StepNames.check(steps ?? [], handlers: [], context)
        guard let name, let steps else { return nil }
        return ChainSyntax(
            name: name, description: description, params: params ?? [], steps: steps,
            outputs: outputs,
            span: entry.key.span.joined(entry.value.span))
    }
}
