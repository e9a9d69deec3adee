import BelayCompiler
import BelayEngine
import JSON
import Synchronization

/// What a process does while it lives: take in what comes, decide what is due, drive what was begun and what others
/// left, pass notices on, and answer as people would where a run waits for them. All at once, as a daemon does.
struct Life: Sendable {
    let store: MortalStore
    let world: VirtualWorld
    let program: Program
    let driver: RunDriver
    let chance: FaultyProvider.Chance
    private let dispatcher: Dispatcher
    private let shared = Shared()

    /// What the tasks of a life share.
    private final class Shared: Sendable {
        struct State {
            var active: [String: AsyncStream<RunInput>.Continuation] = [:]
            var failure: StoreError?
        }

        let state = Mutex(State())

        var isIdle: Bool { state.withLock { $0.active.isEmpty } }
        var failure: StoreError? { state.withLock { $0.failure } }
    }

    /// When a report reaches the process.
    struct Arrival: Sendable {
        var at: Timestamp
        var incident: Incident
    }

    /// How long a life lasts at most while something is still to be looked at again.
    private static let length: Duration = .seconds(5400)
    private static let tick: Duration = .seconds(5)

    init(
        store: MortalStore, world: VirtualWorld, program: Program, driver: RunDriver,
        chance: FaultyProvider.Chance
    ) {
        self.store = store
        self.world = world
        self.program = program
        self.driver = driver
        self.chance = chance
        guard let environment = program.environments["sim"] else {
            preconditionFailure("the simulation has its environment")
        }
        dispatcher = Dispatcher(
            store: store, world: world,
            planner: Planner(Decider(program: program, environment: environment)),
            sources: ProgramText(SimulatedProgram.files), actor: "source")
    }

    func run(_ arrivals: [Arrival]) async throws(StoreError) {
        let result = await withTaskGroup(of: Void.self) { group -> Result<Void, StoreError> in
            defer { group.cancelAll() }
            do throws(StoreError) { return .success(try await loop(arrivals, &group)) } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private func loop(
        _ arrivals: [Arrival], _ group: inout TaskGroup<Void>
    ) async throws(StoreError) {
        var arrivals = arrivals
        let end = world.now() + Self.length
        while world.now() < end {
            if let failure = shared.failure { throw failure }
            while let next = arrivals.first, next.at <= world.now() {
                arrivals.removeFirst()
                _ = try await dispatcher.accept([next.incident], source: "sim")
            }
            let due = try await dispatcher.decideDue(driving: 1)
            for begun in due.begun { carry(begun, &group) }
            for notice in due.notices where chance.below(2) == 0 { pass(notice) }
            let claimed = try await store.claim(100, for: Bounds.lease)
            for run in claimed { resume(run, &group) }
            let answered = try await answer()
            if due.decided > 0 || !claimed.isEmpty || answered { continue }
            guard let wake = try await nextWake(arrivals) else { return }
            try? await world.sleep(until: wake)
        }
        while !shared.isIdle {
            if let failure = shared.failure { throw failure }
            try? await world.sleep(for: Self.tick)
        }
    }

    /// When something may be due; nil if nothing is left that happens by itself.
    private func nextWake(_ arrivals: [Arrival]) async throws(StoreError) -> Timestamp? {
        if !shared.isIdle { return world.now() + Self.tick }
        let runs = try await store.runs(RunFilter(phases: RunFilter.open)).compactMap(\.wakeAt)
        // Only a person frees what a stuck run holds.
        let incidents = try await store.incidents(.latest(limit: 100)).filter {
            $0.reason != Suppression.targetHeld.rawValue
        }.compactMap(\.wakeAt)
        return (runs + incidents + arrivals.map(\.at)).min().map {
            max($0, world.now() + .seconds(1))
        }
    }
}

// MARK: - Runs

extension Life {
    private func carry(_ begun: Dispatcher.Begun, _ group: inout TaskGroup<Void>) {
        drive(begun.context.run, &group) { inputs throws(StoreError) in
            try await driver.carry(
                begun.context, from: begun.state, lease: begun.lease,
                reservations: begun.reservations, inputs: inputs)
        }
    }

    private func resume(_ claimed: ClaimedRun, _ group: inout TaskGroup<Void>) {
        drive(claimed.run.id, &group) { inputs throws(StoreError) in
            let records = try await store.events(ofRun: claimed.run.id)
            let beginning = records.first { $0.record.kind == .runCreated }
                .flatMap { $0[payload: RunBeginning.name] }.flatMap(RunBeginning.init)
            let context = beginning?.context(
                run: claimed.run.id, rule: claimed.run.rule, of: claimed.run.runbook.name,
                in: program)
            guard let context else { throw .damaged("no beginning") }
            return try await driver.resume(context, claimed, inputs: inputs)
        }
    }

    private func drive(
        _ run: String, _ group: inout TaskGroup<Void>,
        _ work: @escaping @Sendable (AsyncStream<RunInput>) async throws(StoreError) -> DriveEnd
    ) {
        let (inputs, source) = AsyncStream.makeStream(of: RunInput.self)
        shared.state.withLock { $0.active[run] = source }
        group.addTask {
            do throws(StoreError) {
                let end = try await work(inputs)
                if case .finished = end { try await dispatcher.ended(run) }
            } catch {
                shared.state.withLock { $0.failure = $0.failure ?? error }
            }
            shared.state.withLock { $0.active[run] = nil }
        }
    }

    private func pass(_ notice: RunNotice) {
        _ = shared.state.withLock { $0.active[notice.run] }?.yield(.notice(notice.status))
    }
}

// MARK: - People

extension Life {
    /// Answers what runs wait for as people would; false if nothing waits for anybody.
    private func answer() async throws(StoreError) -> Bool {
        var answered = false
        for run in try await store.runs(RunFilter(phases: [.waiting])) {
            guard let input = try await answer(to: run) else { continue }
            if case .approval(let step, _) = input {
                let stranger = RunInput.approval(step: step, .granted(by: "eve"))
                guard try await dispatcher.tell(run.id, stranger) != .recorded else {
                    throw .damaged("somebody consented who was not asked")
                }
            }
            answered = try await dispatcher.tell(run.id, input) == .recorded || answered
        }
        return answered
    }

    private func answer(to run: RunRow) async throws(StoreError) -> RunInput? {
        let records = try await store.events(ofRun: run.id)
        guard let state = try? EventRecord.state(of: records) else { return nil }
        if run.reason == "signal" {
            return chance.below(4) == 0 ? .signal(name: "go", by: "ann") : nil
        }
        if let approval = state.approvals.filter({ $0.value.decision == nil }).keys.sorted().first {
            return .approval(
                step: approval, chance.below(3) == 0 ? .denied(by: "ann") : .granted(by: "ann"))
        }
        let call = state.calls.filter { $0.value.personAskedAt != nil && $0.value.decision == nil }
            .keys.sorted().first
        return call.map {
            .person(
                call: $0, chance.below(2) == 0 ? .succeeded(by: "bo") : .failed(by: "bo"))
        }
    }
}
