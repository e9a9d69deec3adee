package import BelayCompiler
import JSON

/// Carries one run to its end: records what the interpreter decides, then does it, then records what came of it.
///
/// It alone knows store, clock and providers. Nothing starts whose record is not on disk.
package struct RunDriver: Sendable {
    package let store: any Store
    package let world: any World
    package let providers: ProviderRegistry
    package let catalogue: ActionCatalogue
    package let secrets: any SecretOpener
    /// Told of every event once it is on disk.
    package let observe: @Sendable (RunEvent, Timestamp) -> Void

    package init(
        store: any Store, world: any World, providers: ProviderRegistry, catalogue: ActionCatalogue,
        secrets: any SecretOpener,
        observe: @escaping @Sendable (RunEvent, Timestamp) -> Void = { _, _ in }
    ) {
        self.store = store
        self.world = world
        self.providers = providers
        self.catalogue = catalogue
        self.secrets = secrets
        self.observe = observe
    }

    /// Drives a claimed run until it ends, or until it can only wait for somebody.
    ///
    /// The answer is the result, or nil if the run waits for a person, an approval or a far timer. `inputs` brings
    /// what reaches the run from outside: notices, approvals, decisions.
    package func drive(
        _ context: RunContext, from state: RunState, lease: RunLease, reservations: [Reservation],
        inputs: AsyncStream<RunInput>? = nil
    ) async throws(StoreError) -> RunResult? {
        var ride = Ride(
            driver: self, context: context, state: state, lease: lease, reservations: reservations)
        do {
            return try await ride.run(inputs)
        } catch let error as StoreError {
            throw error
        } catch {
            preconditionFailure("a run ended in an unexpected way: \(error)")
        }
    }
}

/// One run under way.
private struct Ride {
    let driver: RunDriver
    let context: RunContext
    var state: RunState
    let lease: RunLease
    let reservations: [Reservation]
    /// Whether the reservations count already.
    var isCommitted = false
    var heldTargets: Set<String> = []
    /// Timers that were started here.
    var timers: Set<String> = []

    mutating func run(_ outside: AsyncStream<RunInput>?) async throws -> RunResult? {
        isCommitted = state.changedAt != nil
        let (inputs, feed) = AsyncStream<RunInput>.makeStream()
        return try await withThrowingDiscardingTaskGroup(returning: RunResult?.self) { group in
            if let outside {
                group.addTask { for await input in outside { feed.yield(input) } }
            }
            for input in opening() { feed.yield(input) }
            for await input in inputs {
                for effect in try await take(input) { start(effect, in: &group, feed) }
                if let result = state.result {
                    group.cancelAll()
                    return result
                }
            }
            group.cancelAll()
            return nil
        }
    }

    /// A new run begins; a recovered one first learns which attempts were cut short.
    private func opening() -> [RunInput] {
        let cut = state.calls.sorted { $0.key < $1.key }.compactMap { path, call in
            call.pending.map { RunInput.interrupted(call: path, attempt: $0.intent.attempt) }
        }
        return cut + [.look]
    }

    /// Advances, makes the events durable, and answers with what may now be started.
    private mutating func take(_ input: RunInput) async throws -> [RunEffect] {
        let now = driver.world.now()
        let advance = Interpreter.advance(context, state, input, at: now)
        let effects = advance.effects + forgottenTimers(advance)
        guard !advance.events.isEmpty else { return effects }
        var writes: [StoreWrite] = []
        for event in advance.events {
            writes += limitWrites(before: event)
            writes.append(.record(EventRecord.draft(event, run: context.run, at: now)))
        }
        try await commit(writes)
        state = advance.state
        for event in advance.events { driver.observe(event, now) }
        return effects
    }

    /// Timers that the run waits for and that nobody in this process has started: those of a recovered run.
    private mutating func forgottenTimers(_ advance: Interpreter.Advance) -> [RunEffect] {
        for case .timer(let key, _) in advance.effects { timers.insert(key) }
        return advance.waits.compactMap { wait in
            guard case .timer(let key, let due) = wait, timers.insert(key).inserted else {
                return nil
            }
            return .timer(key: key, due: due)
        }
    }

    private func commit(_ writes: [StoreWrite]) async throws(StoreError) {
        let transaction = StoreTransaction(requires: [.lease(lease)], writes)
        let deadline = driver.world.uptime() + Bounds.leaseTimeout
        while true {
            do throws(StoreError) {
                try await driver.store.commit(transaction)
                return
            } catch {
                guard case .targetHeld = error, driver.world.uptime() < deadline else {
                    throw error
                }
                try? await Task.sleep(for: Bounds.targetPoll)
            }
        }
    }

    /// With its first change a run's reservations begin to count; each target is leased before it is changed.
    private mutating func limitWrites(before event: RunEvent) -> [StoreWrite] {
        guard case .intended(_, let intent) = event, intent.effect.isChange else { return [] }
        var writes: [StoreWrite] = []
        if let target = intent.target, heldTargets.insert(target).inserted {
            writes.append(
                .record(
                    RecordDraft(
                        .limitReserved, run: context.run, target: target,
                        reason: LedgerChange.target)))
        }
        guard !isCommitted else { return writes }
        isCommitted = true
        for reservation in reservations where reservation.kind != .concurrency {
            writes.append(
                .record(
                    RecordDraft(
                        .limitCommitted, run: context.run, target: reservation.key,
                        reason: reservation.kind.rawValue)))
        }
        return writes
    }
}

// MARK: - Effects

extension Ride {
    private func start(
        _ effect: RunEffect, in group: inout ThrowingDiscardingTaskGroup<any Error>,
        _ feed: AsyncStream<RunInput>.Continuation
    ) {
        switch effect {
        case .call(let path, let intent):
            let attempt = Attempt(driver: driver, context: context, path: path, intent: intent)
            group.addTask {
                let outcome = await attempt.perform()
                feed.yield(.callEnded(call: path, attempt: intent.attempt, outcome))
            }
        case .timer(let key, let due):
            let world = driver.world
            group.addTask {
                guard (try? await world.sleep(until: due)) != nil else { return }
                feed.yield(.timerFired(key: key))
            }
        case .askApproval, .askPerson, .finish: break
        }
    }
}

/// One attempt of one call at its provider.
private struct Attempt {
    let driver: RunDriver
    let context: RunContext
    let path: String
    let intent: CallIntent

    func perform() async -> ActionOutcome {
        guard let provider = driver.providers[intent.provider] else {
            let message = "this program has no provider \(intent.provider)"
            return .failed(.invalid, retryable: false, message: message)
        }
        if let pause = await pauseInForce() {
            return .failed(.denied, retryable: false, message: "paused: \(pause)")
        }
        let outcome = await bounded(provider)
        return OutputCheck.outcome(
            outcome, driver.catalogue.action(intent.action), driver.secrets)
    }

    /// A provider that overruns its deadline is cut off: what it did is not known.
    private func bounded(_ provider: any ActionProvider) async -> ActionOutcome {
        let request = request()
        return await withTaskGroup(of: ActionOutcome?.self) { group in
            group.addTask { await provider.perform(request) }
            group.addTask {
                try? await Task.sleep(for: request.timeout + Bounds.providerGrace)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .lost(.timeout, message: "no answer within \(request.timeout.text)")
        }
    }

    private func request() -> ActionRequest {
        ActionRequest(
            action: intent.action, operation: intent.operation, effect: intent.effect,
            recovery: intent.recovery, inputs: intent.inputs, settings: intent.settings,
            incident: context.incident, run: context.run, step: path, attempt: intent.attempt,
            idempotencyKey: intent.idempotencyKey, timeout: intent.timeout, secrets: driver.secrets)
    }

    /// The reason of a pause that holds this call back right now; a pause that cannot be read holds changes back.
    private func pauseInForce() async -> String? {
        guard intent.effect.isChange else { return nil }
        let now = driver.world.now()
        do throws(StoreError) {
            let limits = LimitState(try await driver.store.limits(committedSince: now))
            return limits.pauses.first { pause in
                (pause.expires.map { $0 > now } ?? true) && covers(pause.scope)
            }.map { "\($0.scope.text), \($0.reason)" }
        } catch {
            return "the pauses could not be read"
        }
    }

    private func covers(_ scope: Pause.Scope) -> Bool {
        switch scope {
        case .everything: true
        case .runbook(let name): name == context.rule.runbook.name
        case .target(let name): name == intent.target
        case .provider(let name): name == intent.provider
        }
    }
}
