import BelayCompiler
import BelayEngine
import BelayProviders
import BelayStore

/// Carries on what another process left: first its runs, then incidents that nobody has decided.
struct Resumer {
    let store: SQLiteStore
    let world: LiveWorld
    let planner: Planner
    let sources: ProgramText

    /// How many runs are claimed together.
    private static let batch = 16

    /// Whether all runs ended well; one that waits for somebody has not.
    func run() async throws -> Bool {
        var good = true
        while true {
            let claimed = try await store.claim(Self.batch, for: Bounds.lease)
            if claimed.isEmpty { break }
            for run in claimed { good = try await resume(run) && good }
        }
        for row in try await store.incidents(.due(limit: 1000)) {
            guard let incident = Incident(stored: row.body) else { continue }
            let dispatcher = Dispatcher(
                store: store, world: world, planner: planner, sources: sources, actor: "source")
            let (decision, begun) = try await dispatcher.decide(incident, id: row.id)
            if begun.isEmpty {
                say(row.id, decision.reason ?? "observed")
            }
            for run in begun {
                var state = RunState()
                state.apply(.started, at: world.now())
                let end = try await driver(planner.decider.program, run.context).carry(
                    run.context, from: state, lease: run.lease, reservations: run.reservations)
                good = report(run.context.run, end) && good
            }
        }
        _ = try await store.checkpoint(always: false)
        return good
    }

    private func resume(_ claimed: ClaimedRun) async throws -> Bool {
        let row = claimed.run
        guard let text = try await store.program(row.runbook.program), let files = text.files,
            let program = Compiler.compile(files, catalogue: BuiltinActions.catalogue, lints: false)
                .program
        else { throw StoreError.damaged("the program of run \(row.id) cannot be read") }
        let records = try await store.events(ofRun: row.id)
        let beginning = records.first { $0.record.kind == .runCreated }
            .flatMap { $0[payload: RunBeginning.name] }.flatMap(RunBeginning.init)
        let context = beginning?.context(
            run: row.id, rule: row.rule, of: row.runbook.name, in: program)
        guard let context else { throw StoreError.damaged("the beginning of run \(row.id)") }
        let end = try await driver(program, context).resume(context, claimed)
        return report(row.id, end)
    }

    private func driver(_ program: Program, _ context: RunContext) async -> RunDriver {
        let tools = ProviderTools.system()
        let secrets = await SecretSources(tools: tools).vault(for: context.environment.secrets)
        let progress = ProgressView()
        return RunDriver(
            store: store, world: world, providers: ProviderRegistry(BuiltinActions.all(tools)),
            catalogue: program.catalogue, secrets: secrets,
            observe: { event, time in progress.show(event, at: time) })
    }

    private func report(_ run: String, _ end: DriveEnd) -> Bool {
        switch end {
        case .finished(let result):
            say(run, result.status.rawValue)
            return result.isGood
        case .parked(let reason): say(run, "waits for \(reason)")
        case .leaseLost: say(run, "another process has it")
        case .stopped: say(run, "stopped")
        }
        return false
    }

    private func say(_ id: String, _ what: String) { Output.standard("\(id)  \(what)") }
}
