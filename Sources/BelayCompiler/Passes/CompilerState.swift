import Cryptography
import EventPattern
import JSON

/// What the passes hand on to one another.
struct CompilerState {
    var catalogue: ActionCatalogue
    let digest: String
    var files: [SourceFile] = []
    var syntax = RepositorySyntax()
    var diagnostics = Diagnostics()
    /// Values of the runbooks' parameters.
    var params: [String: [String: JSONValue]] = [:]
    /// Shapes of the runbooks' parameters.
    var paramShapes: [String: ValueShape] = [:]
    /// Chains by the file that declares them and their name.
    var chains: [ChainKey: Chain] = [:]
    var usedChains: Set<ChainKey> = []
    var rules: [Rule] = []
    var environments: [String: EnvironmentProgram] = [:]
    var guardrails: [Guardrail] = []
    private var builtMatcher: Matcher?
    private var outputShapes: [String: ValueShape] = [:]
    private var stepShapes: [String: ValueShape] = [:]

    init(catalogue: ActionCatalogue, digest: String) {
        self.catalogue = catalogue
        self.digest = digest
    }

    struct ChainKey: Hashable {
        var path: String
        var name: String
    }

    /// A chain, resolved once for all its calls.
    struct Chain {
        var syntax: ChainSyntax
        var steps: [Step]
        var outputs: [NamedTemplate]
        var outputShape: ValueShape
    }

    /// What an action answers with: made once for all steps that use it.
    mutating func outputs(of contract: ActionContract) -> ValueShape {
        if let known = outputShapes[contract.name] { return known }
        let shape = ValueShape.outputs(of: contract)
        outputShapes[contract.name] = shape
        return shape
    }

    /// `steps.ID` of a step that calls this action.
    mutating func step(calling contract: ActionContract) -> ValueShape {
        if let known = stepShapes[contract.name] { return known }
        let shape = ValueShape.step(outputs: outputs(of: contract))
        stepShapes[contract.name] = shape
        return shape
    }

    func identity(of runbook: RunbookFile) -> RunbookIdentity {
        RunbookIdentity(
            name: runbook.metadata.name.value, owner: runbook.metadata.owner?.value,
            path: runbook.file.path, digest: SHA256.hash(runbook.file.bytes).hex)
    }

    /// The matcher of all rules, which are named by their places; made once, after the passes.
    mutating func matcher() -> Matcher {
        if let builtMatcher { return builtMatcher }
        var builder = MatcherBuilder(keysAreWhole: PatternResolver.options.keysAreWhole)
        var budgetMessage: String?
        for (place, rule) in rules.enumerated() {
            guard let pattern = rule.pattern else { continue }
            do throws(MatcherBuilder.BudgetError) {
                try builder.add(String(place), pattern)
            } catch {
                budgetMessage = error.message
            }
        }
        precondition(budgetMessage == nil, budgetMessage ?? "")
        let matcher = builder.build()
        builtMatcher = matcher
        return matcher
    }

    mutating func program() -> Program {
        Program(
            rules: rules, matcher: matcher(), environments: environments,
            guardrails: guardrails,
            catalogue: catalogue, params: params, digest: digest)
    }
}
