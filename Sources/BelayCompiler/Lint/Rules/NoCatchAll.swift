/// RB2005: incidents that no rule is for go unnoticed.
enum NoCatchAll: LintRule {
    static let code = DiagnosticCode.noCatchAll

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        guard !program.rules.isEmpty, !program.rules.contains(where: \.isCatchAll) else { return }
        report(
            Diagnostic(
                code,
                "no rule says `catch_all: true`: an incident that no rule matches reaches nobody",
                at: nil, help: ["add a rule with `catch_all: true` that tells a person"]))
    }
}
