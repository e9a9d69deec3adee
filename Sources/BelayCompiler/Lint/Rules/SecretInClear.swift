import JSON
import Text

/// RB3003: a value that looks like a secret stands in a file.
enum SecretInClear: LintRule {
    static let code = DiagnosticCode.secretInClear

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for environment in program.environments {
            for binding in environment.bindings.values.sorted(by: { $0.action < $1.action }) {
                for setting in binding.settings { check(setting, report) }
            }
        }
        for rule in program.rules {
            for step in rule.allSteps {
                for input in step.call?.inputs ?? [] { check(input, report) }
            }
        }
    }

    private static func check(_ named: NamedTemplate, _ report: (Diagnostic) -> Void) {
        guard let text = named.value.constantValue?.stringValue, let span = named.span,
            !text.isEmpty
        else {
            return
        }
        guard names?.isFound(in: named.name) == true || shapes?.isFound(in: text) == true else {
            return
        }
        report(
            Diagnostic(
                code, "`\(named.name)` looks like a secret in clear", at: span,
                help: [
                    "declare it under `secrets` of the environment and write `${{ secrets.NAME }}`",
                    "what was committed once is known: change it",
                ]))
    }

    private static let names = try? RegularExpression(
        "(?i)password|secret|token|api_?key|private_key")
    /// AWS access keys, GitHub, Slack and PagerDuty tokens, PEM private keys: their published prefixes.
    private static let shapes = try? RegularExpression(
        [
            "(AKIA|ASIA)[A-Z0-9]{16}", "gh[pousr]_[A-Za-z0-9]{36}", "xox[abpr]-[A-Za-z0-9-]{10}",
            "-----BEGIN [A-Z ]*PRIVATE KEY-----",
        ].joined(separator: "|"))
}
