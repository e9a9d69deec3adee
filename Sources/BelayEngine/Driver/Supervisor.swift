import BelayCompiler
import Cryptography
import Synchronization

/// Decides what is due and drives runs for as long as the process lives; all that it needs is in the store.
///
/// Signals (`ring`) make it look at once, a tick makes it look for timers. Whatever it begins and does not end is
/// found by the next process: a lease whose boot is gone is claimed again.
package actor Supervisor {
    private nonisolated let parts: SupervisorParts
    private nonisolated let loaded: Mutex<Active>
    private var recalled: [Digest: SupervisedProgram] = [:]
    private var driven: [String: Driven] = [:]
    private var generation = 0
    private var isDraining = false
    /// Signs now and then; nobody else signs while it does.
    private var signer: Task<Void, Never>?
    private nonisolated let bell: AsyncStream<Void>.Continuation
    private let bells: AsyncStream<Void>

    /// The program in force and the dispatcher that remembers what it decided lately.
    private struct Active {
        var program: SupervisedProgram
        var dispatcher: Dispatcher

        init(_ program: SupervisedProgram, _ parts: SupervisorParts) {
            self.program = program
            dispatcher = Dispatcher(
                store: parts.store, world: parts.world, planner: program.planner,
                sources: program.sources, actor: "source")
        }
    }

    /// One run being driven.
    private struct Driven {
        var generation: Int
        var inputs: AsyncStream<RunInput>.Continuation
        var calls: CallCount
        var task: Task<Void, Never>?
    }

    package init(_ parts: SupervisorParts, program: SupervisedProgram) {
        self.parts = parts
        loaded = Mutex(Active(program, parts))
        (bells, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    private var store: any Store { parts.store }
    private var world: any World { parts.world }

    /// The program for all that is decided from now on.
    package nonisolated var program: SupervisedProgram { loaded.withLock { $0.program } }

    private nonisolated var dispatcher: Dispatcher { loaded.withLock { $0.dispatcher } }

    /// Swaps the program; runs under way keep theirs.
    package nonisolated func adopt(_ program: SupervisedProgram) {
        let active = Active(program, parts)
        loaded.withLock { $0 = active }
        ring()
    }

    /// Something may be due.
    package nonisolated func ring() { bell.yield() }

    package var inFlight: Int { driven.count }

    // MARK: The loop

    /// Works until it is drained or its task is cancelled; throws if the store cannot be worked with any more.
    package func run() async throws(StoreError) {
        let world = world
        let tick = parts.tick
        let bell = bell
        let ticker = Task {
            while (try? await world.sleep(for: tick)) != nil { bell.yield() }
        }
        let signer = Task { await self.signForEver() }
        self.signer = signer
        defer {
            ticker.cancel()
            signer.cancel()
        }
        ring()
        for await _ in bells {
            if isDraining || Task.isCancelled { return }
            do throws(StoreError) { try await turn() } catch {
                parts.observe(.failed("look for work", error))
                if error.isFatal { throw error }
                try? await world.sleep(for: .seconds(1))
            }
        }
    }

    /// Does what is due now, and returns when nothing is due or under way any more.
    package func settle() async throws(StoreError) {
        while try await turn() || !driven.isEmpty {
            while !driven.isEmpty { try? await world.sleep(for: .milliseconds(20)) }
        }
        _ = try await store.checkpoint(always: false)
    }

    /// Decides all that is due, and begins and claims as much as there is room for; whether that was anything.
    ///
    /// Decisions, notices and what tells people go on while all places are taken: remedies are then `ready` and wait
    /// for a place. One place is always claimed for, so that newcomers never starve who waits.
    @discardableResult
    private func turn() async throws(StoreError) -> Bool {
        var found = false
        while !isDraining {
            let room = max(0, parts.inFlight - driven.count)
            parts.signs.crowd(room == 0)
            let active = loaded.withLock { $0 }
            let most = max(room, Self.decisions)
            parts.observe(.looking)
            let due = try await active.dispatcher.decideDue(most, driving: max(0, room - 1))
            if due.deferred > 0 { parts.observe(.deferred(due.deferred)) }
            parts.observe(.decided(due.decided, all: due.decided < most))
            for held in due.heldBack { parts.observe(.heldBack(held)) }
            for notice in due.notices { driven[notice.run]?.inputs.yield(.notice(notice.status)) }
            for begun in due.begun { start(begun, of: active.program) }
            let left = parts.inFlight - driven.count
            let claimed = left > 0 ? try await store.claim(left, for: Bounds.lease) : []
            for run in claimed { try await resume(run) }
            found = found || due.decided > 0 || !claimed.isEmpty
            if due.decided < most, left <= 0 || claimed.count < left { return found }
        }
        return found
    }

    /// How many incidents are decided in a turn at least.
    private static let decisions = 64

    // MARK: Driving

    private func start(_ begun: Dispatcher.Begun, of program: SupervisedProgram) {
        let run = begun.context.run
        parts.observe(.began(run: run, rule: begun.context.rule.name))
        drive(run, with: program) { (driver, inputs) async throws(StoreError) in
            try await driver.carry(
                begun.context, from: begun.state, lease: begun.lease,
                reservations: begun.reservations, inputs: inputs)
        }
    }

    private func resume(_ claimed: ClaimedRun) async throws(StoreError) {
        let run = claimed.run.id
        guard let (context, program) = try await context(of: claimed.run) else {
            parts.observe(.programMissing(run: run))
            let draft = RecordDraft(
                .runWaiting, run: run, epoch: claimed.lease.epoch, reason: Dispatcher.programless)
            try await store.commit(
                StoreTransaction(
                    requires: [.lease(claimed.lease)], [.record(draft), .wakeRun(run, at: nil)]))
            return
        }
        parts.observe(.resumed(run: run, found: claimed.found))
        drive(run, with: program) { (driver, inputs) async throws(StoreError) in
            try await driver.resume(context, claimed, inputs: inputs)
        }
    }

    private func drive(
        _ run: String, with program: SupervisedProgram,
        _ work:
            @escaping @Sendable (RunDriver, AsyncStream<RunInput>) async throws(StoreError) ->
            DriveEnd
    ) {
        generation += 1
        let (mine, calls, observe) = (generation, CallCount(), parts.observe)
        let (stream, inputs) = AsyncStream.makeStream(of: RunInput.self)
        let driver = program.driver(parts, patience: parts.patience) { event, time in
            calls.note(event)
            observe(.happened(run: run, event, time))
        }
        driven[run] = Driven(generation: mine, inputs: inputs, calls: calls)
        driven[run]?.task = Task {
            let end: Result<DriveEnd, StoreError>
            do throws(StoreError) { end = .success(try await work(driver, stream)) } catch {
                end = .failure(error)
            }
            await self.ended(run, mine, end)
        }
    }

    private func ended(
        _ run: String, _ generation: Int, _ end: Result<DriveEnd, StoreError>
    ) async {
        switch end {
        case .success(let end):
            parts.observe(.ended(run: run, end))
            if case .parked(let reason) = end, Dispatcher.personReasons.contains(reason) {
                await tellOfWaiting(run)
            }
            if case .finished = end {
                do throws(StoreError) { try await dispatcher.ended(run) } catch {
                    parts.observe(.failed("let others go on after run \(run)", error))
                }
            }
        case .failure(let error): parts.observe(.failed("drive run \(run)", error))
        }
        if driven[run]?.generation == generation { driven[run] = nil }
        ring()
    }

    private func tellOfWaiting(_ run: String) async {
        let active = loaded.withLock { $0 }
        do throws(StoreError) {
            guard let begun = try await active.dispatcher.tellOfWaiting(run) else { return }
            start(begun, of: active.program)
        } catch {
            parts.observe(.failed("tell people that run \(run) waits for them", error))
        }
    }

    // MARK: Programs of the past

    /// What a run began with, in the program that it began with; guardrails are the newest.
    private func context(
        of run: RunRow
    ) async throws(StoreError) -> (RunContext, SupervisedProgram)? {
        let records = try await store.records(
            RecordQuery(limit: 1, run: run.id, kinds: [.runCreated]))
        guard
            let beginning = records.first?[payload: RunBeginning.name].flatMap(RunBeginning.init),
            let program = try await recall(run.runbook.program, beginning),
            var context = beginning.context(
                run: run.id, rule: run.rule, of: run.runbook.name, in: program.program)
        else { return nil }
        context.guardrails = self.program.program.guardrails
        return (context, program)
    }

    private func recall(
        _ digest: Digest, _ beginning: RunBeginning
    ) async throws(StoreError) -> SupervisedProgram? {
        let now = program
        if now.sources.digest == digest, now.environment.name == beginning.environment {
            return now
        }
        if let known = recalled[digest], known.environment.name == beginning.environment {
            return known
        }
        guard let text = try await store.program(digest), let files = text.files,
            let program = Compiler.compile(files, catalogue: parts.catalogue, lints: false).program,
            let environment = program.environments[beginning.environment]
        else { return nil }
        let found = SupervisedProgram(
            planner: Planner(
                Decider(
                    program: program, environment: environment, variables: beginning.variables)),
            sources: text, secrets: await parts.openSecrets(environment))
        recalled[digest] = found
        return found
    }

    // MARK: What people say

    /// Tells a run what a person says, and returns once that is on disk.
    ///
    /// `underWay` means that it could not be delivered in time: say it again.
    package func tell(_ run: String, _ input: RunInput) async throws(StoreError) -> Telling {
        let deadline = world.uptime() + Bounds.tellingTimeout
        var sentTo: Int?
        while true {
            switch try await dispatcher.tell(run, input) {
            case .recorded:
                ring()
                return .recorded
            case .meaningless: return sentTo == nil ? .meaningless : .recorded
            case .underWay, .abandoned:
                guard try await matters(input, to: run) else {
                    return sentTo == nil ? .meaningless : .recorded
                }
                guard world.uptime() < deadline else { return .underWay }
                if let driven = driven[run], driven.generation != sentTo {
                    driven.inputs.yield(input)
                    sentTo = driven.generation
                }
                try? await world.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Whether the input would change the run as it is on disk.
    private func matters(_ input: RunInput, to run: String) async throws(StoreError) -> Bool {
        let records = try await store.events(ofRun: run)
        guard let state = try? EventRecord.state(of: records) else { return false }
        let beginning = records.first?[payload: RunBeginning.name].flatMap(RunBeginning.init)
        return !state.events(of: input, beganBy: beginning?.actor ?? "").isEmpty
    }

    // MARK: The end

    /// From now on no call begins.
    package nonisolated func stopCalls() { parts.signs.stop() }

    /// Begins nothing more, lets calls under way end within the time, and gives up the rest: runs stay as they are
    /// and are carried on by the next process.
    package func drain(within limit: Duration) async {
        isDraining = true
        stopCalls()
        ring()
        let deadline = world.uptime() + limit
        while !driven.isEmpty, world.uptime() < deadline {
            for run in driven.values where run.calls.isZero { run.task?.cancel() }
            try? await world.sleep(for: .milliseconds(20))
        }
        for run in driven.values { run.task?.cancel() }
        while !driven.isEmpty, world.uptime() < deadline + Bounds.providerGrace {
            try? await world.sleep(for: .milliseconds(20))
        }
        // Two signatures at once would race for the place of the newest.
        signer?.cancel()
        await signer?.value
    }

    // MARK: Now and then

    /// Signs the log: once a second while there is work, once an hour without.
    private func signForEver() async {
        var signedAt = world.uptime()
        while (try? await world.sleep(for: .seconds(1))) != nil {
            let isHour = world.uptime() - signedAt > .seconds(3600)
            do throws(StoreError) {
                if let signed = try await store.checkpoint(always: isHour) {
                    signedAt = world.uptime()
                    parts.observe(.signed(size: signed.checkpoint.size))
                }
            } catch {
                parts.observe(.failed(SupervisorEvent.signing, error))
            }
        }
    }
}

/// How many calls of a run are under way, as its events say.
private final class CallCount: Sendable {
    private let count = Mutex(0)

    var isZero: Bool { count.withLock { $0 <= 0 } }

    func note(_ event: RunEvent) {
        switch event {
        case .intended: count.withLock { $0 += 1 }
        case .ended: count.withLock { $0 -= 1 }
        default: break
        }
    }
}

extension StoreError {
    /// Whether nothing that this process tries can succeed any more.
    package var isFatal: Bool {
        switch self {
        case .broken, .closed, .damaged, .newer: true
        default: false
        }
    }
}
