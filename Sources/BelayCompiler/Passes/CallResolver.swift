import JSON

/// Resolves `uses` and `with` against an action's contract.
struct CallResolver {
    let catalogue: ActionCatalogue
    let scope: NameScope
    /// The runbook's own time-out for steps that name none.
    let standardTimeout: Duration?

    /// The contract of an action, or a finding with the nearest names.
    func contract(
        _ uses: UsesSyntax, _ diagnostics: inout Diagnostics
    ) -> ActionContract? {
        let name = uses.uses.value
        if let contract = catalogue.action(name) { return contract }
        let near = Suggestion.nearest(to: name, in: catalogue.actionNames)
        diagnostics.append(
            Diagnostic(
                .unknownAction, "unknown action `\(name)`", at: uses.uses.span,
                help: near.map { ["did you mean `\($0)`?"] } ?? [
                    "`belay actions` lists all of them"
                ]))
        return nil
    }

    func call(
        _ uses: UsesSyntax, timeout: Located<Duration>?, _ diagnostics: inout Diagnostics
    ) -> Call? {
        guard let contract = contract(uses, &diagnostics) else { return nil }
        let count = diagnostics.count
        let inputs = inputs(of: contract, uses, &diagnostics)
        guard diagnostics.count == count || !diagnostics.hasErrors else { return nil }
        let bound = timeout?.value ?? standardTimeout ?? contract.timeout
        if bound == nil {
            diagnostics.append(
                Diagnostic(
                    .missingTimeout,
                    "nothing bounds how long `\(contract.name)` may take", at: uses.uses.span,
                    help: ["add `timeout: 30s` to the step or to `defaults`"]))
        }
        return Call(
            action: contract, inputs: inputs, timeout: bound ?? .seconds(30), span: uses.uses.span)
    }

    private func inputs(
        of contract: ActionContract, _ uses: UsesSyntax, _ diagnostics: inout Diagnostics
    ) -> [NamedTemplate] {
        for member in uses.with where contract.input(member.name.value) == nil {
            reportUnknown(member, contract, &diagnostics)
        }
        var inputs: [NamedTemplate] = []
        for input in contract.inputs {
            if let member = uses.with.last(where: { $0.name.value == input.name }) {
                if let value = value(member, input, &diagnostics) {
                    inputs.append(
                        NamedTemplate(name: input.name, value: value, span: member.value.span))
                }
            } else if let standard = input.standard {
                inputs.append(NamedTemplate(name: input.name, value: standardTemplate(standard)))
            } else if input.required {
                diagnostics.append(
                    Diagnostic(
                        .missingInput,
                        "`\(contract.name)` needs the input `\(input.name)`", at: uses.uses.span,
                        help: ["add `with: {\(input.name): …}` (\(input.type.article))"]))
            }
        }
        return inputs
    }

    private func reportUnknown(
        _ member: TemplateMember, _ contract: ActionContract, _ diagnostics: inout Diagnostics
    ) {
        let names = contract.inputs.map(\.name)
        let near = Suggestion.nearest(to: member.name.value, in: names)
        let known = names.isEmpty ? "it takes none" : "it takes \(names.joined(separator: ", "))"
        diagnostics.append(
            Diagnostic(
                .unknownInput,
                "`\(contract.name)` has no input `\(member.name.value)`", at: member.name.span,
                help: [near.map { "did you mean `\($0)`?" } ?? known]))
    }

    private func value(
        _ member: TemplateMember, _ input: InputContract, _ diagnostics: inout Diagnostics
    ) -> Template? {
        let resolver = TemplateResolver(scope: scope)
        guard
            let template = resolver.template(
                member.value, as: input.type, "input `\(input.name)`", &diagnostics)
        else { return nil }
        if let constant = template.constantValue, !constant.isNull,
            let problem = input.problem(with: constant)
        {
            diagnostics.append(
                Diagnostic(
                    .inputType, "input `\(input.name)`: \(problem)", at: member.value.span))
            return nil
        }
        return template
    }

    /// Defaults of contracts are ours or were checked where they are declared; text may hold `${{ }}`.
    private func standardTemplate(_ standard: JSONValue) -> Template {
        guard let text = standard.stringValue, text.utf8.contains(UInt8(ascii: "$")) else {
            return .constant(standard)
        }
        return StandardTemplate.template(text)
    }
}
