import BelayCompiler
import BelayEngine
import BelayStore
import JSON

@testable import BelayProviders

/// The engine over a store in memory with the providers as they are: for what only attempts, classes and
/// retries show. Each binding is an action of that name, and a rule whose only step calls it.
struct Engine: Sendable {
    /// What became of one run.
    struct Story: Sendable {
        var end: DriveEnd
        /// How each attempt ended: `succeeded`, `timed_out`, `failed unavailable`, `unknown timeout`.
        var attempts: [String]
        /// The idempotency keys of all attempts.
        var keys: Set<String>
        /// What the last attempt answered, or what was said of its failure.
        var output: JSONValue?
        var message: String?
    }

    private static let targets = (0..<128).map { "t\($0)" }

    private let store: MemoryStore
    private let driver: RunDriver
    private let dispatcher: Dispatcher
    private let world = LiveWorld()

    /// - Parameter bindings: the flow map of each action's binding, such as `{provider: exec, command: […]}`.
    init(
        _ bindings: [String: String], attempts: Int = 3, timeout: String = "30s",
        tools: ProviderTools = TestCall.tools()
    ) async throws {
        let program = try Self.program(bindings, attempts, timeout)
        guard let environment = program.environments["fault"] else {
            preconditionFailure("the environment is missing")
        }
        store = try await MemoryDisk().open(world: world)
        dispatcher = Dispatcher(
            store: store, world: world,
            planner: Planner(Decider(program: program, environment: environment)),
            sources: ProgramText([UInt8]()), actor: "test")
        driver = RunDriver(
            store: store, world: world, providers: ProviderRegistry(BuiltinActions.all(tools)),
            catalogue: program.catalogue, secrets: SecretVault(values: [:]))
    }

    /// Runs the rule of an action once, on a target that no other run holds.
    func run(_ action: String, on number: Int = 0) async throws -> Story {
        try await drive(try await begin(action, on: number))
    }

    /// Accepts and decides an incident; one after another, because each decision counts in the limits of the next.
    func begin(_ action: String, on number: Int) async throws -> Dispatcher.Begun {
        let now = world.now()
        let target = Self.targets[number]
        let incident = Incident(
            id: "\(action)-\(number)", fingerprint: "\(action)-\(number)", priority: .high,
            type: action, source: "test", target: target, startedAt: now, receivedAt: now)
        let accepted = try await dispatcher.accept([incident], source: "test")
        guard let id = accepted.first?.id,
            let begun = try await dispatcher.decide(incident, id: id).begun.first
        else { preconditionFailure("no run begins") }
        return begun
    }

    func drive(_ begun: Dispatcher.Begun) async throws -> Story {
        let end = try await driver.carry(
            begun.context, from: begun.state, lease: begun.lease,
            reservations: begun.reservations)
        let records = try await store.events(ofRun: begun.context.run)
        let results = records.filter { $0.record.kind == .stepResult }
        return Story(
            end: end,
            attempts: results.map { stored in
                let failure = stored.record.error?.class
                let outcome = stored.record.outcome ?? ""
                return outcome == "succeeded" || outcome == "timed_out"
                    ? outcome : "\(outcome) \(failure ?? "")"
            },
            keys: Set(records.compactMap(\.record.idem)),
            output: results.last?[payload: "output"],
            message: results.last?[payload: "message"]?.stringValue)
    }

    private static func program(
        _ bindings: [String: String], _ attempts: Int, _ timeout: String
    ) throws -> Program {
        let names = bindings.keys.sorted()
        let actions = names.map {
            "  \($0): {description: A drill, effect: change, recovery: once, timeout: \(timeout), "
                + "inputs: {target: {type: string, default: \"${{ run.target }}\"}}}"
        }
        let rules = names.map {
            "  - {id: \($0), match: {type: \($0)}, target: \"${{ incident.target }}\", "
                + "steps: [{id: it, uses: \($0), retry: {attempts: \(attempts), initial: 10ms}}]}"
        }
        let head = { (kind: String, name: String) in
            "apiVersion: belay/v1\nkind: \(kind)\nmetadata: {name: \(name)}\n"
        }
        let environment =
            head("Environment", "fault") + "mode: auto\ntargets:\n"
            + targets.map { "  \($0): {}\n" }.joined()
            + "limits: {max_runs: {count: 100000, per: 1m}, max_targets: {count: 100000, per: 1m}}\n"
            + "bind:\n" + names.map { "  \($0): \(bindings[$0] ?? "")\n" }.joined()
        let files = [
            ("drills.yaml", head("Actions", "drills") + "actions:\n" + lines(actions)),
            ("rules.yaml", head("Runbook", "rules") + "rules:\n" + lines(rules)),
            ("environments/fault.yaml", environment),
        ].map { SourceFile(path: $0.0, bytes: Array($0.1.utf8)) }
        let compilation = Compiler.compile(
            files, catalogue: BuiltinActions.catalogue, lints: false)
        guard let program = compilation.program else {
            throw Peer.Missing(
                description: "\(compilation.diagnostics.sorted.map { "\($0.message)" })")
        }
        return program
    }

    private static func lines(_ texts: [String]) -> String {
        texts.map { $0 + "\n" }.joined()
    }
}
