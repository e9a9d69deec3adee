import BelayCompiler
import JSON

/// Carries single attempts out: within the binding's limit, within the time-out, checked and redacted.
struct CallRunner: Sendable {
    let world: any World
    let providers: ProviderRegistry
    let secrets: any SecretOpener
    let bulkhead: Bulkhead
    let context: RunContext
    let catalogue: ActionCatalogue
    let executor: (any TaskExecutor)?
    let signs: ProcessSigns
    let gate: CallGate
    /// The pauses as they are; nil if they cannot be read.
    let pauses: @Sendable () async -> [Pause]?

    /// Why a call that has waited for room must not begin any more, though its intent is on record.
    private func refusal(_ intent: CallIntent) async -> ActionOutcome? {
        if gate.isClosed {
            return .failed(
                .cancelled, retryable: false,
                message: "the run was cancelled before the call began")
        }
        guard intent.effect.isChange else { return nil }
        guard let pauses = await pauses() else {
            return .failed(
                .unavailable, retryable: true,
                message: "the journal could not be asked whether changes are paused")
        }
        return pauses.refusal(intent, context.rule.runbook.name, at: world.now())
    }

    func perform(_ intent: CallIntent, at path: String) async -> ActionOutcome {
        guard let provider = providers[intent.provider] else {
            return .failed(
                .invalid, retryable: false,
                message: "this program has no provider \(intent.provider)")
        }
        let limit = context.environment.binding(for: intent.action)?.maxInFlight ?? 16
        let request = request(intent, at: path)
        let outcome: ActionOutcome = await bulkhead.within(limit, of: intent.action) { hasWaited in
            // The run may have been stopped while the call waited for room.
            guard !Task.isCancelled else {
                return .lost(.cancelled, message: "the call was broken off before it began")
            }
            // It has certainly not happened: the next process makes another attempt of it.
            guard !signs.isStopping else {
                return .failed(
                    .interrupted, retryable: true,
                    message: "the engine stopped before the call began")
            }
            if hasWaited, let refusal = await refusal(intent) { return refusal }
            world.failpoints.pass(.effectBefore)
            return await bounded(intent.timeout) { await provider.perform(request) }
        }
        world.failpoints.pass(.effectAfter)
        return OutputCheck.outcome(outcome, catalogue.action(intent.action), secrets)
            .judged(by: intent.recovery)
    }

    private func request(_ intent: CallIntent, at path: String) -> ActionRequest {
        ActionRequest(
            action: intent.action, operation: intent.operation, effect: intent.effect,
            recovery: intent.recovery, inputs: intent.inputs, settings: intent.settings,
            incident: context.incident, run: context.run, step: path, attempt: intent.attempt,
            idempotencyKey: intent.idempotencyKey, timeout: intent.timeout, secrets: secrets)
    }

    /// The work's outcome, or that it was lost if it does not come in time: whoever ignores a time-out is left behind.
    private func bounded(
        _ timeout: Duration, _ work: @escaping @Sendable () async -> ActionOutcome
    ) async -> ActionOutcome {
        let (outcomes, source) = AsyncStream.makeStream(of: ActionOutcome.self)
        let worker = Task(executorPreference: executor) {
            source.yield(await work())
            source.finish()
        }
        let watch = Task(executorPreference: executor) { [world] in
            try await world.sleep(for: timeout + Bounds.providerGrace)
            source.yield(.lost(.timeout, message: "no answer within \(timeout.text)"))
            source.finish()
        }
        defer {
            worker.cancel()
            watch.cancel()
        }
        for await outcome in outcomes { return outcome }
        return .lost(.cancelled, message: "the call was broken off")
    }
}
