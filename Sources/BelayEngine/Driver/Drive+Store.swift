import BelayCompiler
import JSON

extension Drive {
    /// Makes what happened durable before its effects start; what keeps a call from starting, by its path.
    ///
    /// Target leases, limits and intents are one transaction, in which no pause is in force. A call whose target
    /// another run holds is left out of `advance` and asked for again in a while; what is known is kept at once. Told
    /// to stop, no call is left.
    mutating func keep(
        _ advance: inout Interpreter.Advance, at time: Timestamp
    ) async throws(StoreError) -> [String: ActionOutcome] {
        var obstacles: [String: ActionOutcome] = [:]
        let asked = Set(advance.changes.map(\.path))
        heldUp = heldUp.filter { asked.contains($0.key) }
        while true {
            if isStopped, advance.hasCalls {
                advance = held(advance, at: time)
                obstacles = [:]
                heldUp = [:]
            }
            let changes = advance.changes.filter { obstacles[$0.path] == nil }
            if !changes.isEmpty, driver.world.uptime() + Bounds.leaseMargin > lease.until {
                guard try await renew() else { throw .leaseLost(run: context.run) }
            }
            do throws(StoreError) {
                let found = try await record(advance, changes, at: time)
                if found.isEmpty {
                    for change in changes { heldUp[change.path] = nil }
                    return obstacles
                }
                obstacles.merge(found) { first, _ in first }
            } catch {
                guard case .targetHeld(let target, let holder) = error else { throw error }
                let now = driver.world.uptime()
                var waiting: Set<String> = []
                for change in changes where wanted(by: [change]).contains(target) {
                    if heldUp[change.path] == nil { say(change.path, holder, target, at: time) }
                    let until = heldUp[change.path] ?? now + Bounds.leaseTimeout
                    heldUp[change.path] = until < now ? nil : until
                    if until < now {
                        obstacles[change.path] = .failed(
                            .targetBusy, retryable: true, message: "run \(holder) holds \(target)")
                    } else {
                        waiting.insert(change.path)
                    }
                }
                advance = without(waiting, advance, at: time)
            }
        }
    }

    /// Who looks at the run must see what it waits for.
    private mutating func say(
        _ path: String, _ holder: String, _ target: String, at now: Timestamp
    ) {
        unsaid.append(
            RecordDraft(
                .stepHeld, run: context.run, step: RecordText.code(from: path), epoch: lease.epoch,
                target: target, reason: "target", causedBy: holder,
                payloads: [
                    .message(
                        "run \(holder) holds \(target): waits until "
                            + "\((now + Bounds.leaseTimeout).rfc3339) at most")
                ]))
    }

    private var isStopped: Bool { driver.signs.isStopping || Task.isCancelled }

    /// Writes what happened and what is about to, unless a pause forbids one of the changes: those are answered, and
    /// nothing is written. Questions that change nothing wait for the next commit.
    private mutating func record(
        _ advance: Interpreter.Advance, _ changes: [Interpreter.Advance.Change], at now: Timestamp
    ) async throws(StoreError) -> [String: ActionOutcome] {
        let events = advance.events.map { RecordedEvent($0, at: now) }
        let batch = unwritten + events
        guard !unsaid.isEmpty || !(batch.isEmpty || isLight(events, advance)) else {
            unwritten = batch
            return [:]
        }
        let taken = wanted(by: changes)
        let commits = changes.isEmpty ? [] : limitCommits
        var writes = taken.map { targetLease($0) } + commits
        if advance.state.result != nil { writes += try await finishing(advance.state) }
        writes += batch.map { StoreWrite.record(draft($0)) } + unsaid.map { .record($0) }
        let (lease, drive, all) = (lease, self, writes)
        let paused = try await driver.store.decide { view throws(StoreError) in
            let paused = changes.isEmpty ? [:] : drive.paused(changes, try view.pauses())
            return StoreProposal(
                StoreTransaction(requires: [.lease(lease)], paused.isEmpty ? all : []), paused)
        }.value
        guard paused.isEmpty else { return paused }
        unwritten = []
        unsaid = []
        targets.formUnion(taken)
        if !commits.isEmpty { committed() }
        for recorded in batch { driver.observe(recorded.event, recorded.at) }
        return [:]
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
            guard case .call(_, let intent) = $0 else { return false }
            return intent.recovery == .pure && !intent.effect.isChange
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

    /// What was reserved counts from the intent of the first change on.
    private var limitCommits: [StoreWrite] {
        reserved.filter { $0.kind != .concurrency }.map {
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
        guard let wake else { return writes }
        let run = context.run
        let incident = try await driver.store.read { view throws(StoreError) in
            try view.run(run).flatMap { row throws(StoreError) in try view.incident(row.incident) }
        }
        guard let incident else { return writes }
        // Another of its rules may wait for an earlier time, which then decides on this one too.
        if let earlier = incident.wakeAt, earlier <= wake { return writes }
        return writes + [.wakeIncident(incident.id, at: wake)]
    }

    /// What a recovered run still holds.
    mutating func readLedger() async throws(StoreError) {
        let horizon = driver.world.now() - Bounds.limitHorizon
        let ledger = try await driver.store.limits(committedSince: horizon)
        for (_, entry) in ledger.entries(ofRun: context.run) {
            guard let kind = Reservation.Kind(rawValue: entry.kind) else { continue }
            if entry.phase == .reserved {
                reserved.append(Reservation(kind, key: entry.key))
            } else {
                counted.insert(kind)
            }
        }
        targets = Set(ledger.heldTargets.filter { $0.value == context.run }.keys)
    }

    /// Why changing calls must not start: a pause covers them.
    private func paused(
        _ changes: [Interpreter.Advance.Change], _ rows: [PauseRow]
    ) -> [String: ActionOutcome] {
        let now = driver.world.now()
        let pauses = rows.map(Pause.init)
        var paused: [String: ActionOutcome] = [:]
        for change in changes {
            paused[change.path] = pauses.refusal(
                change.intent, context.rule.runbook.name, at: now)
        }
        return paused
    }

    /// The targets that these calls need and the run does not have, sorted.
    private func wanted(by changes: [Interpreter.Advance.Change]) -> [String] {
        guard !changes.isEmpty else { return [] }
        return Set((changes.map(\.intent.target) + [context.target]).compactMap { $0 })
            .subtracting(targets).sorted()
    }

    private func targetLease(_ target: String) -> StoreWrite {
        .record(
            RecordDraft(
                .limitReserved, run: context.run, epoch: lease.epoch, target: target,
                reason: LedgerChange.target))
    }

    // MARK: What the source says

    /// Notices of the source that have come and that the run does not know of: read, so that none is lost with
    /// whoever would have passed it on.
    func notices() async throws(StoreError) -> [RunInput] {
        guard context.part == .remedy, state.resolvedAt == nil else { return [] }
        let context = context
        let said = try await driver.store.read { view throws(StoreError) in
            guard let row = try view.run(context.run) else { return Set<IncidentStatus>() }
            return try ProblemReader(view: view).notices(
                for: context.run, context.incident, incidentID: row.incident, rule: row.rule)
        }
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

extension Interpreter.Advance {
    /// A call that changes something.
    struct Change: Sendable {
        var path: String
        var intent: CallIntent
    }

    fileprivate var hasCalls: Bool {
        effects.contains { if case .call = $0 { true } else { false } }
    }

    fileprivate var changes: [Change] {
        effects.compactMap {
            guard case .call(let path, let intent) = $0, intent.effect.isChange else { return nil }
            return Change(path: path, intent: intent)
        }
    }
}
