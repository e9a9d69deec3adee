/// Resolves the guardrails of all files.
enum GuardrailsPass {
    static func run(_ state: inout CompilerState) {
        var ids: [String: SourceSpan] = [:]
        for file in state.syntax.guardrails {
            for syntax in file.guardrails {
                if let first = ids[syntax.id.value] {
                    state.diagnostics.append(
                        Diagnostic(
                            DiagnosticCodes.duplicateName, "two guardrails are called `\(syntax.id.value)`",
                            at: syntax.id.span, notes: [.init(first, "the first one")]))
                }
                ids[syntax.id.value] = syntax.id.span
                guard
                    let deny = FormulaCompiler.formula(
                        syntax.deny, .guardrail, wants: .boolean, &state.diagnostics)
                else { continue }
                state.guardrails.append(
                    Guardrail(
                        id: syntax.id.value, deny: deny, message: syntax.message.value,
                        effects: Set([.change, .destroy] + syntax.effects.map(\.value)),
                        span: syntax.id.span))
            }
        }
    }
}
