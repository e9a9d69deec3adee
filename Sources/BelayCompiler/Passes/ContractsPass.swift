import JSON

/// Adds the contracts that a repository declares in files of kind Actions.
enum ContractsPass {
    static func run(_ state: inout CompilerState) {
        for action in state.syntax.actions.flatMap(\.actions) {
            state.catalogue.add(contract(of: action))
        }
    }

    private static func contract(of action: ActionSyntax) -> ActionContract {
        ActionContract(
            action.name.value, description: action.description?.value ?? "",
            effect: action.effect.value,
            recovery: action.recovery?.value ?? (action.effect.value == .read ? .pure : .once),
            inputs: action.inputs.map { input in
                InputContract(
                    input.name.value, input.type.value, required: input.required?.value ?? false,
                    allowed: input.allowed.compactMap { $0.constant(as: input.type.value) },
                    standard: input.standard.flatMap { $0.standard(as: input.type.value) },
                    pattern: input.pattern?.value, description: input.description?.value ?? "")
            },
            outputs: action.outputs.map {
                OutputContract(
                    $0.name.value, $0.type.value, description: $0.description?.value ?? "")
            },
            timeout: action.timeout?.value, undo: action.undo?.value, probe: action.probe?.value)
    }
}

extension TemplateValue {
    /// The constant in a declared type: plain scalars are text where text is due.
    func constant(as type: ValueType) -> JSONValue? {
        guard case .constant(let scalar) = self else { return constantValue }
        switch type {
        case .string, .duration, .size, .timestamp: return .string(scalar.text)
        case .integer, .number, .boolean, .list, .map, .any: return scalar.core
        }
    }

    /// A default of a contract: a constant, or text with `${{ }}` kept as it is written.
    fileprivate func standard(as type: ValueType) -> JSONValue? {
        if case .template(let template) = self { return .string(template.text) }
        return constant(as: type)
    }
}
