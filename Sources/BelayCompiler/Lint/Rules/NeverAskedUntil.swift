/// RB2003: an `until` that can never be asked, because no step of the chain changes anything.
enum NeverAskedUntil: LintRule {
    static let code = DiagnosticCode.neverTrue

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for rule in program.rules where rule.until != nil && !rule.changes {
            report(
                Diagnostic(
                    code, "`until` of rule `\(rule.id)` is never asked: no step changes anything",
                    at: rule.span, help: ["remove `until`, or use `wait_for` to wait for something"]
                ))
        }
    }
}
