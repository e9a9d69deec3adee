import BelayCompiler

/// A run's row as its records make it: the one function that both the store and the verifier use.
package enum RunFold {
    /// The row after one more record, `nil` before the run exists. When to wake (`wakeAt`) is not a record's matter
    /// and stays.
    package static func next(_ row: RunRow?, after record: JournalRecord) -> RunRow? {
        if record.kind == .runCreated { return created(by: record) }
        guard var row else { return nil }
        switch record.kind {
        case .runClaimed:
            row.phase = .running
            row.reason = nil
            row.epoch = record.epoch ?? row.epoch
            row.owner = record.boot
            row.wakeAt = nil
        case .runWaiting:
            row.phase = .waiting
            row.reason = record.reason
            row.owner = nil
        case .runLeaseLost:
            row.phase = .ready
            row.reason = nil
            row.owner = nil
            row.recoveries += 1
        case .runFinished:
            row.phase = record.outcome.flatMap(RunPhase.init(rawValue:)) ?? row.phase
            row.reason = record.reason
            row.owner = nil
            row.wakeAt = nil
        case _ where onlySettles(record.kind):
            row.recoveries = 0
        default:
            break
        }
        return row
    }

    /// Whether all that such a record does to a row is to set `recoveries` back to zero.
    package static func onlySettles(_ kind: RecordKind) -> Bool {
        kind == .stepResult || kind == .stepResolvedByPerson || kind == .runCancelled
    }

    private static func created(by record: JournalRecord) -> RunRow? {
        guard let id = record.run, let incident = record.incident, let rule = record.rule,
            let runbook = record.runbook
        else { return nil }
        return RunRow(
            id: id, incident: incident, runbook: runbook, rule: rule, phase: .ready, epoch: 0,
            createdAt: record.at, recoveries: 0)
    }
}
