import BelayCompiler
import BelayEngine
import Cryptography

/// All state tables as the records alone make them, for comparison with what is stored.
struct FoldedState {
    struct Incident {
        var folded: FoldedIncident
        var delivery: String?
        var problem: Digest?
        var receivedAt: Timestamp
    }

    struct Entry: Equatable {
        var run: String
        var kind: String
        var key: Digest
        var rule: String
        var phase = LimitPhase.reserved
        var at: Timestamp
    }

    var runs: [String: RunRow] = [:]
    var incidents: [String: Incident] = [:]
    var ledger: [Int64: Entry] = [:]
    var targets: [Digest: String] = [:]
    var pauses: [String: (scope: Digest, index: Int64)] = [:]
    /// The indexes of a run's entries in the ledger, so that a change need not look at all.
    private var entries: [String: [Int64]] = [:]
    private var held: [String: Set<Digest>] = [:]

    /// Runs with lost leases to forget at their next result.
    private var troubled: [ChainKey: String] = [:]

    /// Kinds of records that move no row: the fold passes them over unread. All others it wants to see.
    private static let idle: Set<RecordKind> = [
        .logStarted, .logRecovered, .logForked, .logKeyRotated, .programLoaded, .programRejected,
        .incidentRejected, .ruleMatched, .planBuilt, .planStep, .runNoticed, .runConcluded,
        .approvalRequested, .approvalGranted, .approvalDenied, .approvalExpired, .stepBegan,
        .stepListed, .stepPinned, .stepTimer, .stepTimerFired, .stepHeld, .stepIntent,
        .stepLateResult,
        .stepJudged, .stepRefused, .stepUnknown, .stepSkipped, .guardrailDenied, .authDenied,
        .authGranted, .authRevoked, .exportDone,
    ]

    /// Whether the fold needs the whole record; a result's chain and kind are enough.
    static func needs(_ kind: RecordKind) -> Bool {
        !idle.contains(kind) && !RunFold.onlySettles(kind)
    }

    /// Finds its way about rows that were not made by `apply`.
    mutating func index() {
        for (place, entry) in ledger { entries[entry.run, default: []].append(place) }
        for (target, run) in targets { held[run, default: []].insert(target) }
        for (id, run) in runs where run.recoveries > 0 { troubled[ChainKey(id)] = id }
    }

    /// Takes note of a record whose text was not needed.
    mutating func applyUnread(_ kind: RecordKind, of chain: ChainKey) {
        guard RunFold.onlySettles(kind), let run = troubled.removeValue(forKey: chain) else {
            return
        }
        runs[run]?.recoveries = 0
    }

    mutating func apply(_ record: JournalRecord, at index: Int64) {
        if let run = record.run, let next = RunFold.next(runs[run], after: record) {
            runs[run] = next
            if next.recoveries > 0 { troubled[ChainKey(run)] = run }
        }
        applyToIncident(record, at: index)
        for change in LedgerChange.changes(of: record) { apply(change, record, at: index) }
    }

    private mutating func applyToIncident(_ record: JournalRecord, at index: Int64) {
        guard let id = record.incident else { return }
        let isNew = record.kind == .incidentAccepted || record.kind == .incidentResolved
        guard isNew || FoldedIncident.isMoved(by: record.kind) else { return }
        let known = incidents[id]
        guard let next = FoldedIncident.next(known?.folded, after: record, index: index) else {
            return
        }
        incidents[id] = Incident(
            folded: next, delivery: isNew ? record.idem : known?.delivery,
            problem: isNew ? record.target : known?.problem,
            receivedAt: isNew ? record.at : known?.receivedAt ?? record.at)
    }

    private mutating func apply(_ change: LedgerChange, _ record: JournalRecord, at index: Int64) {
        switch change {
        case .takeTarget(let target, let run):
            targets[target] = run
            held[run, default: []].insert(target)
        case .freeTargets(let target, let run):
            for key in target.map({ [$0] }) ?? Array(held[run] ?? []) where targets[key] == run {
                targets[key] = nil
                held[run]?.remove(key)
            }
        case .reserve(let kind, let key, let run, let rule):
            ledger[index] = Entry(run: run, kind: kind, key: key, rule: rule, at: record.at)
            entries[run, default: []].append(index)
        case .commit(let kind, let key, let run):
            for place in entries[run] ?? [] {
                guard let entry = ledger[place], entry.kind == kind, entry.phase == .reserved,
                    key ?? entry.key == entry.key
                else { continue }
                ledger[place]?.phase = .committed
                ledger[place]?.at = record.at
            }
        case .release(let kind, let key, let run):
            for place in entries[run] ?? [] {
                guard let entry = ledger[place], kind ?? entry.kind == entry.kind,
                    kind != nil || entry.phase == .reserved, key ?? entry.key == entry.key
                else { continue }
                ledger[place] = nil
            }
        case .setPause(let id, let scope): pauses[id] = (scope, index)
        case .liftPause(let id): pauses[id] = nil
        }
    }
}
