/// Reads one rule.
struct RuleReader {
    let context: ReadingContext

    func read(_ node: YAMLNode) -> RuleSyntax? {
        guard let reader = MappingReader(node, Tables.rule, context) else { return nil }
        let steps = StepReader(context: context)
        func list(_ name: String) -> [StepSyntax]? { reader.list(name, of: "steps", steps.read) }
        let id = reader.text("id")
        let chain = list("steps")
        var rule = RuleSyntax(
            id: id ?? Located("", at: node.span), steps: chain ?? [], keys: reader.keys,
            span: node.span)
        rule.description = reader.text("description")
        rule.precedence = reader.integer("precedence")
        rule.match = match(reader)
        (rule.when, rule.holdFor) = condition(reader)
        rule.catchAll = reader.boolean("catch_all")
        rule.continues = reader.boolean("continue")
        rule.mode = reader.word("mode", Mode.self)
        rule.target = reader.template("target")
        rule.deadline = reader.duration("deadline")
        rule.cooldown = reader.node("cooldown").flatMap(cooldown)
        rule.concurrency = reader.node("concurrency").flatMap(concurrency)
        rule.blastRadius = reader.node("blast_radius").flatMap(blastRadius)
        rule.again = reader.node("again").flatMap(again)
        rule.until = reader.node("until").flatMap { until($0, steps) }
        rule.onFailure = list("on_failure")
        rule.onResolve = reader.word("on_resolve", NoticePolicy.self)
        rule.onAcknowledge = reader.word("on_acknowledge", NoticePolicy.self)
        rule.onSuppressed = list("on_suppressed")
        rule.afterResolve = list("after_resolve")
        StepNames.check(
            rule.steps,
            handlers: [rule.onFailure, rule.onSuppressed, rule.afterResolve].map { $0 ?? [] },
            context)
        return id == nil || chain == nil ? nil : rule
    }

    private func match(_ reader: MappingReader) -> YAMLNode? {
        guard let node = reader.node("match"),
            context.entries(node, of: "fields and what they must be") != nil
        else {
            return nil
        }
        return node
    }

    /// `when: EXPR`, `when: {expr: EXPR, for: 5m}`, and `for: 5m` beside it.
    private func condition(_ reader: MappingReader) -> (ExpressionText?, Located<Duration>?) {
        let outer = reader.duration("for")
        guard let node = reader.node("when"), let entries = node.entries,
            entries.contains(where: { $0.key.value == "expr" || $0.key.value == "for" }),
            let inner = MappingReader(node, Tables.condition, context)
        else { return (reader.expression("when"), outer) }
        let expression = inner.expression("expr")
        let length = inner.duration("for")
        if let outer, inner.has("for") {
            context.report(
                .conflictingKeys, "`for` is given twice", at: inner.place("for"),
                notes: [Diagnostic.Label(outer.span, "also given here")],
                help: ["keep the one beside `when`"])
        }
        return (expression, outer ?? length)
    }

    private func until(_ node: YAMLNode, _ steps: StepReader) -> UntilSyntax? {
        if node.scalar != nil, !node.isNull {
            return context.word(node, of: ["resolved"]).map { .resolved($0.span) }
        }
        return steps.ask(node).map { .ask($0) }
    }

    private func cooldown(_ node: YAMLNode) -> CooldownSyntax? {
        guard let reader = MappingReader(node, Tables.cooldown, context) else { return nil }
        let key = reader.template("key")
        return reader.duration("for").map { CooldownSyntax(key: key, length: $0, span: node.span) }
    }

    private func concurrency(_ node: YAMLNode) -> ConcurrencySyntax? {
        guard let reader = MappingReader(node, Tables.concurrency, context) else { return nil }
        let onConflict = reader.word("on_conflict", Concurrency.Conflict.self)
        return reader.template("group").map {
            ConcurrencySyntax(group: $0, onConflict: onConflict, span: node.span)
        }
    }

    private func blastRadius(_ node: YAMLNode) -> BlastRadiusSyntax? {
        guard let reader = MappingReader(node, Tables.blastRadius, context) else { return nil }
        let targets = reader.integer("max_targets")
        let percent = reader.percentage("max_percent")
        let population = reader.text("population")
        let per = reader.duration("per")
        context.exclude("max_targets", "max_percent", reader)
        if percent == nil { context.exclude("max_targets", "population", reader) }
        guard let per else { return nil }
        if let targets {
            return BlastRadiusSyntax(bound: .targets(targets), per: per, span: node.span)
        }
        guard let percent, let population else { return nil }
        return BlastRadiusSyntax(
            bound: .percent(percent, population: population), per: per, span: node.span)
    }

    private func again(_ node: YAMLNode) -> AgainSyntax? {
        guard let reader = MappingReader(node, Tables.again, context) else { return nil }
        let max = reader.integer("max")
        return reader.duration("after").map { AgainSyntax(after: $0, max: max, span: node.span) }
    }
}

extension ReadingContext {
    /// Reports two keys of one map that exclude each other.
    func exclude(_ first: String, _ second: String, _ reader: MappingReader) {
        guard reader.has(first), reader.has(second) else { return }
        report(
            .conflictingKeys, "`\(first)` and `\(second)` exclude each other",
            at: reader.place(second),
            notes: [Diagnostic.Label(reader.place(first), "cannot stand beside it")],
            help: ["remove one of the two"])
    }
}
