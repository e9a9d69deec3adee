import EventPattern
import JSON

/// Resolves every rule and puts them into the order in which they are asked.
enum RulesPass {
    static func run(_ state: inout CompilerState) {
        var rules: [Rule] = []
        for runbook in state.syntax.runbooks {
            for syntax in runbook.rules {
                var resolver = RuleResolver(runbook: runbook, syntax: syntax)
                rules.append(resolver.rule(&state))
            }
        }
        let turns = rules.enumerated().map { Turn($1, place: $0) }.sorted()
        state.rules = turns.map { rules[$0.place] }
    }

    /// Catch-alls come after all others, or before them if they only announce; then precedence, then the runbook's
    /// name, then the place in it.
    private struct Turn: Comparable {
        let group: Int
        let precedence: Int
        let runbook: String
        let place: Int

        init(_ rule: Rule, place: Int) {
            group = rule.isCatchAll ? (rule.continues ? 0 : 2) : 1
            precedence = rule.precedence
            runbook = rule.runbook.name
            self.place = place
        }

        static func < (left: Turn, right: Turn) -> Bool {
            if left.group != right.group { return left.group < right.group }
            if left.precedence != right.precedence { return left.precedence > right.precedence }
            if left.runbook != right.runbook { return left.runbook < right.runbook }
            return left.place < right.place
        }
    }
}

/// Resolves one rule.
private struct RuleResolver {
    let runbook: RunbookFile
    let syntax: RuleSyntax

    private func base(_ state: CompilerState) -> NameScope {
        NameScope.rule(params: state.paramShapes[runbook.metadata.name.value] ?? .any)
    }

    mutating func rule(_ state: inout CompilerState) -> Rule {
        let scope = base(state)
        let match = syntax.match.map { PatternResolver.pattern($0, &state.diagnostics) }
        requireCondition(&state.diagnostics)
        var place = StepResolver.Place(
            runbook: runbook, base: scope.adding("run", .run).adding("until", .any))
        place.ownerGroup = runbook.metadata.owner?.value
        var resolver = StepResolver(place: place, chain: ChainsPass.chain)
        let until = self.until(resolver, &state)
        let steps = resolver.steps(syntax.steps, &state)
        let handlers = handlers(&resolver, &state)
        return Rule(
            id: syntax.id.value, runbook: state.identity(of: runbook), span: syntax.id.span,
            description: syntax.description?.value, precedence: syntax.precedence?.value ?? 0,
            isCatchAll: syntax.catchAll?.value ?? false,
            continues: syntax.continues?.value ?? false,
            pattern: match?.pattern, matchSpan: syntax.keys["match"] ?? syntax.match?.span,
            conditionSpans: match?.spans ?? [],
            statuses: match?.statuses ?? [],
            when: syntax.when.flatMap {
                FormulaCompiler.formula($0, scope, wants: .boolean, &state.diagnostics)
            },
            holdFor: syntax.holdFor?.value ?? .zero, target: target(scope, &state.diagnostics),
            mode: min(syntax.mode?.value ?? .auto, runbook.defaults?.mode?.value ?? .auto),
            cooldown: cooldown(scope, &state.diagnostics),
            concurrency: concurrency(scope, &state.diagnostics), blastRadius: blastRadius(),
            again: syntax.again.map {
                Repetition(after: $0.after.value, limit: $0.max?.value ?? Standards.againLimit)
            },
            until: until, deadline: syntax.deadline?.value ?? Standards.deadline, steps: steps,
            onFailure: handlers.failure, onSuppressed: handlers.suppressed,
            afterResolve: handlers.resolved, onResolve: syntax.onResolve?.value ?? .stop,
            onAcknowledge: syntax.onAcknowledge?.value ?? .finish)
    }

    /// A rule for everything must say so.
    private func requireCondition(_ diagnostics: inout Diagnostics) {
        let isEmpty = syntax.match?.entries?.isEmpty ?? true
        if syntax.catchAll?.value == true {
            if !isEmpty || syntax.when != nil {
                diagnostics.append(
                    Diagnostic(
                        .conflictingKeys,
                        "rule `\(syntax.id.value)` is a catch-all and has conditions",
                        at: syntax.keys["catch_all"] ?? syntax.id.span,
                        help: ["remove `catch_all`, or `match` and `when`"]))
            }
        } else if isEmpty, syntax.when == nil {
            diagnostics.append(
                Diagnostic(
                    .emptyMatch, "rule `\(syntax.id.value)` has no condition",
                    at: syntax.keys["match"] ?? syntax.id.span,
                    help: ["add `match`, or say `catch_all: true` if it is meant for everything"]))
        }
    }

    private func until(_ resolver: StepResolver, _ state: inout CompilerState) -> Recovery? {
        switch syntax.until {
        case nil: nil
        case .resolved?: .sourceResolves(within: Standards.askWithin)
        case .ask(let ask)?: resolver.ask(ask, resolver.place.base, &state).map(Recovery.ask)
        }
    }

    private struct Handlers {
        var failure: [Step] = []
        var suppressed: [Step] = []
        var resolved: [Step] = []
    }

    private func handlers(_ resolver: inout StepResolver, _ state: inout CompilerState) -> Handlers
    {
        var handlers = Handlers()
        resolver.place.isHandler = true
        if let steps = syntax.onFailure ?? runbook.defaults?.onFailure {
            handlers.failure = resolver.steps(steps, &state)
        }
        if let steps = syntax.onSuppressed {
            resolver.place.base.names["suppression"] = .record("suppression", ["reason": .text])
            handlers.suppressed = resolver.steps(steps, &state)
            for step in handlers.suppressed where step.effect != .notify && step.effect != .read {
                state.diagnostics.append(
                    Diagnostic(
                        .invalidValue,
                        "`on_suppressed` may only tell people; `\(step.id)` changes something",
                        at: step.span))
            }
        }
        if let steps = syntax.afterResolve { handlers.resolved = resolver.steps(steps, &state) }
        return handlers
    }

    private func target(_ scope: NameScope, _ diagnostics: inout Diagnostics) -> Template {
        guard let target = syntax.target else { return StandardTemplate.incidentTarget }
        return TemplateResolver(scope: scope).template(
            target, as: .string, "`target`", &diagnostics)
            ?? StandardTemplate.incidentTarget
    }

    private func cooldown(_ scope: NameScope, _ diagnostics: inout Diagnostics) -> Cooldown? {
        guard let cooldown = syntax.cooldown else { return nil }
        let key = cooldown.key.flatMap {
            TemplateResolver(scope: scope).template($0, as: .string, "`key`", &diagnostics)
        }
        return Cooldown(key: key, length: cooldown.length.value)
    }

    private func concurrency(_ scope: NameScope, _ diagnostics: inout Diagnostics) -> Concurrency? {
        guard let concurrency = syntax.concurrency,
            let group = TemplateResolver(scope: scope)
                .template(concurrency.group, as: .string, "`group`", &diagnostics)
        else { return nil }
        return Concurrency(group: group, onConflict: concurrency.onConflict?.value ?? .queue)
    }

    private func blastRadius() -> BlastRadius? {
        syntax.blastRadius.map { radius in
            switch radius.bound {
            case .targets(let count):
                BlastRadius(bound: .targets(count.value), per: radius.per.value)
            case .percent(let percent, let population):
                BlastRadius(
                    bound: .percent(percent.value.value, of: population.value),
                    per: radius.per.value)
            }
        }
    }
}
