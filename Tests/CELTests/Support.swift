import CEL
import Testing

/// Evaluates an expression over variables of type dyn, checked.
func evaluate(
    _ source: String, _ variables: [(String, CELValue)] = [], limits: CELLimits = .standard,
    isChecked: Bool = true
) throws -> Result<CELValue, CELError> {
    let environment = CELEnvironment(variables: variables.map { ($0.0, .dyn) })
    let program = try CELProgram(source, environment, isChecked: isChecked)
    var activation = CELActivation(environment)
    for (name, value) in variables { activation.bind(name, value) }
    return program.evaluate(activation, limits: limits)
}

/// The description of the value that an expression gives.
func shown(_ source: String, _ variables: [(String, CELValue)] = []) throws -> String {
    try evaluate(source, variables).get().description
}

/// The mistakes of an expression.
func mistakes(_ source: String, _ environment: CELEnvironment) -> [CELDiagnostic] {
    do throws(CELProgram.Invalid) {
        _ = try CELProgram(source, environment)
        return []
    } catch { return error.diagnostics }
}
