import BelayCompiler
import BelayEngine
import JSON

/// What a process does while it lives: take over what others left, accept and decide what is new, and answer as
/// people would where a run waits for them.
struct Life: Sendable {
    let store: MortalStore
    let world: VirtualWorld
    let program: Program
    let driver: RunDriver
    let chance: FaultyProvider.Chance

    func run(_ incidents: [Incident]) async throws(StoreError) {
        try await takeOver()
        guard let environment = program.environments["sim"] else {
            preconditionFailure("the simulation has its environment")
        }
        let dispatcher = Dispatcher(
            store: store, world: world,
            planner: Planner(Decider(program: program, environment: environment)),
            sources: ProgramText(SimulatedProgram.files), actor: "source")
        for incident in incidents {
            let accepted = try await dispatcher.accept([incident], source: "sim")
            guard let id = accepted.first?.id, try await store.incident(id)?.phase == .received
            else { continue }
            let (_, begun) = try await dispatcher.decide(incident, id: id)
            for run in begun { try await carry(run) }
        }
        for _ in 0..<20 {
            guard try await answer() else { return }
            try await takeOver()
        }
    }

    private func carry(_ begun: Dispatcher.Begun) async throws(StoreError) {
        var state = RunState()
        let records = try await store.events(ofRun: begun.context.run)
        if let folded = try? EventRecord.state(of: records) { state = folded }
        _ = try await driver.carry(
            begun.context, from: state, lease: begun.lease, reservations: begun.reservations)
    }

    /// Claims whatever is due and carries it on, all at once.
    private func takeOver() async throws(StoreError) {
        let claimed = try await store.claim(100, for: Bounds.lease)
        let results = await withTaskGroup(of: StoreError?.self) { group in
            for run in claimed {
                group.addTask {
                    do throws(StoreError) { try await resume(run) } catch { return error }
                    return nil
                }
            }
            return await group.reduce(into: [StoreError]()) { errors, error in
                if let error { errors.append(error) }
            }
        }
        if let error = results.first { throw error }
    }

    private func resume(_ claimed: ClaimedRun) async throws(StoreError) {
        let records = try await store.events(ofRun: claimed.run.id)
        let beginning = records.first { $0.record.kind == .runCreated }
            .flatMap { $0[payload: RunBeginning.name] }.flatMap(RunBeginning.init)
        let context = beginning?.context(
            run: claimed.run.id, rule: claimed.run.rule, of: claimed.run.runbook.name, in: program)
        guard let context else { throw .damaged("no beginning") }
        _ = try await driver.resume(context, claimed)
    }

    /// Answers what runs wait for as people would; false if nothing waits for anybody.
    private func answer() async throws(StoreError) -> Bool {
        var answered = false
        for run in try await store.runs(RunFilter(phases: [.waiting])) {
            guard let event = try await answer(to: run) else { continue }
            var draft = EventRecord.draft(event, run: run.id, at: world.now())
            draft.incident = run.incident
            try await store.commit(
                StoreTransaction(
                    requires: [.waiting(run: run.id, reason: run.reason ?? "")],
                    [.record(draft), .wakeRun(run.id, at: world.now())]))
            answered = true
        }
        return answered
    }

    private func answer(to run: RunRow) async throws(StoreError) -> RunEvent? {
        let records = try await store.events(ofRun: run.id)
        guard let state = try? EventRecord.state(of: records) else { return nil }
        if let approval = state.approvals.filter({ $0.value.decision == nil }).keys.sorted().first {
            return .approvalDecided(
                step: approval,
                chance.below(3) == 0 ? .denied(by: "ann") : .granted(by: "ann"))
        }
        let call = state.calls.filter { $0.value.personAskedAt != nil && $0.value.decision == nil }
            .keys.sorted().first
        return call.map {
            .personDecided(
                call: $0, chance.below(2) == 0 ? .succeeded(by: "bo") : .failed(by: "bo"))
        }
    }
}
