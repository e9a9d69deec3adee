/// RB3007: nothing looks whether a change has helped.
enum UnverifiedChange: LintRule {
    static let code = DiagnosticCode.unverifiedChange

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for rule in program.rules where rule.until == nil {
            for step in rule.chainSteps
            where step.verify == nil && step.call?.action.effect.isChange == true {
                report(
                    Diagnostic(
                        code, "nothing checks whether `\(step.id)` has helped", at: step.span,
                        help: ["give the rule an `until`, or the step a `verify`"]))
            }
        }
    }
}
