import ArgumentParser
import BelayCompiler
import JSON

/// In which environment a command works.
struct EnvironmentOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The environment.", valueName: "name"))
    var env: String = EnvironmentProgram.simulatedName

    /// The command that says what is wrong here.
    var checkCommand: String {
        env == EnvironmentProgram.simulatedName ? "belay check" : "belay check --env \(env)"
    }

    func environment(of program: Program) throws(CommandProblem) -> EnvironmentProgram {
        if let environment = program.environments[env] { return environment }
        let names = program.environments.keys.sorted()
        let near = Suggestion.nearest(to: env, in: names)
        throw CommandProblem(
            .usage, "unknown environment \(env)",
            help: near.map { "did you mean \($0)?" }
                ?? "environments are \(names.joined(separator: ", "))")
    }

    /// The process variables that the environment declares; those that are needed and not set are named.
    static func variables(
        of environment: EnvironmentProgram, from variable: (String) -> String?
    ) -> (values: JSONObject, missing: [String]) {
        var values = JSONObject()
        var missing: [String] = []
        for name in environment.variables {
            if let value = variable(name) {
                values[name] = .string(value)
            } else if environment.requiresVariable(name) {
                missing.append(name)
            }
        }
        return (values, missing)
    }
}
