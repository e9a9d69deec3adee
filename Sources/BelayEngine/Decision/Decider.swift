package import BelayCompiler
import EventPattern
package import JSON

/// The pure function from a program and an incident to a decision; tests, backtests and the daemon share it.
package struct Decider: Sendable {
    package let program: Program
    package let environment: EnvironmentProgram
    /// The process variables that the environment declares.
    package let variables: JSONObject
    /// The longest time for which one of the program's rules or the environment counts changes.
    private let longestPeriod: Duration

    package init(program: Program, environment: EnvironmentProgram, variables: JSONObject = [:]) {
        self.program = program
        self.environment = environment
        self.variables = variables
        let periods = program.rules.flatMap { rule in
            [rule.cooldown?.length, rule.blastRadius?.per].compactMap { $0 }
        }
        longestPeriod = periods.reduce(
            max(environment.limits.runs.per, environment.limits.targets.per), max)
    }

    /// Since when committed limit entries matter to a decision about an incident: changes within a period that is
    /// counted, and those shortly before the problem was first heard of, however long ago that is.
    package func limitsMatter(
        to incident: Incident, history: ProblemHistory = ProblemHistory(), at now: Timestamp
    ) -> Timestamp {
        let heardOf = history.firstReceived(incident) ?? incident.receivedAt
        return min(now - longestPeriod, heardOf - Bounds.causeWindow)
    }

    /// Decides; touches no clock, store or network. A rule with `for` is taken only if that long has passed since
    /// the problem was first heard of; a rule that had its run for the problem is not taken again, but for `again`.
    package func decide(
        _ incident: Incident, at now: Timestamp, limits: LimitState = LimitState(),
        history: ProblemHistory = ProblemHistory()
    ) -> Decision {
        if incident.status == .firing, history.isOver(incident) {
            var decision = Decision(verdicts: [], taken: [])
            decision.isOver = true
            return decision
        }
        var pass = DecisionPass(
            decider: self, incident: incident, now: now, limits: limits, history: history)
        pass.run()
        var decision = Decision(verdicts: pass.verdicts, taken: pass.taken)
        decision.queuedIn = pass.queuedIn
        return decision
    }
}

extension Decider {
    /// What a rule's `when`, target and keys see.
    func scope(of rule: Rule, _ incident: Incident, at now: Timestamp) -> Scope {
        var scope = Scope(now: now)
        scope.setIncident(incident.json)
        scope.set("params", .object(program.params(of: rule.runbook.name, in: environment)))
        scope.set("env", .object(variables))
        scope.openWindows = environment.openWindows(at: now)
        if case .success(let target) = rule.target.render(in: scope) {
            scope.set(
                "resource",
                CallPreparation.resource(target.plainValue?.stringValue, in: environment))
        }
        return scope
    }
}

/// One walk over the rules in asking order.
private struct DecisionPass {
    let decider: Decider
    let incident: Incident
    let now: Timestamp
    let limits: LimitState
    let history: ProblemHistory
    var verdicts: [RuleVerdict] = []
    var taken: [TakenRule] = []
    /// The rule that ended the search.
    var winner: String?
    var undecided: String?
    var queuedIn: String?

    mutating func run() {
        let matched = Set(decider.program.placesMatching(incident.json))
        for (place, rule) in decider.program.rules.enumerated() {
            let outcome = outcome(of: rule, place, matched: matched.contains(place))
            verdicts.append(RuleVerdict(place: place, rule: rule.name, outcome: outcome))
        }
    }

    private mutating func outcome(of rule: Rule, _ place: Int, matched: Bool) -> RuleVerdict.Outcome
    {
        guard isAsked(rule) else { return .notAsked(incident.status) }
        guard matched else { return .noMatch }
        let scope = decider.scope(of: rule, incident, at: now)
        if let when = rule.when {
            switch when.holds(in: scope) {
            case .success(true): break
            case .success(false): return .whenFalse
            case .failure(let problem):
                undecided = undecided ?? rule.name
                return .whenFailed(problem)
            }
        }
        if let winner { return .shadowed(by: winner) }
        return take(rule, place, scope)
    }

    private func isAsked(_ rule: Rule) -> Bool {
        rule.statuses.isEmpty
            ? incident.status == .firing : rule.statuses.contains(incident.status.rawValue)
    }

    private mutating func take(_ rule: Rule, _ place: Int, _ scope: Scope) -> RuleVerdict.Outcome {
        var mode = min(rule.mode, decider.environment.mode)
        var candidate = TakenRule(place: place, rule: rule, mode: mode, reservations: [])
        if undecided != nil, rule.changes, mode == .auto {
            mode = .suggest
            candidate.mode = mode
            candidate.undecidedAbove = undecided
        }
        if let obstacle = prepare(&candidate, scope) {
            if !rule.continues { winner = rule.name }
            return .suppressed(obstacle.suppression, until: obstacle.until)
        }
        // An observing rule must not hide a working remedy below it.
        if !rule.continues, mode != .observe { winner = rule.name }
        taken.append(candidate)
        return .taken(mode)
    }

    /// Computes target and keys and asks the limits; the obstacle if the rule is held back.
    private mutating func prepare(_ candidate: inout TakenRule, _ scope: Scope) -> LimitJudge
        .Obstacle?
    {
        let rule = candidate.rule
        switch text(rule.target, scope) {
        case .success(let target): candidate.target = target
        case .failure: if rule.changes { return .init(.noTarget) }
        }
        if candidate.target == nil, rule.changes, rule.needsTarget { return .init(.noTarget) }
        if let cooldown = rule.cooldown {
            guard let key = key(cooldown.key, scope, standard: candidate.target) else {
                return .init(.noKey)
            }
            candidate.cooldownKey = "\(rule.name)|\(key)"
        }
        if let concurrency = rule.concurrency {
            guard let key = key(concurrency.group, scope, standard: nil) else {
                return .init(.noKey)
            }
            candidate.group = key
        }
        if let obstacle = repetition(of: rule) { return obstacle }
        let heard = history.firstReceived(incident) ?? now
        if heard + rule.holdFor > now { return .init(.holding, until: heard + rule.holdFor) }
        guard candidate.mode != .observe else { return nil }
        let judge = LimitJudge(
            rule: rule, environment: decider.environment, limits: limits, now: now,
            target: candidate.target, cooldownKey: candidate.cooldownKey, group: candidate.group,
            incident: history.subject,
            receivedAt: history.firstReceived(incident) ?? incident.receivedAt,
            ownRuns: history.runIDs(for: incident))
        switch judge.judge() {
        case .success(let judgement):
            candidate.reservations = judgement.reservations
            candidate.leader = judgement.leader
            candidate.cause = judgement.cause
            return nil
        case .failure(let obstacle):
            if obstacle.suppression == .queued { queuedIn = queuedIn ?? candidate.group }
            return obstacle
        }
    }

    /// A rule has one run for a problem; `again` lets a finished one be repeated after a time.
    private func repetition(of rule: Rule) -> LimitJudge.Obstacle? {
        let runs = history.runs(of: rule, part: nil, for: incident)
        guard let last = runs.last else { return nil }
        guard let again = rule.again, runs.count <= again.limit, let ended = last.endedAt,
            last.status?.mayRepeat ?? false
        else { return .init(.alreadyHandled) }
        return ended + again.after > now
            ? .init(.alreadyHandled, until: ended + again.after) : nil
    }

    private func key(_ template: Template?, _ scope: Scope, standard: String?) -> String? {
        guard let template else { return standard ?? "" }
        guard case .success(let key?) = text(template, scope) else { return nil }
        return key
    }

    /// The text of a template; nil where it is empty.
    private func text(_ template: Template, _ scope: Scope) -> Result<String?, FormulaFailure> {
        template.render(in: scope).map { value in
            guard let value = value.plainValue, !value.isNull else { return nil }
            let text = value.stringValue ?? value.text()
            return text.isEmpty ? nil : text
        }
    }
}

extension RunResult.Status {
    /// Whether `again` repeats a run that ended so: not what a person stopped.
    fileprivate var mayRepeat: Bool {
        switch self {
        case .resolved, .succeeded, .failed: true
        case .denied, .cancelled, .observed, .joined: false
        }
    }
}

extension Rule {
    /// Whether some changing step relies on what the rule acts on, instead of naming its own target.
    fileprivate var needsTarget: Bool {
        cooldown != nil && cooldown?.key == nil || blastRadius != nil
    }
}
