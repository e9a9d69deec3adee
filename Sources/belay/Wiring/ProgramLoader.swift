import BelayCompiler
import BelayEngine
import BelayProviders
import JSON

/// Reads what is acted on for real: `run` and `serve` refuse the same things, now rather than at night.
struct ProgramLoader: Sendable {
    /// As `--repo` and `--env` gave them.
    var repo: String?
    var env: String
    /// The command that asks, for messages.
    var command: String

    /// Findings that forbid acting.
    struct Findings: Error {
        var diagnostics: Diagnostics
        var count: Int { diagnostics.sorted.count }

        func text(_ color: ColorChoice = .auto) -> String {
            FindingsView(diagnostics, format: "human", color: color, descriptor: 2).text
        }
    }

    /// What was read.
    struct Loaded: Sendable {
        var planner: Planner
        var sources: ProgramText

        var environment: EnvironmentProgram { planner.decider.environment }

        func supervised(_ tools: ProviderTools) async -> SupervisedProgram {
            SupervisedProgram(
                planner: planner, sources: sources,
                secrets: await SecretSources(tools: tools).vault(for: environment.secrets))
        }
    }

    /// Throws `Findings`, or a `CommandProblem`.
    func load(_ world: some World) throws -> Loaded {
        var repository = RepositoryOptions()
        repository.repo = repo
        let files = try repository.files()
        let compilation = Compiler.compile(files, catalogue: BuiltinActions.catalogue, lints: false)
        guard let program = compilation.program else {
            throw Findings(diagnostics: compilation.diagnostics)
        }
        var options = EnvironmentOptions()
        options.env = env
        let environment = try options.environment(of: program)
        var diagnostics = Diagnostics()
        EnvironmentCheck.run(program, environment, &diagnostics)
        if diagnostics.hasErrors { throw Findings(diagnostics: diagnostics) }
        let (variables, missing) = EnvironmentOptions.variables(
            of: environment, from: world.variable)
        guard missing.isEmpty else {
            let these = missing.count == 1 ? "this variable" : "these variables"
            throw CommandProblem(
                .usage, "environment \(environment.name) needs \(missing.joined(separator: ", "))",
                help: "set \(these) before `belay \(command)`")
        }
        return Loaded(
            planner: Planner(
                Decider(program: program, environment: environment, variables: variables)),
            sources: ProgramText(files))
    }
}
