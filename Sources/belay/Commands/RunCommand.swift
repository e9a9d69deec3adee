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

            With --dry-run nothing is called; the plan is shown and recorded. Exit status 1 if no rule matched, all \
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
        let loader = ProgramLoader(repo: repository.repo, env: environment.env, command: "run")
        let loaded: ProgramLoader.Loaded
        do { loaded = try loader.load(world) } catch let findings as ProgramLoader.Findings {
            Output.standardError(findings.text())
            throw CommandProblem(
                .findings, "nothing is run from a repository with errors",
                help: environment.checkCommand)
        }
        let incidents = try incidents.incidents(loaded.environment, at: world.now())
        let store = try await store.open()
        do {
            let tools = ProviderTools.system()
            let runner = Runner(
                parts: SupervisorParts(store: store, world: world, tools: tools), store: store,
                program: await loaded.supervised(tools),
                actor: by ?? CurrentUser.name)
            let good =
                dryRun ? try await runner.rehearse(incidents) : try await runner.run(incidents)
            await store.close()
            if !good { throw ExitStatus.findings }
        } catch let error as StoreError {
            await store.close()
            throw CommandProblem(error, try self.store.path)
        }
    }
}
