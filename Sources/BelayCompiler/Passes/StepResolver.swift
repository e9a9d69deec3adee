import JSON

/// Resolves the steps of one chain, one after another, so that each sees the steps before it.
struct StepResolver {
    /// What the steps belong to.
    struct Place {
        var runbook: RunbookFile
        /// Names of `when` and `run`, `until`.
        var base: NameScope
        /// Shapes of the steps resolved so far.
        var steps: [String: ValueShape] = [:]
        /// All ids of the chain, for references to later steps.
        var allIDs: Set<String> = []
        var isHandler = false
        var ownerGroup: String?
    }

    var place: Place
    /// Resolves a chain by name; set by the pass that knows the chains.
    let chain: (Located<String>, RunbookFile, inout CompilerState) -> CompilerState.Chain?

    mutating func steps(_ syntax: [StepSyntax], _ state: inout CompilerState) -> [Step] {
        place.allIDs.formUnion(Self.ids(of: syntax))
        return syntax.compactMap { step($0, &state) }
    }

    static func ids(of steps: [StepSyntax]) -> [String] {
        steps.flatMap { [$0.effectiveID.value] + ids(of: $0.branches) }
    }

    private mutating func step(_ syntax: StepSyntax, _ state: inout CompilerState) -> Step? {
        let id = syntax.effectiveID.value
        var scope = scope()
        let forEach = self.forEach(syntax, scope, &state.diagnostics)
        let condition = self.condition(syntax, scope, &state.diagnostics)
        if syntax.forEach != nil { scope.names["item"] = .any }
        guard let (work, outputs) = work(syntax, scope, &state) else {
            place.steps[id] = .step(outputs: .any)
            return nil
        }
        let inside = scope.adding("result", outputs)
        let resolver = CallResolver(
            catalogue: state.catalogue, scope: inside,
            standardTimeout: place.runbook.defaults?.timeout?.value)
        let step = Step(
            id: id, span: syntax.effectiveID.span, work: work, condition: condition,
            forEach: forEach,
            retry: retry(syntax.retry ?? place.runbook.defaults?.retry),
            continueOnError: syntax.continueOnError?.value,
            approval: syntax.approval.map { approval($0) },
            verify: syntax.verify.flatMap { ask($0, scope, &state) },
            rollback: syntax.rollback.flatMap {
                resolver.call($0.uses, timeout: $0.timeout, &state.diagnostics)
            },
            onFailure: syntax.onFailure.map { handlers($0, &state) })
        if case .call(let call) = work {
            place.steps[id] = state.step(calling: call.action)
        } else {
            place.steps[id] = .step(outputs: outputs)
        }
        return step
    }

    /// What an expression of the next step may name.
    private func scope() -> NameScope {
        var scope = place.base.adding("steps", .record("steps", place.steps))
        scope.allowsSecrets = true
        scope.laterSteps = place.allIDs.subtracting(place.steps.keys)
        if place.isHandler { scope.names["failure"] = .failure }
        return scope
    }

    private mutating func handlers(_ steps: [StepSyntax], _ state: inout CompilerState) -> [Step] {
        var inner = self
        inner.place.isHandler = true
        return inner.steps(steps, &state)
    }
}

// MARK: - What a step does

extension StepResolver {
    private mutating func work(
        _ syntax: StepSyntax, _ scope: NameScope, _ state: inout CompilerState
    ) -> (Step.Work, ValueShape)? {
        let resolver = CallResolver(
            catalogue: state.catalogue, scope: scope,
            standardTimeout: place.runbook.defaults?.timeout?.value)
        switch syntax.kind {
        case .uses(let uses):
            if let name = uses.chain { return chainCall(name, uses, scope, &state) }
            guard let call = resolver.call(uses, timeout: syntax.timeout, &state.diagnostics) else {
                return nil
            }
            return (.call(call), state.outputs(of: call.action))
        case .parallel(let children):
            // Branches run at once, so none of them sees another's result.
            var inner = self
            var resolved: [Step] = []
            var shapes: [String: ValueShape] = [:]
            for child in children {
                inner.place.steps = place.steps
                if let step = inner.step(child, &state) { resolved.append(step) }
                shapes.merge(inner.place.steps) { _, new in new }
            }
            place.steps.merge(shapes) { _, new in new }
            return (.parallel(resolved), .any)
        case .wait(let length): return (.wait(length.value), .any)
        case .waitFor(.ask(let syntax)):
            guard let ask = ask(syntax, scope, &state) else { return nil }
            return (.waitFor(ask), state.outputs(of: ask.call.action))
        case .waitFor(.signal(let name, let within, _)):
            let length = within?.value ?? Standards.signalWithin
            return (.waitForSignal(name.value, within: length), .any)
        }
    }

    private func chainCall(
        _ name: Located<String>, _ uses: UsesSyntax, _ scope: NameScope,
        _ state: inout CompilerState
    ) -> (Step.Work, ValueShape)? {
        guard let chain = chain(name, place.runbook, &state) else { return nil }
        var params: [NamedTemplate] = []
        let known = chain.syntax.params.map(\.name.value)
        for member in uses.with where !known.contains(member.name.value) {
            let near = Suggestion.nearest(to: member.name.value, in: known)
            state.diagnostics.append(
                Diagnostic(
                    .unknownInput,
                    "chain `\(name.value)` has no param `\(member.name.value)`",
                    at: member.name.span,
                    help: near.map { ["did you mean `\($0)`?"] } ?? []))
        }
        for param in chain.syntax.params {
            let contract = ParamsPass.contract(of: param)
            if let member = uses.with.last(where: { $0.name.value == param.name.value }) {
                let value = TemplateResolver(scope: scope).template(
                    member.value, as: param.type.value, "param `\(param.name.value)`",
                    &state.diagnostics)
                if let constant = value?.constantValue {
                    ParamsPass.check(constant, param, member.value.span, &state.diagnostics)
                }
                if let value { params.append(NamedTemplate(name: param.name.value, value: value)) }
            } else if let standard = contract.standard {
                params.append(NamedTemplate(name: param.name.value, value: .constant(standard)))
            } else {
                state.diagnostics.append(
                    Diagnostic(
                        .missingInput,
                        "chain `\(name.value)` needs the param `\(param.name.value)`",
                        at: uses.uses.span,
                        notes: [.init(param.name.span, "it has no default")]))
            }
        }
        let call = ChainCall(
            chain: name.value, params: params, steps: chain.steps, outputs: chain.outputs)
        return (.chain(call), chain.outputShape)
    }

    /// A question; also used for `until`.
    func ask(_ syntax: AskSyntax, _ scope: NameScope, _ state: inout CompilerState) -> Ask? {
        let resolver = CallResolver(
            catalogue: state.catalogue, scope: scope,
            standardTimeout: place.runbook.defaults?.timeout?.value)
        guard let call = resolver.call(syntax.uses, timeout: nil, &state.diagnostics) else {
            return nil
        }
        if call.action.effect != .read {
            state.diagnostics.append(
                Diagnostic(
                    .invalidValue,
                    "`\(call.action.name)` does not only read (effect \(call.action.effect.rawValue))",
                    at: syntax.uses.uses.span,
                    help: ["ask with a read action such as `metrics.query`"]))
        }
        let inside = scope.adding("result", state.outputs(of: call.action))
        guard
            let expect = FormulaCompiler.formula(
                syntax.expect, inside, wants: .boolean, &state.diagnostics)
        else { return nil }
        return Ask(
            call: call, expect: expect, every: syntax.every?.value ?? Standards.askEvery,
            within: syntax.within?.value ?? Standards.askWithin, after: syntax.after?.value ?? .zero
        )
    }

    private func forEach(
        _ syntax: StepSyntax, _ scope: NameScope, _ diagnostics: inout Diagnostics
    ) -> ForEach? {
        guard let list = syntax.forEach else { return nil }
        let resolver = TemplateResolver(scope: scope)
        guard let template = resolver.template(list, as: .list, "`for_each`", &diagnostics) else {
            return nil
        }
        return ForEach(
            list: template, maxItems: syntax.maxItems?.value ?? Standards.maxItems,
            parallel: syntax.parallelism?.value ?? 1)
    }

    private func condition(
        _ syntax: StepSyntax, _ scope: NameScope, _ diagnostics: inout Diagnostics
    ) -> StepCondition {
        guard let text = syntax.condition else { return StepCondition() }
        var scope = scope
        scope.hasStatus = true
        let formula = FormulaCompiler.formula(text, scope, wants: .boolean, &diagnostics)
        return StepCondition(expression: formula, namesStatus: formula?.namesStatus ?? false)
    }

    private func retry(_ syntax: RetrySyntax?) -> RetryPolicy {
        guard let syntax else { return RetryPolicy() }
        let standard = RetryPolicy()
        return RetryPolicy(
            attempts: syntax.attempts.value, backoff: syntax.backoff?.value ?? standard.backoff,
            initial: syntax.initial?.value ?? standard.initial,
            max: syntax.max?.value ?? standard.max,
            jitter: syntax.jitter?.value != RetrySyntax.Jitter.none,
            errors: syntax.errors?.map(\.value) ?? standard.errors)
    }

    private func approval(_ syntax: ApprovalSyntax) -> Approval {
        let from = syntax.from?.map(\.value) ?? place.ownerGroup.map { ["group/\($0)"] } ?? []
        return Approval(
            from: from, timeout: syntax.timeout?.value ?? Standards.approvalTimeout,
            onTimeout: syntax.onTimeout?.value ?? .deny, isDefault: syntax.from == nil,
            places: syntax.from?.map(\.span) ?? from.map { _ in syntax.span })
    }
}
