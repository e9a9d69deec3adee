import JSON

/// Resolves every chain once, whether it is used or not, and finds cycles.
enum ChainsPass {
    static func run(_ state: inout CompilerState) {
        checkImports(&state)
        for runbook in state.syntax.runbooks {
            for chain in runbook.chains {
                _ = resolve(chain, of: runbook, [], &state)
            }
        }
        state.usedChains = []
    }

    /// Finds a chain by name in the runbook itself, then in its imports.
    static func chain(
        _ name: Located<String>, _ runbook: RunbookFile, _ state: inout CompilerState
    ) -> CompilerState.Chain? {
        find(name, runbook, [], &state)
    }

    private static func find(
        _ name: Located<String>, _ runbook: RunbookFile, _ stack: [Located<String>],
        _ state: inout CompilerState
    ) -> CompilerState.Chain? {
        for file in [runbook] + imports(of: runbook, state) {
            guard let chain = file.chains.first(where: { $0.name.value == name.value }) else {
                continue
            }
            state.usedChains.insert(.init(path: file.file.path, name: name.value))
            return resolve(chain, of: file, stack, &state)
        }
        let known = ([runbook] + imports(of: runbook, state)).flatMap {
            $0.chains.map(\.name.value)
        }
        let near = Suggestion.nearest(to: name.value, in: known)
        state.diagnostics.append(
            Diagnostic(
                .unknownAction, "unknown chain `\(name.value)`", at: name.span,
                help: [
                    near.map { "did you mean `chain/\($0)`?" }
                        ?? "declare it under `chains`, or import the file that does"
                ]))
        return nil
    }

    private static func resolve(
        _ syntax: ChainSyntax, of runbook: RunbookFile, _ stack: [Located<String>],
        _ state: inout CompilerState
    ) -> CompilerState.Chain? {
        let key = CompilerState.ChainKey(path: runbook.file.path, name: syntax.name.value)
        if let chain = state.chains[key] { return chain }
        if stack.contains(where: { $0.span == syntax.name.span }) {
            reportCycle(syntax, stack, &state.diagnostics)
            return nil
        }
        var place = StepResolver.Place(runbook: runbook, base: baseScope(syntax.params))
        place.ownerGroup = runbook.metadata.owner?.value
        let inner = stack + [syntax.name]
        var resolver = StepResolver(place: place) { find($0, $1, inner, &$2) }
        let steps = resolver.steps(syntax.steps, &state)
        let scope = place.base.adding("steps", .record("steps", resolver.place.steps))
        let outputs = syntax.outputs.compactMap { member in
            TemplateResolver(scope: scope)
                .template(
                    member.value, as: .any, "output `\(member.name.value)`", &state.diagnostics
                )
                .map { NamedTemplate(name: member.name.value, value: $0) }
        }
        let shape = ValueShape.record(
            "output of chain/\(syntax.name.value)",
            Dictionary(
                outputs.map { ($0.name, ValueShape.any) }, uniquingKeysWith: { first, _ in first }))
        let chain = CompilerState.Chain(
            syntax: syntax, steps: steps, outputs: outputs, outputShape: shape)
        state.chains[key] = chain
        return chain
    }

    private static func baseScope(_ params: [ParamSyntax]) -> NameScope {
        NameScope.rule(params: ParamsPass.shape(of: params)).adding("run", .run).adding(
            "until", .any)
    }

    private static func reportCycle(
        _ syntax: ChainSyntax, _ stack: [Located<String>], _ diagnostics: inout Diagnostics
    ) {
        let path = (stack.map(\.value) + [syntax.name.value]).joined(separator: " → ")
        diagnostics.append(
            Diagnostic(
                .chainCycle, "chain `\(syntax.name.value)` calls itself: \(path)",
                at: syntax.name.span))
    }

    private static func imports(of runbook: RunbookFile, _ state: CompilerState) -> [RunbookFile] {
        runbook.imports.compactMap { name in
            state.syntax.runbooks.first { $0.file.path == path(name.value, beside: runbook, state) }
        }
    }

    /// An import is a path from the folder of runbooks, or from the importing file's own folder.
    private static func path(
        _ name: String, beside runbook: RunbookFile, _ state: CompilerState
    ) -> String? {
        let folder = runbook.file.path.split(separator: "/").dropLast().joined(separator: "/")
        var candidates = ["\(folder)/\(name)", name, "runbooks/\(name)"]
        if folder.isEmpty { candidates[0] = name }
        let paths = state.syntax.runbooks.map(\.file.path)
        return candidates.first(where: paths.contains)
            ?? paths.first { $0.hasSuffix("/\(name)") }
    }

    private static func checkImports(_ state: inout CompilerState) {
        for runbook in state.syntax.runbooks {
            for name in runbook.imports where path(name.value, beside: runbook, state) == nil {
                let near = Suggestion.nearest(
                    to: name.value, in: state.syntax.runbooks.map(\.file.path))
                state.diagnostics.append(
                    Diagnostic(
                        .unknownValue, "no runbook file `\(name.value)`", at: name.span,
                        help: near.map { ["did you mean `\($0)`?"] } ?? []))
            }
        }
    }
}
