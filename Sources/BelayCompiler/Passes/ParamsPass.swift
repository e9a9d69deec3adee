import JSON

/// Types and default values of the runbooks' parameters.
enum ParamsPass {
    static func run(_ state: inout CompilerState) {
        for runbook in state.syntax.runbooks {
            var values: [String: JSONValue] = [:]
            for param in runbook.params {
                guard let standard = param.standard else {
                    requireValue(param, of: runbook, &state)
                    continue
                }
                guard let value = standard.constant(as: param.type.value) else {
                    state.diagnostics.append(
                        Diagnostic(
                            .invalidValue,
                            "the default of param `\(param.name.value)` must be a constant",
                            at: standard.span))
                    continue
                }
                check(value, param, standard.span, &state.diagnostics)
                values[param.name.value] = value
            }
            state.params[runbook.metadata.name.value] = values
            state.paramShapes[runbook.metadata.name.value] = shape(of: runbook.params)
        }
    }

    static func shape(of params: [ParamSyntax]) -> ValueShape {
        .record(
            "params",
            Dictionary(
                params.map { ($0.name.value, ValueShape($0.type.value)) },
                uniquingKeysWith: { first, _ in first }))
    }

    static func contract(of param: ParamSyntax) -> InputContract {
        InputContract(
            param.name.value, param.type.value, required: param.standard == nil,
            allowed: param.allowed.compactMap { $0.constant(as: param.type.value) },
            standard: param.standard?.constant(as: param.type.value), pattern: param.pattern?.value)
    }

    /// A parameter without default must be set by every environment that lists parameters of its runbook.
    private static func requireValue(
        _ param: ParamSyntax, of runbook: RunbookFile, _ state: inout CompilerState
    ) {
        let name = "\(runbook.metadata.name.value).\(param.name.value)"
        for environment in state.syntax.environments
        where !environment.params.contains(where: {
            [name, param.name.value].contains($0.name.value)
        }) {
            state.diagnostics.append(
                Diagnostic(
                    .missingKey,
                    "param `\(param.name.value)` has no default and environment "
                        + "`\(environment.metadata.name.value)` does not set it",
                    at: param.name.span,
                    help: ["give it a `default`, or set `params: {\(name): …}` there"]))
        }
    }

    static func check(
        _ value: JSONValue, _ param: ParamSyntax, _ span: SourceSpan,
        _ diagnostics: inout Diagnostics
    ) {
        guard let problem = contract(of: param).problem(with: value) else { return }
        diagnostics.append(
            Diagnostic(
                .inputType, "param `\(param.name.value)`: \(problem)", at: span))
    }
}
