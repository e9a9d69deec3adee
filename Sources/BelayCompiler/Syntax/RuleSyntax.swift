/// One rule as it was written.
package struct RuleSyntax: Sendable {
    package var id: Located<String>
    package var description: Located<String>?
    package var precedence: Located<Int>?
    /// The event pattern, still YAML: what its scalars mean depends on the fields that they stand under.
    package var match: YAMLNode?
    package var when: ExpressionText?
    /// Act only if it is still firing after this long.
    package var holdFor: Located<Duration>?
    package var catchAll: Located<Bool>?
    package var continues: Located<Bool>?
    package var mode: Located<Mode>?
    package var target: TemplateText?
    package var cooldown: CooldownSyntax?
    package var concurrency: ConcurrencySyntax?
    package var blastRadius: BlastRadiusSyntax?
    package var again: AgainSyntax?
    package var until: UntilSyntax?
    package var deadline: Located<Duration>?
    package var steps: [StepSyntax]
    package var onFailure: [StepSyntax]?
    package var onResolve: Located<NoticePolicy>?
    package var onAcknowledge: Located<NoticePolicy>?
    package var onSuppressed: [StepSyntax]?
    package var afterResolve: [StepSyntax]?
    /// The places of the keys, for messages about a field rather than its value: `match` -> the word `match`.
    package var keys: KeyPlaces
    package var span: SourceSpan

    init(id: Located<String>, steps: [StepSyntax], keys: KeyPlaces, span: SourceSpan) {
        self.id = id
        self.steps = steps
        self.keys = keys
        self.span = span
    }
}

/// `cooldown: {key, for}`.
package struct CooldownSyntax: Sendable {
    package var key: TemplateText?
    package var length: Located<Duration>
    package var span: SourceSpan
}

/// `concurrency: {group, on_conflict}`.
package struct ConcurrencySyntax: Sendable {
    package var group: TemplateText
    package var onConflict: Located<Concurrency.Conflict>?
    package var span: SourceSpan
}

/// `blast_radius: {max_targets | max_percent and population, per}`.
package struct BlastRadiusSyntax: Sendable {
    package enum Bound: Sendable {
        case targets(Located<Int>)
        /// Of a population of the environment.
        case percent(Located<Percentage>, population: Located<String>)
    }

    package var bound: Bound
    package var per: Located<Duration>
    package var span: SourceSpan
}

/// `again: {after, max}`.
package struct AgainSyntax: Sendable {
    package var after: Located<Duration>
    package var max: Located<Int>?
    package var span: SourceSpan
}

/// `until: {uses, ...}` or `until: resolved`.
package enum UntilSyntax: Sendable {
    case ask(AskSyntax)
    case resolved(SourceSpan)

    package var span: SourceSpan {
        switch self {
        case .ask(let ask): ask.span
        case .resolved(let span): span
        }
    }
}
