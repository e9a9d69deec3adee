import BelayCompiler
import BelayEngine

/// An explanation as the terminal shows it: what was taken first, then the nearest misses.
struct ExplanationView {
    let text: String

    init(_ explanation: DecisionExplanation) {
        let incident = explanation.incident
        var lines = [
            "\(incident.id.shortened)  \(incident.type)  \(incident.priority.rawValue)  "
                + (incident.target ?? "no target")
        ]
        let ordered = explanation.rules.enumerated().sorted { left, right in
            (Self.turn(left.element), left.offset) < (Self.turn(right.element), right.offset)
        }
        for (_, rule) in ordered { lines += [""] + Self.lines(rule) }
        text = lines.joined(separator: "\n")
    }

    private static func turn(_ rule: RuleExplanation) -> Int {
        if case .taken = rule.verdict.outcome { return -2 }
        return rule.verdict.matches ? -1 : rule.missing
    }

    private static func lines(_ rule: RuleExplanation) -> [String] {
        var lines = ["\(rule.rule)  \(verdict(rule.verdict))"]
        let names = rule.clauses.map(\.name.unicodeScalars.count).max() ?? 0
        let first = rule.clauses.firstIndex { !$0.holds }
        for (place, clause) in rule.clauses.enumerated() {
            let mark = clause.holds ? "ok  " : "no  "
            var line = "  \(mark)\(clause.name.padded(names))  "
            line += clause.holds ? clause.found : "wants \(clause.wanted), found \(clause.found)"
            if place == first, let span = clause.span { line += "   \(span)" }
            lines.append(line)
            if !clause.holds, let drawing = clause.drawing {
                lines += drawing.split(separator: "\n").map { "        \($0)" }
            }
        }
        return lines
    }

    private static func verdict(_ verdict: RuleVerdict) -> String {
        switch verdict.outcome {
        case .taken(let mode): mode == .auto ? "taken" : "taken, only to \(mode.rawValue)"
        case .shadowed(let winner): "matches, not taken: \(winner) was before it"
        case .suppressed(let reason, let until):
            "matches, held back: \(reason.rawValue)"
                + (until.map { " until \($0.shortRFC3339)" } ?? "")
        case .notAsked: "not asked"
        case .noMatch: "does not match"
        case .whenFalse: "does not match: when is false"
        case .whenFailed(let problem):
            "does not match: when could not be evaluated: \(problem.message)"
        }
    }
}
