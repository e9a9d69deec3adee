/// One judgement about rules that compile: its code, and what it reports.
protocol LintRule: SendableMetatype {
    static var code: DiagnosticCode { get }
    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void)
}

/// What lints look at: rules in asking order, environments, and the files that they come from.
struct LintedProgram {
    let rules: [LintedRule]
    let chains: [CompilerState.ChainKey: CompilerState.Chain]
    let usedChains: Set<CompilerState.ChainKey>
    let environments: [EnvironmentProgram]
    let syntax: RepositorySyntax
    /// Nil if a file has an error: a rule that is not whole may seem to take everything.
    let order: RuleOrder?
}

/// A rule as lints look at it: its steps are laid out once for all of them.
@dynamicMemberLookup
final class LintedRule {
    let rule: Rule
    /// Steps of the chain itself, those inside others too.
    let chainSteps: [Step]
    /// Every step, those inside others and handlers too.
    let allSteps: [Step]

    init(_ rule: Rule) {
        self.rule = rule
        chainSteps = rule.steps.flatMap(\.withInner)
        allSteps = chainSteps + (rule.onFailure + rule.afterResolve).flatMap(\.withInner)
    }

    subscript<Value>(dynamicMember member: KeyPath<Rule, Value>) -> Value { rule[keyPath: member] }
}

/// The lints: a new one is a new file and one line here.
enum LintRules {
    static let all: [any LintRule.Type] = [
        ChangeWithoutCooldown.self,
        IncidentTextInCommand.self,
        IrreversibleWithoutApproval.self,
        NeverAskedUntil.self,
        NeverTrue.self,
        NoCatchAll.self,
        OverlappingRules.self,
        RetryNotIdempotent.self,
        RuleWithoutTest.self,
        SecretInClear.self,
        SilentFailure.self,
        UnboundedBlastRadius.self,
        UnreachableRule.self,
        UnusedChain.self,
        UnverifiedChange.self,
    ]

    /// Runs every lint; findings that a comment silences on this day are left out.
    static func run(_ state: inout CompilerState, today: CivilDate?) {
        let rules = state.rules.map(LintedRule.init)
        let program = LintedProgram(
            rules: rules, chains: state.chains,
            usedChains: state.usedChains,
            environments: state.environments.values.sorted { $0.name < $1.name },
            syntax: state.syntax,
            order: state.diagnostics.hasErrors ? nil : RuleOrder(rules, state.matcher()))
        var found: [Diagnostic] = []
        for rule in all { rule.check(program) { found.append($0) } }
        let silencing = SilencingReader(state.files, codes: all.map { $0.code })
        for diagnostic in silencing.diagnostics + found {
            if let diagnostic = heard(diagnostic, silencing.comments, today) {
                state.diagnostics.append(diagnostic)
            }
        }
    }

    /// The finding unless a comment silences it; a comment that has expired is told of.
    private static func heard(
        _ diagnostic: Diagnostic, _ comments: [SilencingComment], _ today: CivilDate?
    ) -> Diagnostic? {
        var heard = diagnostic
        for comment in comments where comment.isAbout(diagnostic) {
            guard let until = comment.until, let today,
                today.daysSince1970 > until.daysSince1970
            else { return nil }
            heard.help.append("the comment that silenced it has expired")
        }
        return heard
    }
}

extension Step {
    /// The step and every step inside it, handlers too.
    var withInner: [Step] {
        let inner: [Step] =
            switch work {
            case .chain(let call): call.steps
            case .parallel(let steps): steps
            case .call, .wait, .waitFor, .waitForSignal: []
            }
        if inner.isEmpty, onFailure == nil { return [self] }
        return [self] + (inner + (onFailure ?? [])).flatMap(\.withInner)
    }

    /// Its own call, if it is one.
    var call: Call? { if case .call(let call) = work { call } else { nil } }
}
