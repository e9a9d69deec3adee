package import BelayCompiler
import JSON

/// The pure function from a decision to a plan; it computes inputs by the very code that a run uses.
package struct Planner: Sendable {
    package let decider: Decider

    package init(_ decider: Decider) { self.decider = decider }

    package func plan(
        _ incident: Incident, _ decision: Decision, at now: Timestamp,
        limits: LimitState = LimitState()
    ) -> Plan {
        Plan(
            incident: incident, environment: decider.environment.name,
            program: decider.program.digest,
            at: now, decision: decision,
            runs: decision.taken.map { taken in
                RunPlanner(
                    context: context(for: taken, incident), now: now, limits: limits, taken: taken
                )
                .plan()
            })
    }

    /// The context of a run of a rule's part.
    package func context(
        for part: Disposition.Part, _ incident: Incident, run: String = ""
    ) -> RunContext {
        var context = RunContext(
            run: run, rule: part.rule.playing(part.part), incident: incident,
            environment: decider.environment, guardrails: decider.program.guardrails,
            params: decider.program.params(of: part.rule.runbook.name, in: decider.environment),
            variables: decider.variables, target: part.target, mode: part.mode, actor: "source")
        context.part = part.part
        return context
    }

    /// The context of a run that a taken rule begins; `run` names it.
    package func context(
        for taken: TakenRule, _ incident: Incident, run: String = "", actor: String = "source"
    ) -> RunContext {
        var context = RunContext(
            run: run, rule: taken.rule, incident: incident, environment: decider.environment,
            guardrails: decider.program.guardrails,
            params: decider.program.params(of: taken.rule.runbook.name, in: decider.environment),
            variables: decider.variables, target: taken.target, mode: taken.mode, actor: actor)
        context.cause = taken.cause
        return context
    }
}

/// Plans one rule.
private struct RunPlanner {
    let context: RunContext
    let now: Timestamp
    let limits: LimitState
    let taken: TakenRule

    private var rule: Rule { context.rule }
    private var isLadder: Bool { rule.until != nil }

    func plan() -> RunPlan {
        let scope = unknownScope(context.params)
        let steps = steps(rule.steps, "", scope, isMain: true)
        let handlers = self.steps(rule.onFailure, "on_failure/", scope, isMain: false)
        var until: PlannedAsk?
        var untilResolved: Duration?
        switch rule.until {
        case .ask(let ask)?: until = self.ask(ask, scope)
        case .sourceResolves(let within)?: untilResolved = within
        case nil: break
        }
        return RunPlan(
            rule: rule.id, runbook: rule.runbook, precedence: rule.precedence,
            isCatchAll: rule.isCatchAll, mode: context.mode, target: context.target, when: when(),
            limits: limitStates(), until: until, untilResolved: untilResolved, steps: steps,
            onFailure: handlers, permissions: permissions(steps + handlers, until))
    }

    private func when() -> String? {
        rule.when.map { $0.drawn(in: context.scope(at: now, params: context.params)) }
    }

    /// A scope in which everything that only a run can know is unknown.
    private func unknownScope(_ params: JSONObject, unknownParams: Bool = false) -> Scope {
        var scope = context.scope(at: now, params: params)
        for name in ["steps", "until", "result", "failure", "item"] { scope.setUnknown(name) }
        if unknownParams { scope.setUnknown("params") }
        var run: JSONObject = [
            "id": .string("(known when it runs)"), "rule": .string(rule.id),
            "runbook": .string(rule.runbook.name), "mode": .string(context.mode.rawValue),
        ]
        run["target"] = context.target.map(JSONValue.string)
        run["owner"] = rule.runbook.owner.map(JSONValue.string)
        scope.set("run", .object(run))
        return scope
    }

    private func steps(
        _ steps: [Step], _ prefix: String, _ scope: Scope, isMain: Bool
    ) -> [PlannedStep] {
        var changed = false
        return steps.map { step in
            defer { changed = changed || step.changes }
            return self.step(step, prefix + step.id, scope, isMain: isMain, afterChange: changed)
        }
    }

    private func step(
        _ step: Step, _ path: String, _ scope: Scope, isMain: Bool, afterChange: Bool
    ) -> PlannedStep {
        PlannedStep(
            path: path, id: step.id, effect: step.effect,
            work: work(step, path, scope, isMain: isMain),
            condition: step.condition.expression?.text,
            forEach: step.forEach.map { value($0.list, scope) }, maxItems: step.forEach?.maxItems,
            retry: step.retry, toleratesFailure: step.continueOnError ?? (isLadder && isMain),
            approval: step.approval, verify: step.verify.map { ask($0, scope) },
            rollback: step.rollback.map { call($0, scope) },
            onFailure: step.onFailure.map { steps($0, "on_failure/", scope, isMain: false) },
            note: isMain && isLadder && afterChange ? "only if not recovered" : nil)
    }

    private func work(
        _ step: Step, _ path: String, _ scope: Scope, isMain: Bool
    ) -> PlannedStep.Work {
        switch step.work {
        case .call(let call): return .call(self.call(call, scope))
        case .parallel(let children):
            return .parallel(steps(children, "\(path)/", scope, isMain: isMain))
        case .wait(let length): return .wait(length)
        case .waitFor(let ask): return .waitFor(self.ask(ask, scope))
        case .waitForSignal(let name, let within): return .waitForSignal(name, within: within)
        case .chain(let call):
            var params = JSONObject()
            var unknown = false
            for param in call.params {
                if case .known(let known) = value(param.value, scope) {
                    params[param.name] = known
                } else {
                    unknown = true
                }
            }
            let inner = unknownScope(params, unknownParams: unknown)
            return .chain(call.chain, steps(call.steps, "\(path)/", inner, isMain: isMain))
        }
    }

    private func ask(_ ask: Ask, _ scope: Scope) -> PlannedAsk {
        PlannedAsk(
            call: call(ask.call, scope), expect: ask.expect.text, every: ask.every,
            within: ask.within)
    }
}

// MARK: - Values and calls

extension RunPlanner {
    private func value(_ template: Template, _ scope: Scope) -> PlannedValue {
        switch template.render(in: scope) {
        case .success(let value): .known(value.redacted)
        case .failure: .unknown(template.text)
        }
    }

    private func call(_ call: Call, _ scope: Scope) -> PlannedCall {
        let binding = context.environment.binding(for: call.action.name)
        var planned = PlannedCall(
            action: call.action.name, effect: call.action.effect, recovery: binding?.recovery,
            provider: binding?.provider, operation: binding?.operation.name,
            inputs: call.inputs.map { PlannedInput(name: $0.name, value: value($0.value, scope)) },
            settings: [], timeout: call.timeout)
        planned.inputs.removeAll { $0.value == .known(.null) }
        switch CallPreparation(context: context, scope: scope).intent(for: call, key: "") {
        case .success(let intent):
            planned.settings = intent.settings.redacted.map {
                PlannedInput(name: $0.name, value: .known($0.value))
            }
        case .failure(let problem) where !problem.isUnknown: planned.problem = problem.message
        case .failure: break
        }
        return planned
    }

    private func permissions(_ steps: [PlannedStep], _ until: PlannedAsk?) -> [String] {
        var actions = Set(steps.flatMap(\.calls).map(\.action))
        if let until { actions.insert(until.call.action) }
        let permissions = actions.compactMap { context.environment.binding(for: $0) }
            .flatMap(\.operation.permissions)
        return Set(permissions).sorted()
    }

    private func limitStates() -> [PlannedLimit] {
        var states: [PlannedLimit] = []
        if taken.cooldownKey != nil { states.append(PlannedLimit(name: "cooldown", state: "free")) }
        if let radius = rule.blastRadius {
            let used = Set(
                limits.entries.filter {
                    $0.kind == Reservation.Kind.blastRadius.rawValue
                        && $0.key.hasPrefix("\(rule.name)|") && $0.at + radius.per > now
                }.map(\.key)
            ).count
            let bound =
                switch radius.bound {
                case .targets(let count): "\(count)"
                case .percent(let percent, let name): "\(percent)% of \(name)"
                }
            states.append(PlannedLimit(name: "blast radius", state: "\(used) of \(bound)"))
        }
        return states
    }
}

extension PlannedStep {
    /// Every call inside, questions and rollbacks too.
    package var calls: [PlannedCall] {
        let inner: [PlannedCall] =
            switch work {
            case .call(let call): [call]
            case .chain(_, let steps), .parallel(let steps): steps.flatMap(\.calls)
            case .wait: []
            case .waitFor(let ask): [ask.call]
            case .waitForSignal: []
            }
        return inner + [verify?.call, rollback].compactMap { $0 }
            + (onFailure ?? []).flatMap(\.calls)
    }
}
