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
        EmptyEvidence.self,
        IncidentTextInCommand.self,
        IrreversibleWithoutApproval.self,
        NoCatchAll.self,
        RetryNotIdempotent.self,
        RuleWithoutTest.self,
        SecretInClear.self,
        SilentFailure.self,
        UnboundedBlastRadius.self,
        UnusedChain.self,
        UnverifiedChange.self,
    ]

    /// Runs every lint; findings that a comment silences are left out.
    static func run(_ state: inout CompilerState) {
        let program = LintedProgram(
            rules: state.rules.map(LintedRule.init), chains: state.chains,
            usedChains: state.usedChains,
            environments: state.environments.values.sorted { $0.name < $1.name },
            syntax: state.syntax)
        var found: [Diagnostic] = []
        for rule in all { rule.check(program) { found.append($0) } }
        for diagnostic in found { state.diagnostics.append(diagnostic) }
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
