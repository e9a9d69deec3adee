import BelayCompiler
import JSON

extension Drive {
    /// Makes events durable before their effects start. Questions that change nothing wait for the next commit.
    ///
    /// A limit is committed with the intent of the first change; not by one that is held back here (`blocked`).
    mutating func record(
        _ events: [RecordedEvent], _ advance: Interpreter.Advance, blocked: Set<String>
    ) async throws(StoreError) {
        unwritten += events
        guard !unwritten.isEmpty, !isLight(events, advance) else { return }
        let batch = unwritten
        let commits = ledgerWrites(advance.effects, blocked)
        var writes = commits
        if advance.state.result != nil { writes += try await finishing(advance.state) }
        writes += batch.map { StoreWrite.record(draft($0)) }
        try await driver.store.commit(StoreTransaction(requires: [.lease(lease)], writes))
        unwritten = []
        if !commits.isEmpty { committed() }
        for recorded in batch { driver.observe(recorded.event, recorded.at) }
    }

    /// Keeps what was not kept yet.
    mutating func flush() async throws(StoreError) {
        guard !unwritten.isEmpty else { return }
        let batch = unwritten
        try await driver.store.commit(
            StoreTransaction(requires: [.lease(lease)], batch.map { .record(draft($0)) }))
        unwritten = []
        for recorded in batch { driver.observe(recorded.event, recorded.at) }
    }

    /// Whether all that happened and all that is asked for is a question with no effect: after a crash the walk
    /// asks it again.
    private func isLight(_ events: [RecordedEvent], _ advance: Interpreter.Advance) -> Bool {
        let asksOnly = advance.effects.allSatisfy {
            if case .call(_, let intent) = $0 { intent.recovery == .pure } else { false }
        }
        guard asksOnly, !advance.effects.isEmpty else { return false }
        return events.allSatisfy { recorded in
            switch recorded.event {
            case .intended, .judged, .began, .skipped, .listed, .pinned: true
            case .ended(let call, _, _): advance.state.calls[call]?.last?.intent.recovery == .pure
            default: false
            }
        }
    }

    private func draft(_ recorded: RecordedEvent) -> RecordDraft {
        var draft = EventRecord.draft(recorded.event, run: context.run, at: recorded.at)
        draft.epoch = lease.epoch
        return draft
    }

    /// What comes after the lease is lost is kept and changes nothing.
    func recordLate(_ events: [RecordedEvent]) async {
        for recorded in events {
            guard case .ended = recorded.event else { continue }
            var draft = draft(recorded)
            draft.kind = .stepLateResult
            _ = try? await driver.store.commit(StoreTransaction([.record(draft)]))
        }
    }

    // MARK: Limits and targets

    private func ledgerWrites(_ effects: [RunEffect], _ blocked: Set<String>) -> [StoreWrite] {
        let changing = effects.contains {
            if case .call(let path, let intent) = $0 {
                intent.effect.isChange && !blocked.contains(path)
            } else {
                false
            }
        }
        guard changing else { return [] }
        return reserved.filter { $0.kind != .concurrency }.map {
            .record(
                RecordDraft(
                    .limitCommitted, run: context.run, epoch: lease.epoch, target: $0.key,
                    reason: $0.kind.rawValue))
        }
    }

    private mutating func committed() {
        counted.formUnion(reserved.map(\.kind).filter { $0 != .concurrency })
        reserved.removeAll { $0.kind != .concurrency }
    }

    /// What goes with a run's end: limits that nothing has used up are given back, and its incident is looked at
    /// again where the rule repeats or puts something back.
    private func finishing(_ state: RunState) async throws(StoreError) -> [StoreWrite] {
        var writes: [StoreWrite] = []
        if !state.hasChanged {
            writes = counted.sorted { $0.rawValue < $1.rawValue }.map {
                .record(
                    RecordDraft(
                        .limitReleased, run: context.run, epoch: lease.epoch, reason: $0.rawValue))
            }
        }
        let now = driver.world.now()
        var wake: Timestamp?
        if let again = context.rule.again { wake = now + again.after }
        if !context.rule.afterResolve.isEmpty, state.hasChanged { wake = now }
        guard let wake, let row = try await driver.store.run(context.run) else { return writes }
        return writes + [.wakeIncident(row.incident, at: wake)]
    }

    /// What a recovered run still holds.
    mutating func readLedger() async throws(StoreError) {
        let horizon = driver.world.now() - Bounds.limitHorizon
        let ledger = try await driver.store.limits(committedSince: horizon)
        for entry in ledger.entries where entry.run == context.run {
            guard let kind = Reservation.Kind(rawValue: entry.kind) else { continue }
            if entry.phase == .reserved {
                reserved.append(Reservation(kind, key: entry.key))
            } else {
                counted.insert(kind)
            }
        }
        targets = Set(ledger.targets.filter { $0.run == context.run }.map(\.target))
    }

    /// For each changing call that must not start: why. Pauses first, then the target's lease, then the run's own.
    func pauseObstacle(_ intent: CallIntent, _ ledger: LimitSnapshot) -> ActionOutcome? {
        let pauses = LimitState(ledger).pauses
        let now = driver.world.now()
        let scopes: [Pause.Scope] = [
            .everything, .changes, .runbook(context.rule.runbook.name),
            .provider(intent.provider), .target(intent.target ?? ""),
        ]
        let pause = pauses.first { $0.isInForce(at: now) && scopes.contains($0.scope) }
        return pause.map {
            .failed(
                .denied, retryable: false,
                message: "changes are paused (\($0.scope.text)): \($0.reason)")
        }
    }

    /// Nil if no call may begin any more, because the process is being stopped.
    mutating func obstacle(
        to effects: [RunEffect]
    ) async throws(StoreError) -> [String: ActionOutcome]? {
        var obstacles: [String: ActionOutcome] = [:]
        let calls = effects.contains { if case .call = $0 { true } else { false } }
        if calls, driver.signs.isStopping { return nil }
        for effect in effects {
            guard case .call(let path, let intent) = effect, intent.effect.isChange else {
                continue
            }
            let ledger = try await driver.store.limits(committedSince: driver.world.now())
            if let pause = pauseObstacle(intent, ledger) {
                obstacles[path] = pause
            } else if let busy = try await takeTarget(intent) {
                obstacles[path] = busy
            } else if driver.world.uptime() + Bounds.leaseMargin > lease.until {
                guard try await renew() else { throw .leaseLost(run: context.run) }
            }
        }
        // A target may have been waited for long.
        if calls, driver.signs.isStopping { return nil }
        return obstacles
    }

    /// Takes the lease of what a call acts on, waiting a while if another run has it.
    private mutating func takeTarget(
        _ intent: CallIntent
    ) async throws(StoreError) -> ActionOutcome? {
        let wanted = Set([intent.target, context.target].compactMap { $0 }).subtracting(targets)
        guard !wanted.isEmpty else { return nil }
        let writes = wanted.sorted().map {
            StoreWrite.record(
                RecordDraft(
                    .limitReserved, run: context.run, epoch: lease.epoch, target: $0,
                    reason: LedgerChange.target))
        }
        let deadline = driver.world.uptime() + Bounds.leaseTimeout
        while true {
            do throws(StoreError) {
                try await driver.store.commit(StoreTransaction(requires: [.lease(lease)], writes))
                targets.formUnion(wanted)
                return nil
            } catch {
                guard case .targetHeld(let target, let holder) = error else { throw error }
                if driver.signs.isStopping || Task.isCancelled { return nil }
                guard driver.world.uptime() < deadline, try await renew() else {
                    return .failed(
                        .targetBusy, retryable: true, message: "run \(holder) holds \(target)")
                }
                try? await driver.world.sleep(for: Bounds.targetPoll)
            }
        }
    }

    // MARK: What the source says

    /// Notices of the source that have come and that the run does not know of: read, so that none is lost with
    /// whoever would have passed it on.
    func notices() async throws(StoreError) -> [RunInput] {
        guard context.part == .remedy, state.resolvedAt == nil,
            let row = try await driver.store.run(context.run)
        else { return [] }
        let said = try await ProblemReader(store: driver.store).notices(
            for: context.run, context.incident, incidentID: row.incident, rule: row.rule)
        var inputs: [RunInput] = []
        if said.contains(.acknowledged), state.acknowledgedAt == nil {
            inputs.append(.notice(.acknowledged))
        }
        if said.contains(.resolved) { inputs.append(.notice(.resolved)) }
        return inputs
    }

    /// A notice that came while the run was put aside would wake nobody.
    func wakeIfNoticed() async throws(StoreError) {
        guard try await !notices().isEmpty else { return }
        try await driver.store.commit(
            StoreTransaction([.wakeRun(context.run, at: driver.world.now())]))
    }

    // MARK: The lease

    func renewLater(_ group: inout DiscardingTaskGroup) {
        let (world, source) = (driver.world, source)
        group.addTask {
            try? await world.sleep(for: Bounds.renewal)
            source.yield(.renewal)
        }
    }

    /// Prolongs the lease; false if another has the run now.
    mutating func renew() async throws(StoreError) -> Bool {
        let renewed = try await driver.store.renew([lease], for: Bounds.lease)
        guard let mine = renewed.first else { return false }
        lease = mine
        return true
    }

    /// Puts the run aside and gives the lease up.
    func park(_ reason: String, wakeAt: Timestamp?) async throws(StoreError) -> DriveEnd {
        let draft = RecordDraft(
            .runWaiting, run: context.run, epoch: lease.epoch, reason: reason)
        try await driver.store.commit(
            StoreTransaction(
                requires: [.lease(lease)],
                unwritten.map { .record(self.draft($0)) } + [
                    .record(draft), .wakeRun(context.run, at: wakeAt),
                ]))
        return .parked(reason: reason)
    }
}
