/// Resolves the guardrails of all files.
enum GuardrailsPass {
    static func run(_ state: inout CompilerState) {
        for file in state.syntax.guardrails {
            for syntax in file.guardrails {
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
