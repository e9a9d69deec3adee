package import BelayCompiler
import EventPattern
package import JSON

/// Why each rule is taken for an incident or not: clause by clause, value against expectation.
package struct DecisionExplanation: Sendable {
    package var incident: Incident
    package var decision: Decision
    package var rules: [RuleExplanation]

    /// Explains all rules, or the one with this id or name.
    package init(_ decider: Decider, _ incident: Incident, at now: Timestamp, only: String? = nil) {
        self.incident = incident
        decision = decider.decide(incident, at: now)
        let event = EventValue(.object(incident.json))
        rules = decision.verdicts.compactMap { verdict in
            let rule = decider.program.rules[verdict.place]
            guard only == nil || rule.id == only || rule.name == only else { return nil }
            return RuleExplanation(rule, verdict, event, decider.scope(of: rule, incident, at: now))
        }
    }
}

/// One rule's clauses and what became of it.
package struct RuleExplanation: Sendable {
    /// One thing that must hold.
    package struct Clause: Sendable {
        /// `match.priority`, `when`, `status`.
        package var name: String
        package var holds: Bool
        /// As the runbook says it.
        package var wanted: String
        /// What the incident has, or why it could not be judged.
        package var found: String
        package var span: SourceSpan?
        /// The expression with the values of its parts below it.
        package var drawing: String?
    }

    package var rule: String
    package var verdict: RuleVerdict
    package var clauses: [Clause]
    /// How many clauses do not hold: near misses have few.
    package var missing: Int { clauses.count { !$0.holds } }

    init(_ rule: Rule, _ verdict: RuleVerdict, _ event: EventValue, _ scope: Scope) {
        self.rule = rule.name
        self.verdict = verdict
        clauses = Self.status(rule, verdict)
        if let pattern = rule.pattern { clauses += Self.match(pattern, rule, event) }
        if let when = rule.when, clauses.allSatisfy(\.holds) {
            clauses.append(Self.when(when, scope))
        }
    }

    private static func status(_ rule: Rule, _ verdict: RuleVerdict) -> [Clause] {
        guard case .notAsked(let status) = verdict.outcome else { return [] }
        return [
            Clause(
                name: "status", holds: false,
                wanted: rule.statuses.isEmpty ? "firing" : rule.statuses.joined(separator: ", "),
                found: status.rawValue, span: rule.span)
        ]
    }

    private static func when(_ when: Formula, _ scope: Scope) -> Clause {
        var clause = Clause(
            name: "when", holds: false, wanted: when.text, found: "", span: when.span,
            drawing: when.drawing(in: scope))
        switch when.holds(in: scope) {
        case .success(let holds):
            clause.holds = holds
            clause.found = when.drawn(in: scope)
        case .failure(let problem): clause.found = "error: \(problem.message)"
        }
        return clause
    }

    private static func match(_ pattern: EventPattern, _ rule: Rule, _ event: EventValue)
        -> [Clause]
    {
        do throws(EventError) {
            let explanation = try pattern.explain(event)
            var clauses = explanation.parts.flatMap { part in self.list(part, rule) }
            if explanation.failsOnlyTogether {
                clauses.append(
                    Clause(
                        name: "match", holds: false,
                        wanted: "all conditions in the same element of a list",
                        found: "each holds in another one", span: rule.matchSpan))
            }
            return clauses
        } catch {
            preconditionFailure("an incident in our own form cannot be matched: \(error)")
        }
    }

    private static func list(_ part: Explanation.Part, _ rule: Rule) -> [Clause] {
        switch part {
        case .condition(let condition):
            guard !condition.isOverridden else { return [] }
            let found = condition.found.map { $0.value.description }
            return [
                Clause(
                    name: "match.\(condition.path)", holds: condition.holds,
                    wanted: condition.alternatives.map(\.text).joined(separator: " or "),
                    found: found.isEmpty ? "absent" : found.joined(separator: ", "),
                    span: span(condition.position, rule))
            ]
        case .either(let groups, let position, let holds):
            let texts = groups.map { group in
                group.flatMap { list($0, rule) }.map { "\($0.name) \($0.wanted)" }
                    .joined(separator: " and ")
            }
            return [
                Clause(
                    name: "match.$or", holds: holds, wanted: texts.joined(separator: " or "),
                    found: holds ? "one of them" : "none of them", span: span(position, rule))
            ]
        }
    }

    private static func span(_ position: Int, _ rule: Rule) -> SourceSpan? {
        rule.conditionSpans.indices.contains(position)
            ? rule.conditionSpans[position] : rule.matchSpan
    }
}

extension DecisionExplanation {
    /// For programs; members are only added within a major `schema_version`.
    package var json: JSONValue {
        [
            "schema_version": "1.0", "incident": .string(incident.id),
            "rules": .array(
                rules.map { rule in
                    guard case .object(var object) = rule.verdict.json else { return .null }
                    object["clauses"] = .array(rule.clauses.map(\.json))
                    return .object(object)
                }),
        ]
    }
}

extension RuleExplanation.Clause {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "clause": .string(name), "holds": .bool(holds), "want": .string(wanted),
            "got": .string(found),
        ]
        object["at"] = span.map { .string($0.description) }
        return .object(object)
    }
}
