import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import JSON

/// `belay simulate`: the real engine on a virtual clock.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Carry an incident's chain out on virtual time; changes nothing.",
        discussion: """
            Example:
              belay simulate -i incident.json
              belay simulate -i incident.json --assume fail:clear
              belay simulate -i incident.json --mocks runbooks/cache.test.yaml
              belay simulate -i incident.json --env production --live-reads

            Waits, retries, time-outs and approvals pass as they would, in no time. What no mock answers is assumed: \
            calls succeed, people consent, and `until` is not reached, so that the whole chain is seen; what a step \
            only reads is not known. Exit status 1 if nothing would be done or a run does not end well.
            """)

    @OptionGroup var incidents: IncidentOptions
    @OptionGroup var environment: EnvironmentOptions
    @OptionGroup var repository: RepositoryOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Answer calls as the `mocks` of this test file say.", valueName: "file"))
    var mocks: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "ok, fail, lost, deny or recovered, for all steps or, as fail:STEP, for one; repeatable.",
            valueName: "word"))
    var assume: [String] = []

    @Flag(
        name: .long, help: "Ask the environment's providers what the chain reads; change nothing.")
    var liveReads = false

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    @Option(name: .long, help: ArgumentHelp("Begin at this time.", valueName: "time"))
    var at: String?

    func run() async throws {
        try Formats.check(format)
        let world = LiveWorld()
        let now = try Moment.parse(at) ?? world.now()
        let program = try repository.program()
        let environment = try environment.environment(of: program)
        let (variables, _) = EnvironmentOptions.variables(of: environment, from: world.variable)
        let planner = Planner(
            Decider(program: program, environment: environment, variables: variables))
        guard !liveReads || environment.requiresTargets else {
            throw CommandProblem(
                .usage, "--live-reads: in the environment \(environment.name) nothing is read",
                help: "name one with --env")
        }
        let simulation = try simulation(planner)
        let outcome = try await outcome(
            simulation, try incidents.incidents(environment, at: now), at: now, environment)
        let view = SimulationView(outcome, planner)
        Output.standard(format == "json" ? view.json.pretty() : view.text)
        guard !outcome.isCut else {
            throw CommandProblem(
                .findings,
                "broken off after \(RehearsalBounds.steps) steps: this is no whole simulation",
                help:
                    "where a chain asks so often, answer with --mocks, or ask less often in a copy")
        }
        if !outcome.endsWell { throw ExitStatus.findings }
    }

    private static let questionLimit = 100

    private func simulation(_ planner: Planner) throws -> Simulation {
        let assumptions: Assumptions
        do throws(Assumptions.Problem) {
            assumptions = try Assumptions(assume, in: planner.decider.program)
        } catch {
            throw CommandProblem(.usage, "--assume \(error.message)", help: error.help)
        }
        let mocks = try readMocks()
        do throws(TestProblem) {
            return try Simulation(planner, mocks: mocks, assumptions: assumptions)
        } catch {
            let place = error.span.position
            throw CommandProblem(
                .findings,
                "\(error.span.file.path):\(place.line):\(place.column): \(error.message)")
        }
    }

    private func readMocks() throws -> [MockSyntax] {
        guard let path = mocks else { return [] }
        let file = SourceFile(path: path, bytes: try Files.read(path))
        var diagnostics = Diagnostics()
        let mocks = MocksFileReader.read(file, &diagnostics)
        guard !diagnostics.hasErrors else {
            Output.standardError(
                FindingsView(diagnostics, format: "human", color: .auto, descriptor: 2).text)
            throw CommandProblem(.findings, "\(path) has no mocks that can be used")
        }
        return mocks
    }

    /// Runs it; what it reads of the real world is asked, one after another, until all is known.
    private func outcome(
        _ simulation: Simulation, _ incidents: [Incident], at start: Timestamp,
        _ environment: EnvironmentProgram
    ) async throws -> SimulationOutcome {
        guard liveReads else { return simulation.run(incidents, at: start) }
        let tools = ProviderTools.system()
        let reader = LiveReader(
            world: LiveWorld(), providers: ProviderRegistry(BuiltinActions.all(tools)),
            catalogue: BuiltinActions.catalogue,
            secrets: await SecretSources(tools: tools).vault(for: environment.secrets))
        var answers: [LiveQuestion: ActionOutcome] = [:]
        while true {
            let outcome = simulation.run(incidents, at: start, answers: answers)
            guard let (call, context) = outcome.unread else { return outcome }
            guard answers.count < Self.questionLimit else {
                throw CommandProblem(
                    .findings, "the chain asks more than \(Self.questionLimit) different questions",
                    help: "answer those that change each time with --mocks")
            }
            Output.standardError("asking \(call.intent.action) by \(call.intent.provider)")
            answers[LiveQuestion(call)] = await reader.read(call, of: context)
        }
    }
}

extension SimulationOutcome {
    /// Whether every incident that fires got a run, and every run ended well.
    fileprivate var endsWell: Bool {
        deliveries.allSatisfy { delivery in
            let isNotice = delivery.incident.status != .firing
            let isLed = delivery.decision.taken.contains { $0.leader != nil }
            return (isNotice || isLed || !delivery.runs.isEmpty)
                && delivery.runs.allSatisfy { runs[$0].result?.isGood ?? false }
        }
    }
}
