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
        var text: String
        var count: Int
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
            throw Self.findings(compilation.diagnostics)
        }
        var options = EnvironmentOptions()
        options.env = env
        let environment = try options.environment(of: program)
        var diagnostics = Diagnostics()
        EnvironmentCheck.run(program, environment, &diagnostics)
        if diagnostics.hasErrors { throw Self.findings(diagnostics) }
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

    private static func findings(_ diagnostics: Diagnostics) -> Findings {
        Findings(
            text: FindingsView(diagnostics, format: "human", color: .auto, descriptor: 2).text,
            count: diagnostics.sorted.count)
    }
}
