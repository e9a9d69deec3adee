import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import BelayStore
import JSON

/// `belay run`: evaluate and act once, for real.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Decide an incident and carry its chain out, once.",
        discussion: """
            Example:
              belay run -i incident.json --env production --dry-run
              belay run -i alertmanager.json --env production

            With --dry-run nothing is called; the plan is shown and recorded. Exit status 1 if no rule matched, all
            were held back, or a run did not end well.
            """)

    @OptionGroup var incidents: IncidentOptions
    @OptionGroup var environment: EnvironmentOptions
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var store: StoreOptions

    @Flag(name: .long, help: "Show and record the plan; call nothing.")
    var dryRun = false

    @Option(name: .long, help: ArgumentHelp("Who starts it, for the record.", valueName: "name"))
    var by: String?

    func run() async throws {
        let world = LiveWorld()
        let files = try repository.files()
        let program = try repository.program(files)
        let environment = try environment.environment(of: program)
        let variables = try requireSettings(program, environment, world)
        let planner = Planner(
            Decider(program: program, environment: environment, variables: variables))
        let incidents = try incidents.incidents(environment, at: world.now())
        let store = try await store.open()
        do {
            let runner = Runner(
                store: store, world: world, planner: planner, sources: ProgramText(files),
                actor: by ?? world.variable("USER") ?? "operator")
            let good =
                dryRun ? try await runner.rehearse(incidents) : try await runner.run(incidents)
            await store.close()
            if !good { throw ExitStatus.findings }
        } catch let error as StoreError {
            await store.close()
            throw CommandProblem(error, try self.store.path)
        }
    }

    /// Everything that would fail at night is said now: unbound actions, unset variables, unset secrets.
    private func requireSettings(
        _ program: Program, _ environment: EnvironmentProgram, _ world: LiveWorld
    ) throws -> JSONObject {
        var diagnostics = Diagnostics()
        EnvironmentCheck.run(program, environment, &diagnostics)
        if diagnostics.hasErrors {
            Output.standardError(
                FindingsView(diagnostics, format: "human", color: .auto, descriptor: 2).text)
            throw ExitStatus.findings
        }
        let (variables, missing) = EnvironmentOptions.variables(
            of: environment, from: world.variable)
        guard missing.isEmpty else {
            throw CommandProblem(
                .usage, "environment \(environment.name) needs \(missing.joined(separator: ", "))",
                help:
                    "set \(missing.count == 1 ? "this variable" : "these variables") before `belay run`"
            )
        }
        return variables
    }
}
