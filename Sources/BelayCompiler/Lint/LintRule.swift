/// One judgement about rules that compile: its code, and what it reports.
protocol LintRule: SendableMetatype {
    static var code: DiagnosticCode { get }
    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void)
}

/// What lints look at: rules in asking order, environments, and the files that they come from.
struct LintedProgram {
    let rules: [Rule]
    let chains: [CompilerState.ChainKey: CompilerState.Chain]
    let usedChains: Set<CompilerState.ChainKey>
    let environments: [EnvironmentProgram]
    let syntax: RepositorySyntax
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
            rules: state.rules, chains: state.chains, usedChains: state.usedChains,
            environments: state.environments.values.sorted { $0.name < $1.name },
            syntax: state.syntax)
        var found: [Diagnostic] = []
        for rule in all { rule.check(program) { found.append($0) } }
        for diagnostic in found { state.diagnostics.append(diagnostic) }
    }
}

extension Rule {
    /// Every step, those inside others and handlers too.
    var allSteps: [Step] { (steps + onFailure + afterResolve).flatMap(\.withInner) }
    /// Steps of the chain itself, those inside others too.
    var chainSteps: [Step] { steps.flatMap(\.withInner) }
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
        return [self] + (inner + (onFailure ?? [])).flatMap(\.withInner)
    }

    /// Its own call, if it is one.
    var call: Call? { if case .call(let call) = work { call } else { nil } }
}
