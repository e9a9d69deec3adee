import BelayCompiler
import BelayEngine
import Cryptography

extension StoreCore {
    /// Refuses what would not fold: a second creation, a change of something unknown or final, a held target.
    func check(
        _ draft: RecordDraft, _ run: RunRow?, _ tables: some StateTables
    ) throws(StoreError) {
        if let member = draft.misplacedText {
            preconditionFailure("free text in a record: \(draft.kind.rawValue) \(member)")
        }
        switch draft.kind {
        case .runCreated: try checkCreation(draft, run, tables)
        case .ruleMatched, .ruleUnmatched, .ruleSuppressed:
            guard let incident = draft.incident else { return }
            guard try tables.incident(incident) != nil else { throw .notFound(incident) }
        case .planBuilt, .planStep: break
        default: try checkRun(draft, run, tables)
        }
    }

    private func checkCreation(
        _ draft: RecordDraft, _ run: RunRow?, _ tables: some StateTables
    ) throws(StoreError) {
        guard let id = draft.run, let incident = draft.incident, draft.rule != nil,
            draft.runbook != nil
        else { preconditionFailure("run.created names run, incident, rule and runbook") }
        guard run == nil else { throw .exists(id) }
        guard try tables.incident(incident) != nil else { throw .notFound(incident) }
    }

    private func checkRun(
        _ draft: RecordDraft, _ run: RunRow?, _ tables: some StateTables
    ) throws(StoreError) {
        guard let id = draft.run else { return }
        guard let run else { throw .notFound(id) }
        switch draft.kind {
        case .runClaimed, .runWaiting, .runLeaseLost, .runFinished:
            guard !run.phase.isFinal else { throw .leaseLost(run: id) }
            let ends = draft.outcome.flatMap(RunPhase.init(rawValue:))?.isFinal ?? false
            precondition(draft.kind != .runFinished || ends, "run.finished has a final outcome")
        case .limitReserved where draft.reason == LedgerChange.target:
            guard let target = draft.target else { preconditionFailure("a lease has a target") }
            let holder = try tables.holder(of: identity.hash(target)) ?? id
            guard holder == id else { throw .targetHeld(target: target, by: holder) }
        case .limitReserved, .limitCommitted:
            precondition(draft.reason != nil, "\(draft.kind.rawValue) names its kind as reason")
        default: break
        }
    }

    /// Moves every table that the record means.
    func fold(
        _ record: JournalRecord, at index: Int64, _ draft: RecordDraft, _ run: RunRow?,
        _ tables: some StateTables
    ) throws(StoreError) {
        try foldRun(record, run, tables)
        try foldIncident(record, at: index, tables)
        for change in LedgerChange.changes(of: record) {
            try apply(change, record, at: index, draft, tables)
        }
    }

    private func foldRun(
        _ record: JournalRecord, _ run: RunRow?, _ tables: some StateTables
    ) throws(StoreError) {
        guard record.run != nil, let next = RunFold.next(run, after: record), next != run else {
            return
        }
        if run == nil { try tables.insert(next) } else { try tables.update(next) }
    }

    /// An accepted incident's row is made at the door, where its keys are known.
    private func foldIncident(
        _ record: JournalRecord, at index: Int64, _ tables: some StateTables
    ) throws(StoreError) {
        guard let id = record.incident, FoldedIncident.isMoved(by: record.kind),
            let incident = try tables.incident(id)
        else { return }
        let next = FoldedIncident.next(incident, after: record, index: index)
        if let next, next != incident { try tables.update(next) }
    }

    private func apply(
        _ change: LedgerChange, _ record: JournalRecord, at index: Int64, _ draft: RecordDraft,
        _ tables: some StateTables
    ) throws(StoreError) {
        let name = draft.target ?? ""
        switch change {
        case .takeTarget(let target, let run):
            try tables.take(target: target, name: name, run: run)
        case .freeTargets(let target, let run): try tables.free(target: target, run: run)
        case .reserve(let kind, let key, let run, let rule):
            try tables.reserve(
                LedgerRow(
                    index: index, kind: kind, key: key, name: name, run: run, rule: rule,
                    at: record.at))
        case .commit(let kind, let key, let run):
            try tables.commit(kind: kind, key: key, run: run, at: record.at)
        case .release(let kind, let key, let run):
            try tables.release(kind: kind, key: key, run: run)
        case .setPause(let id, _): try tables.setPause(id: id, scope: name, index: index)
        case .liftPause(let id): try tables.liftPause(id: id)
        }
    }
}
