import BelayCompiler
import JSON

/// One run being driven: its state, its lease and what it holds. Owned by one task.
struct Drive {
    let driver: RunDriver
    let context: RunContext
    let calls: CallRunner
    var lease: RunLease
    var state: RunState
    /// What was reserved for it and has not been committed.
    var reserved: [Reservation] = []
    /// Kinds of limits that its first change has committed.
    var counted: Set<Reservation.Kind> = []
    var targets: Set<String> = []
    /// Events of questions only, which need not be durable before the next that must be.
    var unwritten: [RecordedEvent] = []
    var waits: [RunWait] = []
    /// Calls whose target another run holds: until when each is waited for.
    var heldUp: [String: Duration] = [:]
    /// What of that is not on record yet.
    var unsaid: [RecordDraft] = []
    private var looksForTargets = false
    /// Everything that children and the outside have to say, in order of arrival.
    let arrivals: AsyncStream<Arrival>
    let source: AsyncStream<Arrival>.Continuation
    private let gate = CallGate()

    init(driver: RunDriver, context: RunContext, lease: RunLease, state: RunState) {
        self.driver = driver
        self.context = context
        self.lease = lease
        self.state = state
        (arrivals, source) = AsyncStream.makeStream(of: Arrival.self)
        calls = CallRunner(
            world: driver.world, providers: driver.providers, secrets: driver.secrets,
            bulkhead: driver.bulkhead, context: context, catalogue: driver.catalogue,
            executor: driver.executor, signs: driver.signs, gate: gate,
            pauses: { [store = driver.store] in
                (try? await store.pauses())?.map(Pause.init)
            })
    }

    /// What reaches the task that drives.
    enum Arrival: Sendable {
        case input(RunInput)
        case timer(key: String)
        /// A target that was held may be free.
        case target
        case renewal
    }

    /// Calls whose intent is on record without a result: nobody knows what became of them.
    var interrupted: [RunInput] {
        let pending = state.calls.compactMap { path, call in
            call.pending.map { (path, $0.intent.attempt) }
        }
        let inputs = pending.sorted { $0.0 < $1.0 }.map {
            RunInput.interrupted(call: $0.0, attempt: $0.1)
        }
        return inputs.isEmpty ? [.look] : inputs
    }

    /// Advances until the run ends, is put aside or is lost.
    mutating func run(
        _ first: [RunInput], _ signals: AsyncStream<RunInput>?
    ) async throws(StoreError) -> DriveEnd {
        var drive = self
        let end = await withDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            return await drive.loop(first, signals, &group)
        }
        self = drive
        return try end.get()
    }

    private mutating func loop(
        _ first: [RunInput], _ signals: AsyncStream<RunInput>?, _ group: inout DiscardingTaskGroup
    ) async -> Result<DriveEnd, StoreError> {
        var inputs = first
        var timers: Set<String> = []
        var arrivals = arrivals.makeAsyncIterator()
        if let signals { listen(to: signals, &group) }
        renewLater(&group)
        do throws(StoreError) {
            while true {
                for input in inputs { try await advance(input, &group) }
                inputs = []
                if let result = state.result { return .success(.finished(result)) }
                if driver.signs.isStopping, !isCalling {
                    try await flush()
                    return .success(.stopped)
                }
                // A run that its timer woke finds it due: put aside again, it would never fire.
                inputs = dueTimers
                guard inputs.isEmpty else { continue }
                if let reason = parkingReason {
                    let end = try await park(reason)
                    try await wakeIfNoticed()
                    return .success(end)
                }
                startTimers(&timers, &group)
                guard let arrival = await arrivals.next(), !Task.isCancelled else {
                    return .success(.stopped)
                }
                switch arrival {
                case .input(let input): inputs = [input]
                case .timer(let key):
                    driver.world.failpoints.pass(.timerFire)
                    timers.remove(key)
                    if isWaiting(forTimer: key) { inputs = [.timerFired(key: key)] }
                case .target:
                    looksForTargets = false
                    if !heldUp.isEmpty { inputs = [.look] }
                case .renewal:
                    guard try await renew() else { return .success(.leaseLost) }
                    renewLater(&group)
                    inputs = try await notices()
                }
            }
        } catch {
            if case .leaseLost = error { return .success(.leaseLost) }
            return .failure(error)
        }
    }

    // MARK: One step

    private mutating func advance(
        _ input: RunInput, _ group: inout DiscardingTaskGroup
    ) async throws(StoreError) {
        let now = driver.world.now()
        var advance = Interpreter.advance(context, state, input, at: now)
        let obstacles: [String: ActionOutcome]
        do throws(StoreError) {
            obstacles = try await keep(&advance, at: now)
        } catch {
            if case .leaseLost = error {
                await recordLate(advance.events.map { RecordedEvent($0, at: now) })
            }
            throw error
        }
        waits = advance.waits
        state = advance.state
        if state.cancelledBy != nil { gate.close() }
        for effect in advance.effects {
            guard case .call(let path, let intent) = effect else { continue }
            start(path, intent, obstacles[path], &group)
        }
        lookForTargets(&group)
    }

    /// Looks again in a while whether a target is free; all else goes on meanwhile.
    private mutating func lookForTargets(_ group: inout DiscardingTaskGroup) {
        guard !heldUp.isEmpty, !looksForTargets else { return }
        looksForTargets = true
        let (world, source) = (driver.world, source)
        group.addTask {
            try? await world.sleep(for: Bounds.targetPoll)
            source.yield(.target)
        }
    }

    /// What is left of an advance without the calls that cannot begin yet: what is known is kept.
    func without(
        _ paths: Set<String>, _ advance: Interpreter.Advance, at now: Timestamp
    ) -> Interpreter.Advance {
        var rest = advance
        rest.events.removeAll {
            if case .intended(let path, _) = $0 { paths.contains(path) } else { false }
        }
        rest.effects.removeAll {
            if case .call(let path, _) = $0 { paths.contains(path) } else { false }
        }
        rest.state = state
        for event in rest.events { rest.state.apply(event, at: now) }
        return rest
    }

    /// What is left of an advance when the process is being stopped: what is known is kept, and no call begins.
    func held(_ advance: Interpreter.Advance, at now: Timestamp) -> Interpreter.Advance {
        var held = advance
        held.events = Array(
            advance.events.prefix { if case .intended = $0 { false } else { true } })
        held.effects = []
        held.state = state
        for event in held.events { held.state.apply(event, at: now) }
        // A timer that was set behind the cut is not set: it would be due again and again.
        let timers = held.state.timers
        held.waits = held.waits.filter {
            if case .timer(let key, _) = $0 { timers[key] != nil } else { true }
        }
        return held
    }

    private var isCalling: Bool { state.calls.values.contains { $0.pending != nil } }

    private func start(
        _ path: String, _ intent: CallIntent, _ obstacle: ActionOutcome?,
        _ group: inout DiscardingTaskGroup
    ) {
        let calls = calls
        let source = source
        group.addTask {
            let outcome: ActionOutcome
            if let obstacle {
                outcome = obstacle
            } else {
                outcome = await calls.perform(intent, at: path)
            }
            source.yield(
                .input(.callEnded(call: path, attempt: intent.attempt, outcome)))
        }
    }

    // MARK: Waiting

    private func isWaiting(forTimer key: String) -> Bool {
        waits.contains { if case .timer(key, _) = $0 { true } else { false } }
    }

    private mutating func startTimers(
        _ started: inout Set<String>, _ group: inout DiscardingTaskGroup
    ) {
        for case .timer(let key, let due) in waits where started.insert(key).inserted {
            let (world, source) = (driver.world, source)
            group.addTask {
                try? await world.sleep(until: due)
                source.yield(.timer(key: key))
            }
        }
    }

    private func listen(to signals: AsyncStream<RunInput>, _ group: inout DiscardingTaskGroup) {
        let source = source
        group.addTask {
            for await signal in signals { source.yield(.input(signal)) }
        }
    }

    /// What the run waits for, if it is put aside rather than waited for.
    private var parkingReason: String? {
        var reason: String?
        for wait in waits {
            switch wait {
            case .call: return nil
            case .person: reason = "person"
            case .approval: reason = reason ?? "approval"
            case .signal: reason = reason ?? "signal"
            case .timer: break
            }
        }
        if reason != nil { return reason }
        guard var patience = driver.patience, let due = earliestTimer else { return nil }
        if driver.signs.isCrowded { patience = min(patience, Bounds.crowdedPatience) }
        return due > driver.world.now() + patience ? "timer" : nil
    }

    private var dueTimers: [RunInput] {
        let now = driver.world.now()
        return waits.compactMap { wait in
            guard case .timer(let key, let due) = wait, due <= now else { return nil }
            return .timerFired(key: key)
        }
    }

    private var earliestTimer: Timestamp? {
        waits.compactMap { if case .timer(_, let due) = $0 { due } else { nil } }.min()
    }

    private func park(_ reason: String) async throws(StoreError) -> DriveEnd {
        try await park(reason, wakeAt: earliestTimer)
    }
}
