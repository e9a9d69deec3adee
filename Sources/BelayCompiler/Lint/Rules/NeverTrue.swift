import EventPattern

/// RB2003: rules whose `match` and `when` no incident can satisfy.
enum NeverTrue: LintRule {
    static let code = DiagnosticCode.neverTrue

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for rule in program.rules where rule.pattern != nil || rule.when != nil {
            guard IncidentSets(rule.rule).isEmpty else { continue }
            report(
                Diagnostic(
                    code, "no incident can satisfy rule `\(rule.id)`", at: span(rule.rule),
                    label: label(rule.rule), help: ["mend the conditions, or remove the rule"]))
        }
    }

    /// A condition that by itself nothing satisfies.
    private static func impossible(_ rule: Rule) -> Condition? {
        rule.pattern?.conditions.first { condition in
            IncidentValues.real(ValueSet(condition), condition.path).isEmpty == .yes
        }
    }

    /// Whether `match` alone leaves nothing.
    private static func matchIsEmpty(_ rule: Rule) -> Bool {
        var alone = rule
        alone.when = nil
        return IncidentSets(alone).isEmpty
    }

    private static func span(_ rule: Rule) -> SourceSpan {
        if let condition = impossible(rule),
            rule.conditionSpans.indices.contains(condition.position)
        {
            return rule.conditionSpans[condition.position]
        }
        if !matchIsEmpty(rule), let when = rule.when { return when.span }
        return rule.matchSpan ?? rule.span
    }

    private static func label(_ rule: Rule) -> String {
        if let condition = impossible(rule) { return "no value of `\(condition.path.text)` is so" }
        if matchIsEmpty(rule) { return "these conditions exclude one another" }
        return rule.pattern == nil
            ? "these comparisons exclude one another" : "this excludes what `match` asks, or itself"
    }
}
