/// RB2002: rules of one precedence that can match one incident, so that their names decide.
///
/// Conditions that cannot be said as sets of values, such as a `when` with functions, are not decided and not
/// reported; of several overlaps of a rule only the first is.
enum OverlappingRules: LintRule {
    static let code = DiagnosticCode.overlappingRules

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for (first, second, witness) in program.order?.overlaps ?? [] {
            guard let order = program.order else { return }
            let (taken, left) = (order.rules[first].rule, order.rules[second].rule)
            let name = taken.name(beside: left)
            let why =
                taken.runbook.name == left.runbook.name ? "it stands before" : "of their names"
            report(
                Diagnostic(
                    code, "rules `\(name)` and `\(left.id)` can match the same incident",
                    at: left.matchSpan ?? left.span,
                    label:
                        "e.g. \(witness.text(of: [taken, left])), which `\(name)` takes because \(why)",
                    notes: [.init(taken.span, "has precedence \(taken.precedence) too")],
                    help: ["give one of them a higher `precedence`, or narrow `match`"]))
        }
    }
}
