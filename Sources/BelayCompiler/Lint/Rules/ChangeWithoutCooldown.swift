/// RB3008: a rule that changes something may do so again and again.
enum ChangeWithoutCooldown: LintRule {
    static let code = DiagnosticCode.changeWithoutCooldown

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for rule in program.rules where rule.changes && rule.cooldown == nil {
            report(
                Diagnostic(
                    code, "rule `\(rule.id)` changes something and has no cooldown", at: rule.span,
                    help: [
                        "add `cooldown: {for: 15m}`: after a change it rests that long for the same target"
                    ]))
        }
    }
}
