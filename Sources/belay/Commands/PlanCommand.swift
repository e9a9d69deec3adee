import ArgumentParser
import BelayCompiler
import BelayEngine
import JSON

/// `belay plan`: what would be done, nothing called, no store touched.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what would be done for an incident; calls nothing.",
        discussion: """
            Example:
              belay plan -i incident.json --env production
              belay plan -i alertmanager.json --format json
            """)

    @OptionGroup var incidents: IncidentOptions
    @OptionGroup var environment: EnvironmentOptions
    @OptionGroup var repository: RepositoryOptions

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
        let planner = Planner(
            Decider(program: program, environment: environment, variables: variables))
        let plans = try incidents.incidents(environment, at: now).map { incident in
            planner.plan(incident, planner.decider.decide(incident, at: now), at: now)
        }
        if format == "json" {
            let values = plans.map(\.json)
            Output.standard((values.count == 1 ? values[0] : .array(values)).pretty())
        } else {
            Output.standard(plans.map { PlanView($0).text }.joined(separator: "\n\n"))
        }
    }
}

/// Reads `--at`.
enum Moment {
    static func parse(_ text: String?) throws(CommandProblem) -> Timestamp? {
        guard let text else { return nil }
        if let time = Timestamp(rfc3339: text) { return time }
        throw CommandProblem(.usage, "\(text) is no time", help: "write it as 2026-03-01T02:00:00Z")
    }
}
