/// RB3010: a step destroys for good, and no person agrees first.
enum IrreversibleWithoutApproval: LintRule {
    static let code = DiagnosticCode.irreversibleWithoutApproval

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for rule in program.rules where rule.mode == .auto {
            for step in rule.chainSteps where step.approval == nil {
                guard let action = step.call?.action, action.effect == .destroy, action.undo == nil
                else {
                    continue
                }
                report(
                    Diagnostic(
                        code, "`\(action.name)` cannot be undone, and nobody approves it",
                        at: step.span,
                        help: [
                            "add `approval: {from: [group/…]}` to the step, or `mode: suggest` to the rule"
                        ]))
            }
        }
        for rule in program.rules {
            for step in rule.chainSteps
            where step.approval?.onTimeout == .proceed && step.call?.action.effect == .destroy {
                report(
                    Diagnostic(
                        .conflictingKeys, "silence must not approve what destroys", at: step.span,
                        help: ["remove `on_timeout: proceed`"]))
            }
        }
    }
}
