import BelayCompiler
import BelayEngine
import BelaySimulation
import BelayStore
import JSON
import Synchronization
import Testing

/// A daemon's work on a store in memory, step by step: a test delivers, lets what is due happen, and looks at what
/// was called and recorded. Runs are driven one after another, on virtual time.
struct Daemon: Sendable {
    typealias Answer = @Sendable (ActionRequest) async -> ActionOutcome

    let world: VirtualWorld
    let disk = MemoryDisk(seed: [1])
    let store: MemoryStore
    let program: Program
    let start: Timestamp
    private let executor = StepExecutor()
    private let answer: Answer
    private let log = Log()
    let dispatcher: Dispatcher

    private final class Log: Sendable {
        let calls = Mutex<[String]>([])
        let ends = Mutex<[String]>([])
        /// Whether the process is told to stop by its next intent; and its signs.
        let stops = Mutex(false)
        let signs = Mutex(ProcessSigns())
    }

    init(
        _ rules: String, environment: String = "", world: VirtualWorld = VirtualWorld(seed: 1),
        _ answer: @escaping Answer = { _ in .succeeded([:]) }
    ) throws {
        self.world = world
        self.answer = answer
        let compilation = SimulatedProgram.compile(rules: rules, environment: environment)
        let program = try #require(
            compilation.program, "\(compilation.diagnostics.sorted.map(\.message))")
        self.program = program
        start = world.now()
        let disk = disk
        store = try Self.pump(executor, world) { try await disk.open(world: world) }
        let environment = try #require(program.environments["sim"])
        dispatcher = Dispatcher(
            store: store, world: world,
            planner: Planner(Decider(program: program, environment: environment)),
            sources: ProgramText([SourceFile]()), actor: "source")
    }

    /// All calls but questions, in order: `same one`.
    var calls: [String] { log.calls.withLock { $0 } }
    /// How runs ended, in order: `rule succeeded`, `rule waits approval`.
    var ends: [String] { log.ends.withLock { $0 } }

    func pump<Value: Sendable>(_ work: @escaping @Sendable (Daemon) async throws -> Value) throws
        -> Value
    {
        try Self.pump(executor, world) { try await work(self) }
    }

    private static func pump<Value: Sendable>(
        _ executor: StepExecutor, _ world: VirtualWorld,
        _ work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let outcome = Mutex<Result<Value, any Error>?>(nil)
        Task(executorPreference: executor) {
            let result: Result<Value, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            outcome.withLock { $0 = result }
        }
        for _ in 0..<100_000 {
            executor.drain()
            if let result = outcome.withLock({ $0 }) { return try result.get() }
            guard world.wakeNext() else { break }
        }
        throw StoreError.broken("the work does not end")
    }

    // MARK: What comes in

    /// Accepts a report; `fingerprint` is by default the type.
    func deliver(
        _ type: String, _ status: IncidentStatus = .firing, target: String? = "one",
        fingerprint: String? = nil, id: String? = nil, startedAfter: Duration = .zero,
        resolvedAfter: Duration? = nil
    ) throws {
        try pump { daemon in
            let now = daemon.world.now()
            let fingerprint = fingerprint ?? type
            let incident = Incident(
                id: id ?? "\(fingerprint) \(status.rawValue) \(startedAfter)",
                fingerprint: fingerprint, status: status, priority: .high, type: type,
                source: "sim", target: target, startedAt: daemon.start + startedAfter,
                resolvedAt: resolvedAfter.map { daemon.start + $0 }, receivedAt: now)
            _ = try await daemon.dispatcher.accept([incident], source: "sim")
        }
    }

    /// Lets everything happen that is due now.
    func work() throws {
        try pump { daemon in
            for _ in 0..<50 {
                let due = try await daemon.dispatcher.decideDue()
                for begun in due.begun {
                    try await daemon.drive(begun.context) {
                        try await daemon.driver.carry(
                            begun.context, from: begun.state, lease: begun.lease,
                            reservations: begun.reservations)
                    }
                }
                let claimed = try await daemon.store.claim(10, for: Bounds.lease)
                for run in claimed { try await daemon.resume(run) }
                if due.begun.isEmpty, claimed.isEmpty { return }
            }
        }
    }

    /// Goes to a time since the start and lets happen what is due then.
    func goOn(to time: Duration) throws {
        try pump { try await $0.world.sleep(until: $0.start + time) }
        try work()
    }

    /// Says something to the run of a rule that waits.
    @discardableResult
    func tell(_ rule: String, _ input: RunInput) throws -> Telling {
        try pump { daemon in
            let runs = try await daemon.store.runs(RunFilter(phases: [.waiting], rule: rule))
            let run = try #require(runs.last { $0.reason?.hasPrefix("joined:") != true })
            return try await daemon.dispatcher.tell(run.id, input)
        }
    }

    // MARK: Driving

    private func drive(
        _ context: RunContext, _ work: () async throws -> DriveEnd
    ) async throws {
        let part = context.part.code.map { "#\($0)" } ?? ""
        switch try await work() {
        case .finished(let result):
            note("\(context.rule.id)\(part) \(result.status.rawValue)")
            try await dispatcher.ended(context.run)
        case .parked(let reason):
            note("\(context.rule.id)\(part) waits \(reason)")
            guard let telling = try await dispatcher.tellOfWaiting(context.run) else { return }
            try await drive(telling.context) {
                try await driver.carry(
                    telling.context, from: telling.state, lease: telling.lease,
                    reservations: telling.reservations)
            }
        case .leaseLost: note("\(context.rule.id)\(part) lost")
        case .stopped: note("\(context.rule.id)\(part) stopped")
        }
    }

    private func note(_ end: String) { log.ends.withLock { $0.append(end) } }

    func resume(_ claimed: ClaimedRun) async throws {
        let records = try await store.events(ofRun: claimed.run.id)
        let beginning = try #require(records.first?[payload: RunBeginning.name])
        let context = try #require(
            RunBeginning(beginning)?.context(
                run: claimed.run.id, rule: claimed.run.rule, of: claimed.run.runbook.name,
                in: program))
        try await drive(context) { try await driver.resume(context, claimed) }
    }

    var driver: RunDriver {
        RunDriver(
            store: store, world: world, providers: ProviderRegistry([Provider(daemon: self)]),
            catalogue: program.catalogue, secrets: Secrets(), patience: .seconds(300),
            executor: executor, signs: signs
        ) { [log] event, _ in
            guard case .intended = event, log.stops.withLock({ $0 }) else { return }
            log.signs.withLock { $0 }.stop()
        }
    }

    /// What tells runs that the process is being stopped.
    var signs: ProcessSigns { log.signs.withLock { $0 } }

    /// The process is told to stop between the next intent and its call.
    func stopAtIntent() { log.stops.withLock { $0 = true } }

    /// As a new process would, on the same store.
    func beginAnew() {
        log.stops.withLock { $0 = false }
        log.signs.withLock { $0 = ProcessSigns() }
    }

    private struct Provider: ActionProvider {
        let daemon: Daemon
        var contract: ProviderContract { SimulatedProgram.contract }

        func perform(_ request: ActionRequest) async -> ActionOutcome {
            if request.effect != .read {
                let target = request.inputs["target"]?.plainValue?.stringValue
                let name = request.action.dropFirst("faulty.".count)
                daemon.log.calls.withLock {
                    $0.append([String(name), target].compactMap { $0 }.joined(separator: " "))
                }
            }
            return await daemon.answer(request)
        }
    }

    private struct Secrets: SecretOpener {
        func open(_ name: String) throws(SecretError) -> String { throw SecretError("none") }
        func redact(_ text: String) -> String { text }
    }

    // MARK: Looking

    func records(_ kinds: RecordKind...) throws -> [StoredRecord] {
        try pump { try await $0.store.records(RecordQuery(limit: 10_000, kinds: kinds)) }
    }

    /// The reasons of all suppressions and of what no rule takes, in order.
    func verdicts() throws -> [String] {
        try records(.ruleSuppressed, .ruleUnmatched).compactMap(\.record.reason)
    }

    func incidents() throws -> [IncidentRow] {
        try pump { try await $0.store.incidents(.latest(limit: 1000)) }
    }

    func ledger() throws -> LimitState {
        try pump { daemon in
            try await daemon.store.limits(
                committedSince: daemon.world.now() - Bounds.limitHorizon)
        }
    }
}
