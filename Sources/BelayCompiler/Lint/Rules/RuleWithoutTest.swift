import JSON

/// RB5001: no test expects a rule.
enum RuleWithoutTest: LintRule {
    static let code = DiagnosticCode.ruleWithoutTest

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        let expected = Set(program.syntax.tests.flatMap(\.cases).flatMap(names))
        for rule in program.rules where !expected.contains(rule.id) {
            report(
                Diagnostic(
                    code, "no test expects rule `\(rule.id)`", at: rule.span,
                    help: ["add a case to a file `*.test.yaml` with `expect: {rule: \(rule.id)}`"]))
        }
    }

    private static func names(_ test: CaseSyntax) -> [String] {
        let expectations = [test.expect].compactMap { $0 } + test.timeline.compactMap(\.expect)
        let all = expectations + expectations.flatMap { $0.runs ?? [] }
        let rows = test.table.flatMap { row in
            row.values.compactMap { $0.value.constantValue?.stringValue }
        }
        return all.compactMap { $0.rule?.constant } + rows
    }
}
