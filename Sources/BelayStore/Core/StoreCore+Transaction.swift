import BelayCompiler
import BelayEngine

extension StoreCore {
    /// Checks and carries out one transaction; the medium undoes it if this throws.
    mutating func commit(
        _ transaction: StoreTransaction, _ tables: some StateTables
    ) throws(StoreError) -> StoreReceipt {
        for requirement in transaction.requirements { try require(requirement, tables) }
        var receipt = StoreReceipt(records: [], leases: [])
        for write in transaction.writes {
            switch write {
            case .record(let draft): receipt.records.append(try append(draft, tables))
            case .claim(let run, let duration):
                let (record, lease) = try claim(run, for: duration, tables)
                receipt.records.append(record)
                receipt.leases.append(lease)
            case .wakeRun(let id, let time): try wake(run: id, at: time, tables)
            case .wakeIncident(let id, let time): try tables.setWake(incident: id, at: time)
            case .program(let program): try tables.insert(program)
            }
        }
        return receipt
    }

    private func require(
        _ requirement: StoreRequirement, _ tables: some StateTables
    ) throws(StoreError) {
        switch requirement {
        case .lease(let lease):
            guard let run = try tables.run(lease.run), holds(run, lease) else {
                throw .leaseLost(run: lease.run)
            }
        case .waiting(let id, let reason):
            guard let run = try tables.run(id), run.phase == .waiting, run.reason == reason else {
                throw .notWaiting(run: id)
            }
        }
    }

    private func holds(_ run: RunRow, _ lease: RunLease) -> Bool {
        run.phase == .running && run.owner == boot && run.epoch == lease.epoch
    }

    private func wake(
        run id: String, at time: Timestamp?, _ tables: some StateTables
    ) throws(StoreError) {
        guard var run = try tables.run(id) else { throw .notFound(id) }
        guard run.phase == .ready || run.phase == .waiting else { return }
        run.wakeAt = time
        try tables.update(run)
    }

    private mutating func claim(
        _ id: String, for duration: Duration, _ tables: some StateTables
    ) throws(StoreError) -> (RecordReceipt, RunLease) {
        guard let run = try tables.run(id) else { throw .notFound(id) }
        guard run.phase == .ready || run.phase == .waiting else { throw .leaseLost(run: id) }
        let record = try append(
            RecordDraft(.runClaimed, run: id, epoch: run.epoch + 1), tables)
        let lease = RunLease(run: id, epoch: run.epoch + 1, until: world.uptime() + duration)
        try tables.setLease(run: id, until: lease.until)
        return (record, lease)
    }

    /// Claims what is due; a run that its holder lost is first recorded as lost.
    mutating func claim(
        _ count: Int, for duration: Duration, _ tables: some StateTables
    ) throws(StoreError) -> [ClaimedRun] {
        let due = try tables.dueRuns(
            count, now: world.now(), uptime: world.uptime(), boot: boot)
        var claimed: [ClaimedRun] = []
        for run in due {
            if run.phase == .running {
                try append(RecordDraft(.runLeaseLost, run: run.id, epoch: run.epoch), tables)
            }
            let (_, lease) = try claim(run.id, for: duration, tables)
            guard let now = try tables.run(run.id) else { throw .notFound(run.id) }
            claimed.append(ClaimedRun(run: now, lease: lease, found: run.phase))
        }
        return claimed
    }

    func renew(
        _ leases: [RunLease], for duration: Duration, _ tables: some StateTables
    ) throws(StoreError) -> [RunLease] {
        var renewed: [RunLease] = []
        let until = world.uptime() + duration
        for lease in leases {
            guard let run = try tables.run(lease.run), holds(run, lease) else { continue }
            try tables.setLease(run: lease.run, until: until)
            renewed.append(RunLease(run: lease.run, epoch: lease.epoch, until: until))
        }
        return renewed
    }

    /// Erases what was said about an incident; every run of it must have ended.
    mutating func forget(
        incident id: String, actor: RecordActor, as kind: RecordKind = .payloadsForgotten,
        _ tables: some StateTables
    ) throws(StoreError) -> Int {
        guard try tables.incident(id) != nil else { throw .notFound(id) }
        if let run = try tables.openRun(of: id) { throw .notFinal(run: run) }
        let count = try tables.erasePayloads(incident: id)
        try append(RecordDraft(kind, actor: actor, incident: id), tables)
        return count
    }
}
