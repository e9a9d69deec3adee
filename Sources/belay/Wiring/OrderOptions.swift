import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import BelayStore
import JSON

/// How a person's order is carried out: by the daemon that has the journal, else here, by the same code.
struct OrderOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var token: TokenOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Who orders it, for the record.",
            discussion: "Default: whose token it is, else the user.", valueName: "name"))
    var by: String?

    /// Who says it where no token does.
    private var user: String { by ?? CurrentUser.name }

    /// Refuses a run without a name, which no path can carry.
    static func checkRun(_ id: String) throws(CommandProblem) {
        guard !id.isEmpty else {
            throw CommandProblem(.usage, "the run's id is empty", help: "belay runs")
        }
    }

    /// What became of an order: the API's answer, who gave it, and whether a daemon took it.
    struct Carried {
        var answer: JSONValue
        var person: String
        var byDaemon: Bool
    }

    func carryOut(
        _ path: String, _ body: JSONObject,
        here: (Operations, Person) async throws(OperationProblem) -> JSONValue
    ) async throws(CommandProblem) -> Carried {
        try await carryOut(
            path, body,
            onStore: {
                (store, person) async throws(OperationProblem) in
                try await here(Self.operations(store), person)
            })
    }

    /// The same for an order that is none to a run.
    func carryOut(
        _ path: String, _ body: JSONObject,
        onStore here: (SQLiteStore, Person) async throws(OperationProblem) -> JSONValue
    ) async throws(CommandProblem) -> Carried {
        if let client = try named() { return try await send(path, body, to: client) }
        let journal = try store.path
        if let address = DaemonClient.address(ofStore: journal) {
            let client = try DaemonClient(
                lockedAt: address, token: try token.read(beside: journal))
            return try await send(path, body, to: client)
        }
        let opened = try await store.openExisting()
        do throws(OperationProblem) {
            let answer = try await here(opened, Person(user))
            await opened.close()
            return Carried(answer: answer, person: user, byDaemon: false)
        } catch {
            await opened.close()
            throw CommandProblem(error, journal)
        }
    }

    /// The daemon that is named, nil where the journal says which it is.
    func named() throws(CommandProblem) -> DaemonClient? { try daemon.named(store, token) }

    /// Carried out by a daemon.
    func send(
        _ path: String, _ body: JSONObject, to client: DaemonClient
    ) async throws(CommandProblem) -> Carried {
        var body = body
        body["by"] = by.map(JSONValue.string)
        body["user"] = .string(user)
        let answer = try await client.post(path, .object(body))
        return Carried(
            answer: answer, person: answer["by"]?.stringValue ?? user, byDaemon: true)
    }

    /// What carries orders out here, without a daemon.
    static func operations(_ store: SQLiteStore) -> Operations {
        let world = LiveWorld()
        return Operations(store: store, world: world) { (id, input) async throws(StoreError) in
            let dispatcher = try await dispatcher(forRun: id, store, world)
            return try await dispatcher.tell(id, input)
        }
    }

    /// A dispatcher with the program that the run began with: nothing else is needed to tell it something.
    private static func dispatcher(
        forRun id: String, _ store: SQLiteStore, _ world: LiveWorld
    ) async throws(StoreError) -> Dispatcher {
        guard let run = try await store.run(id) else { throw .notFound(id) }
        guard let kept = try await Self.program(of: run, store),
            let environment = kept.program.environments[EnvironmentProgram.simulatedName]
                ?? kept.program.environments.values.first
        else { throw .damaged("the program of run \(id) cannot be compiled by this version") }
        return Dispatcher(
            store: store, world: world,
            planner: Planner(Decider(program: kept.program, environment: environment)),
            sources: kept.text, actor: "source")
    }

    /// The program that a run began with, and its sources; nil if this version cannot compile them.
    static func program(
        of run: RunRow, _ store: SQLiteStore
    ) async throws(StoreError) -> (program: Program, text: ProgramText)? {
        guard let text = try await store.program(run.runbook.program), let files = text.files,
            let program = Compiler.compile(files, catalogue: BuiltinActions.catalogue, lints: false)
                .program
        else { return nil }
        return (program, text)
    }
}

extension CommandProblem {
    /// What an order meets with.
    init(_ problem: OperationProblem, _ path: String) {
        switch problem {
        case .notFound(let text): self.init(.unreadable, text, help: "belay runs")
        case .invalid(let text): self.init(.usage, text)
        case .conflict(let text), .forbidden(let text): self.init(.findings, text)
        case .busy(let text): self.init(.findings, text)
        case .store(let error): self.init(error, path)
        }
    }
}
