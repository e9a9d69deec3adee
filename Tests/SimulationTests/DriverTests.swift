import BelayCompiler
import BelayEngine
import BelaySimulation
import BelayStore
import JSON
import Synchronization
import Testing

/// The driver against a store in memory: what holds changes back, what is left behind, what is put aside.
@Suite struct DriverTests {
    @Test func intentsAndResultsAreOnRecordAndTheLimitsCount() throws {
        let stand = try Stand { _, _ in .succeeded([:]) }
        let end = try stand.drive("plain")
        #expect(end == .finished(RunResult(.succeeded)))
        let kinds = try stand.records().map(\.record.kind)
        #expect(kinds.count { $0 == .stepIntent } == 3)
        #expect(kinds.count { $0 == .stepResult } == 3)
        #expect(kinds.contains(.limitCommitted))
        #expect(kinds.last == .runFinished)
    }

    @Test func aProviderThatIgnoresItsTimeOutIsLeftBehind() throws {
        let stand = try Stand { request, stand in
            guard request.action == "faulty.same" else { return .succeeded([:]) }
            try? await stand.world.sleep(for: .seconds(100_000))
            return .succeeded([:])
        }
        let end = try stand.drive("plain")
        #expect(end == .finished(RunResult(.failed, reason: "timeout")))
        #expect(stand.world.now() - stand.start < .seconds(60))
    }

    @Test func aPauseHoldsChangesBackAndStillTells() throws {
        let stand = try Stand { _, _ in .succeeded([:]) }
        try stand.pump {
            let pause = RecordDraft(
                .pauseSet, actor: .person("ann"), target: "provider/faulty",
                payloads: [PayloadDraft("pause", ["reason": "drill"])])
            try await $0.store.commit(StoreTransaction([.record(pause)]))
        }
        let end = try stand.drive("once")
        #expect(end == .finished(RunResult(.failed, reason: "denied")))
        #expect(stand.calls == ["faulty.tell"])
    }

    @Test func aTargetThatAnotherRunHoldsIsWaitedForAndThenGivenUp() throws {
        let stand = try Stand { request, _ in
            request.action == "faulty.only"
                ? .lost(.unavailable, message: "reset") : .succeeded([:])
        }
        #expect(try stand.drive("once") == .parked(reason: "person"))
        let begun = stand.world.now()
        // The decision already knows the held target, so the second run is begun by hand.
        let end = try stand.drive("plain", skippingLimits: true)
        #expect(end == .finished(RunResult(.failed, reason: "target_busy")))
        #expect(stand.world.now() - begun >= Bounds.leaseTimeout)
    }

    @Test func aRunThatWaitsForConsentIsPutAsideAndResumed() throws {
        let stand = try Stand { _, _ in .succeeded([:]) }
        #expect(try stand.drive("consent") == .parked(reason: "approval"))
        #expect(stand.calls.isEmpty)
        let end = try stand.pump { stand -> DriveEnd? in
            let run = try #require(try await stand.store.runs(RunFilter(phases: [.waiting])).first)
            let granted = EventRecord.draft(
                .approvalDecided(step: "a", .granted(by: "ann")), run: run.id,
                at: stand.world.now())
            try await stand.store.commit(
                StoreTransaction(
                    requires: [.waiting(run: run.id, reason: "approval")],
                    [.record(granted), .wakeRun(run.id, at: stand.world.now())]))
            let claimed = try #require(try await stand.store.claim(1, for: Bounds.lease).first)
            return try await stand.resume(claimed)
        }
        #expect(end == .finished(RunResult(.succeeded)))
        #expect(stand.calls == ["faulty.same", "faulty.only"])
    }

    @Test func whatComesAfterTheLeaseIsLostIsKeptAndChangesNothing() throws {
        let stand = try Stand { request, stand in
            guard request.action == "faulty.same" else { return .succeeded([:]) }
            await stand.disown()
            return .succeeded([:])
        }
        let end = try stand.drive("plain")
        #expect(end == .leaseLost)
        let kinds = try stand.records().map(\.record.kind)
        #expect(kinds.last == .stepLateResult)
        #expect(!kinds.contains(.runFinished))
    }

    @Test func answersOfTheWrongTypeAreFailures() throws {
        let stand = try Stand { request, _ in
            request.action == "faulty.look" ? .succeeded(["value": "much"]) : .succeeded([:])
        }
        #expect(
            try stand.drive("plain") == .finished(RunResult(.failed, reason: "bad_output")))
    }
}

/// A driver, a store in memory and a provider that answers as a test says.
private struct Stand: Sendable {
    typealias Answer = @Sendable (ActionRequest, Stand) async -> ActionOutcome

    let world = VirtualWorld(seed: 1)
    let disk = MemoryDisk(seed: [1])
    let store: MemoryStore
    let program: Program
    let executor = StepExecutor()
    let start: Timestamp
    private let answer: Answer
    private let log = Log()

    final class Log: Sendable {
        let calls = Mutex<[String]>([])
    }

    /// All calls but questions, in order.
    var calls: [String] { log.calls.withLock { $0 } }

    init(_ answer: @escaping @Sendable (ActionRequest, Stand) async -> ActionOutcome) throws {
        self.answer = answer
        start = world.now()
        program = try #require(SimulatedProgram.compile().program)
        let (disk, world) = (disk, world)
        store = try Self.pump(executor, world) { try await disk.open(world: world) }
    }

    func pump<Value: Sendable>(_ work: @escaping @Sendable (Stand) async throws -> Value) throws
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
        for _ in 0..<10_000 {
            executor.drain()
            if let result = outcome.withLock({ $0 }) { return try result.get() }
            guard world.wakeNext() else { break }
        }
        throw StoreError.broken("the work does not end")
    }

    private var driver: RunDriver {
        RunDriver(
            store: store, world: world, providers: ProviderRegistry([Provider(stand: self)]),
            catalogue: program.catalogue, secrets: Secrets(), executor: executor)
    }

    private struct Provider: ActionProvider {
        let stand: Stand
        var contract: ProviderContract { SimulatedProgram.contract }

        func perform(_ request: ActionRequest) async -> ActionOutcome {
            if request.effect != .read {
                stand.log.calls.withLock { $0.append(request.action) }
            }
            return await stand.answer(request, stand)
        }
    }

    private struct Secrets: SecretOpener {
        func open(_ name: String) throws(SecretError) -> String { throw SecretError("none") }
        func redact(_ text: String) -> String { text }
    }

    /// Accepts, decides and drives an incident of a type.
    func drive(_ type: String, skippingLimits: Bool = false) throws -> DriveEnd {
        try pump { stand in
            let incident = Incident(
                id: type, fingerprint: type, priority: .high, type: type, source: "sim",
                target: "one", startedAt: stand.start, receivedAt: stand.start)
            var environment = try #require(stand.program.environments["sim"])
            if skippingLimits { environment.targets["one"] = [:] }
            let planner = Planner(Decider(program: stand.program, environment: environment))
            let dispatcher = Dispatcher(
                store: stand.store, world: stand.world, planner: planner,
                sources: ProgramText([SourceFile]()), actor: "source")
            let id = try #require(
                try await dispatcher.accept([incident], source: "sim").first?.id)
            if skippingLimits {
                return try await stand.begin(incident, id, planner)
            }
            let begun = try #require(try await dispatcher.decide(incident, id: id).begun.first)
            return try await stand.driver.carry(
                begun.context, from: stand.started, lease: begun.lease,
                reservations: begun.reservations)
        }
    }

    private var started: RunState {
        var state = RunState()
        state.apply(.started, at: start)
        return state
    }

    private func begin(_ incident: Incident, _ id: String, _ planner: Planner) async throws
        -> DriveEnd
    {
        let taken = try #require(planner.decider.decide(incident, at: world.now()).taken.first)
        let context = planner.context(for: taken, incident, run: UUIDv7.make(world))
        var created = EventRecord.draft(.started, run: context.run, at: start)
        created.incident = id
        created.rule = context.rule.id
        created.runbook = RunbookReference(name: "all", program: ProgramText([SourceFile]()).digest)
        let receipt = try await store.commit(
            StoreTransaction([.record(created), .claim(run: context.run, for: Bounds.lease)]))
        let lease = try #require(receipt.leases.first)
        return try await driver.carry(context, from: started, lease: lease, reservations: [])
    }

    func resume(_ claimed: ClaimedRun) async throws -> DriveEnd {
        let records = try await store.events(ofRun: claimed.run.id)
        let payload = try #require(records.first?[payload: RunBeginning.name])
        let beginning = try #require(RunBeginning(payload))
        let context = try #require(
            beginning.context(
                run: claimed.run.id, rule: claimed.run.rule, of: claimed.run.runbook.name,
                in: program))
        return try await driver.resume(context, claimed)
    }

    /// Lets the run's lease run out and another claim it.
    func disown() async {
        let lost = RecordDraft(.runLeaseLost, run: try? await store.runs(RunFilter()).first?.id)
        _ = try? await store.commit(StoreTransaction([.record(lost)]))
    }

    func records() throws -> [StoredRecord] {
        try pump { try await $0.store.records(RecordQuery(limit: 1000)) }
    }
}
