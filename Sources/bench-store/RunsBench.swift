import BelayCompiler
import BelayEngine
import BelayStore
import Cryptography
import JSON

/// Runs of three steps that do nothing, from acceptance to their end, 64 in flight, beside the same rows in as many
/// commits without an engine.
struct RunsBench {
    enum Kind: String, CaseIterable {
        /// Each step has an intent and a result on disk before the next begins.
        case change
        /// Steps that only read: they need no intent.
        case read
    }

    let folder: String
    let kind: Kind
    let count: Int

    private static let inFlight = 64
    private var name: String { "3 \(kind.rawValue) steps" }

    func run() async throws {
        let path = "\(folder)/runs-\(kind.rawValue).db"
        let commits = Counter()
        let world = BenchWorld(
            failpoints: Failpoints {
                if $0 == .sequencerBatch { commits.next() }
            })
        let store = try await SQLiteStore.open(path: path, world: world)
        let program = try Self.program(kind, targets: count)
        let started = commits.value
        let processor = BenchStore.processor
        let seconds = try await BenchStore.seconds { try await drive(store, world, program) }
        let used = BenchStore.processor - processor
        let written = commits.value - started
        await store.close()
        BenchStore.figure("runs of \(name), 64 in flight", Double(count) / seconds, "runs/s")
        BenchStore.figure("commits a run, \(name)", Double(written) / Double(count), "")
        let replay = try RowReplay(path: path)
        let bare = try await BenchStore.seconds {
            try replay.run(into: "\(folder)/replay-\(kind.rawValue).db", commits: written)
        }
        BenchStore.figure(
            "the same rows and commits, bare (\(kind.rawValue))", Double(count) / bare, "runs/s")
        let journal = try JournalShare(path: path).seconds()
        BenchStore.figure("CPU of a step of \(name)", used / Double(3 * count) * 1e6, "µs")
        BenchStore.figure("journal's share of CPU, \(name)", journal / used * 100, "%")
    }

    private func drive(
        _ store: SQLiteStore, _ world: BenchWorld, _ program: Program
    ) async throws {
        guard let environment = program.environments["bench"] else {
            preconditionFailure("the benchmark has its environment")
        }
        let dispatcher = Dispatcher(
            store: store, world: world,
            planner: Planner(Decider(program: program, environment: environment)),
            sources: ProgramText(Self.files(kind, targets: count)), actor: "source")
        let driver = RunDriver(
            store: store, world: world, providers: ProviderRegistry([NoOperation()]),
            catalogue: program.catalogue, secrets: NoSecrets())
        let next = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.inFlight {
                group.addTask {
                    while true {
                        let number = next.next()
                        guard number < count else { return }
                        try await one(number, dispatcher, driver, world)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func one(
        _ number: Int, _ dispatcher: Dispatcher, _ driver: RunDriver, _ world: BenchWorld
    ) async throws {
        let incident = Incident(
            id: "i\(number)", fingerprint: "f\(number)", priority: .high, type: "Bench",
            source: "bench", target: "host-\(number)", details: [:], startedAt: world.now(),
            receivedAt: world.now())
        let accepted = try await dispatcher.accept([incident], source: "bench")
        let (decision, begun) = try await dispatcher.decide(incident, id: accepted[0].id)
        for run in begun {
            var state = RunState()
            state.apply(.started, at: world.now())
            let result = try await driver.drive(
                run.context, from: state, lease: run.lease, reservations: run.reservations)
            precondition(result?.status == .succeeded, "\(String(describing: result))")
        }
        precondition(begun.count == 1, "\(incident.id): \(decision)")
    }
}

/// A provider that does nothing and says so.
private struct NoOperation: ActionProvider {
    let contract = RunsBench.contract
    func perform(_ request: ActionRequest) async -> ActionOutcome { .succeeded([:]) }
}

/// No secrets in benchmarks.
private struct NoSecrets: SecretOpener {
    func open(_ name: String) throws(SecretError) -> String { throw SecretError("no secrets") }
    func redact(_ text: String) -> String { text }
}

// MARK: - The program

extension RunsBench {
    fileprivate static let contract = ProviderContract(
        "nothing", description: "Does nothing.",
        operations: Kind.allCases.map { kind in
            OperationContract(
                kind.rawValue,
                action: ActionContract(
                    "nothing.\(kind.rawValue)", description: "Does nothing.",
                    effect: kind == .change ? .change : .read,
                    recovery: kind == .change ? .idempotent : .pure,
                    inputs: kind == .change
                        ? [
                            InputContract(
                                "target", .string, required: true, standard: "${{ run.target }}")
                        ] : [],
                    timeout: .seconds(20)), serves: [kind.rawValue])
        })

    private static func program(_ kind: Kind, targets: Int) throws -> Program {
        let compilation = Compiler.compile(
            files(kind, targets: targets),
            catalogue: ActionCatalogue(capabilities: [], providers: [contract]),
            lints: false)
        guard let program = compilation.program else {
            preconditionFailure("\(compilation.diagnostics)")
        }
        return program
    }

    fileprivate static func files(_ kind: Kind, targets: Int) -> [SourceFile] {
        let hosts = (0..<targets).map { "host-\($0): {}" }
        let steps = ["a", "b", "c"].map { "{id: \($0), uses: nothing.\(kind.rawValue)}" }
        return [
            SourceFile(
                path: "runbooks/bench.yaml",
                text: """
                    apiVersion: belay/v1
                    kind: Runbook
                    metadata: {name: bench, owner: ops}
                    rules:
                      - id: bench
                        match: {type: Bench}
                        steps: [\(steps.joined(separator: ", "))]
                    """),
            SourceFile(
                path: "runbooks/environments/bench.yaml",
                text: """
                    apiVersion: belay/v1
                    kind: Environment
                    metadata: {name: bench}
                    mode: auto
                    bind:
                      nothing.change: {provider: nothing, operation: change, max_in_flight: 64}
                      nothing.read: {provider: nothing, operation: read, max_in_flight: 64}
                    limits:
                      max_runs: {count: 1000000, per: 1m}
                      max_targets: {count: 1000000, per: 1m}
                    targets: {\(hosts.joined(separator: ", "))}
                    """),
        ]
    }
}
