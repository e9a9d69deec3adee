/// RB3005: a step that destroys, without a limit on how many targets.
enum UnboundedBlastRadius: LintRule {
    static let code = DiagnosticCode.unboundedBlastRadius

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for rule in program.rules where rule.blastRadius == nil {
            for step in rule.chainSteps where step.call?.action.effect == .destroy {
                report(
                    Diagnostic(
                        code, "`\(step.id)` destroys, and nothing limits how many targets",
                        at: step.span,
                        help: [
                            "add `blast_radius: {max_targets: 1, per: 10m}` to rule `\(rule.id)`"
                        ]))
            }
        }
    }
}
