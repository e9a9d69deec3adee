import ArgumentParser
import BelayCompiler
import BelayEngine
import JSON

/// `belay explain`: every rule, every clause, value against expectation.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say of every rule why it is taken for an incident, or why not.",
        discussion: """
            Example:
              belay explain -i incident.json
              belay explain -i alertmanager.json --rule cache-memory-pressure
            """)

    @OptionGroup var incidents: IncidentOptions
    @OptionGroup var environment: EnvironmentOptions
    @OptionGroup var repository: RepositoryOptions

    @Option(name: .long, help: ArgumentHelp("Only this rule.", valueName: "id"))
    var rule: String?

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    @Option(name: .long, help: ArgumentHelp("Decide as if it were this time.", valueName: "time"))
    var at: String?

    func run() throws {
        try Formats.check(format)
        let world = LiveWorld()
        let now = try Moment.parse(at) ?? world.now()
        let program = try repository.program()
        let environment = try environment.environment(of: program)
        let (variables, _) = EnvironmentOptions.variables(of: environment, from: world.variable)
        let decider = Decider(program: program, environment: environment, variables: variables)
        if let rule, !program.rules.contains(where: { $0.id == rule || $0.name == rule }) {
            let near = Suggestion.nearest(to: rule, in: program.rules.map(\.id))
            throw CommandProblem(
                .usage, "unknown rule \(rule)", help: near.map { "did you mean \($0)?" })
        }
        let explanations = try incidents.incidents(environment, at: now).map {
            DecisionExplanation(decider, $0, at: now, only: rule)
        }
        if format == "json" {
            let values = explanations.map(\.json)
            Output.standard((values.count == 1 ? values[0] : .array(values)).pretty())
        } else {
            Output.standard(explanations.map { ExplanationView($0).text }.joined(separator: "\n\n"))
        }
    }
}
