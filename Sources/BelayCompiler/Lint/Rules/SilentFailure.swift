/// RB3004: a rule changes something, and when that fails nobody hears of it.
enum SilentFailure: LintRule {
    static let code = DiagnosticCode.silentFailure

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for rule in program.rules where rule.changes && !tells(rule) {
            report(
                Diagnostic(
                    code, "rule `\(rule.id)` changes something, and no failure reaches a person",
                    at: rule.span,
                    help: ["add `on_failure: [{uses: notify_human}]`, or a last step that tells"]))
        }
    }

    /// A notify step of the chain without `if` runs after a failure too; one in a handler tells of it.
    private static func tells(_ rule: LintedRule) -> Bool {
        rule.onFailure.flatMap(\.withInner).contains { $0.effect == .notify }
            || rule.chainSteps.contains { $0.effect == .notify && $0.condition.expression == nil }
    }
}
