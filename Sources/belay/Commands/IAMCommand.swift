import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import JSON

/// `belay iam`: what the environment's calls may need of AWS, and no more.
struct IAMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "iam",
        abstract: "Print the least IAM policy that an environment's runbooks need.",
        discussion: """
            Example:
              belay iam --env aws
              belay iam --env aws --per-action

            One statement for each action, named by its Sid. Resources are those that the bindings name for the \
            targets that the rules can act on.
            """)

    @OptionGroup var environment: EnvironmentOptions
    @OptionGroup var repository: RepositoryOptions

    @Flag(name: .long, help: "A policy for each action, as a map.")
    var perAction = false

    @Flag(name: .long, help: "For every target and bound action, whether a rule acts on it or not.")
    var allTargets = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The account in ARNs; default: the one that the environment pins, else any.",
            valueName: "id"))
    var account: String?

    func run() throws {
        let program = try repository.program()
        let environment = try environment.environment(of: program)
        let world = LiveWorld()
        let (variables, missing) = EnvironmentOptions.variables(
            of: environment, from: world.variable)
        guard missing.isEmpty else {
            throw CommandProblem(
                .usage, "environment \(environment.name) needs \(missing.joined(separator: ", "))",
                help: "resources are named by them; set them before `belay iam`")
        }
        let survey = BindingSurvey(
            program: program, environment: environment, variables: variables)
        let calls = allTargets ? survey.callsOfBindings : survey.callsOfRules
        let region = world.variable("AWS_REGION") ?? world.variable("AWS_DEFAULT_REGION")
        let needs = PermissionSurvey(region: region, account: account ?? environment.account)
            .needs(of: calls, secrets: environment.secrets)
        let policy = PolicyDocument(needs)
        Output.standard(
            perAction
                ? JSONValue.object(policy.perAction(calls.map(\.action))).pretty()
                : policy.json.pretty())
    }
}
