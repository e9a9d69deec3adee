/// RB2001: rules that others leave nothing.
enum UnreachableRule: LintRule {
    static let code = DiagnosticCode.unreachableRule

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        guard let order = program.order else { return }
        for (place, found) in order.unreachable.sorted(by: { $0.key < $1.key }) {
            let rule = order.rules[place].rule
            let takers = found.takers.map { order.rules[$0].rule }
            report(
                Diagnostic(
                    code, "rule `\(rule.id)` can never be reached", at: rule.matchSpan ?? rule.span,
                    label: label(rule, takers, found.witness),
                    notes: takers.map { note($0, isAlone: takers.count == 1) },
                    help: [help(rule, takers[0])]))
        }
    }

    private static func label(_ rule: Rule, _ takers: [Rule], _ witness: Witness) -> String {
        let names = takers.map { "`\($0.name(beside: rule))`" }
        let shown = witness.text(of: takers + [rule])
        return takers.count == 1
            ? "\(names[0]) matches all of these too, e.g. \(shown)"
            : "\(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1]) together "
                + "match all of these, e.g. \(shown)"
    }

    private static func note(_ taker: Rule, isAlone: Bool) -> Diagnostic.Label {
        let turn = taker.isCatchAll ? "catch-all" : "precedence \(taker.precedence)"
        let what = isAlone ? "takes every such incident first" : "takes its part of them first"
        return Diagnostic.Label(taker.span, "\(what): \(turn), and `continue` is not set")
    }

    private static func help(_ rule: Rule, _ taker: Rule) -> String {
        let name = "`\(taker.name(beside: rule))`"
        return taker.isCatchAll
            ? "keep one catch-all, or let \(name) say `continue: true`"
            : "raise its precedence above \(taker.precedence), or narrow `match` of \(name)"
    }
}

extension Rule {
    /// Its id, with its runbook if that is another one.
    func name(beside other: Rule) -> String { runbook.path == other.runbook.path ? id : name }
}
