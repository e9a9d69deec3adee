package import Cryptography

/// What a record means for limits, target leases and pauses: the one function that both the store and the verifier
/// use.
package enum LedgerChange: Sendable, Hashable {
    /// A run takes a target; it is an error if another has it.
    case takeTarget(Digest, run: String)
    /// A run gives one target up, or all (`nil`).
    case freeTargets(Digest?, run: String)
    /// A new entry.
    case reserve(kind: String, key: Digest, run: String, rule: String)
    /// A run's reserved entries of a kind (and key) count from now on.
    case commit(kind: String, key: Digest?, run: String)
    /// A run's entries of a kind (and key) go, in either phase; without a kind all that are only reserved.
    case release(kind: String?, key: Digest?, run: String)
    /// A pause comes into force, named by the record's id.
    case setPause(id: String, scope: Digest)
    case liftPause(id: String)

    /// The `reason` that tells a target's lease from a limit.
    package static let target = "target"
    /// The error code of a `run.finished` that leaves its targets held.
    package static let keepsTargets = "rollback_incomplete"

    package static func changes(of record: JournalRecord) -> [LedgerChange] {
        switch record.kind {
        case .limitReserved, .limitCommitted, .limitReleased: limit(record).map { [$0] } ?? []
        case .runFinished: record.run.map { finished($0, record) } ?? []
        case .pauseSet: record.target.map { [.setPause(id: record.id, scope: $0)] } ?? []
        case .pauseLifted, .pauseExpired: record.causedBy.map { [.liftPause(id: $0)] } ?? []
        default: []
        }
    }

    /// A run whose rollback is incomplete keeps its targets until a person releases them.
    private static func finished(_ run: String, _ record: JournalRecord) -> [LedgerChange] {
        let released = LedgerChange.release(kind: nil, key: nil, run: run)
        let keeps = record.error?.code == keepsTargets
        return keeps ? [released] : [.freeTargets(nil, run: run), released]
    }

    private static func limit(_ record: JournalRecord) -> LedgerChange? {
        // An incident in a queue has an entry of its own, without a run.
        guard let run = record.run ?? record.incident else { return nil }
        switch (record.kind, record.reason, record.target) {
        case (.limitReserved, target, let key?): return .takeTarget(key, run: run)
        case (.limitReleased, target, let key): return .freeTargets(key, run: run)
        case (.limitReserved, let kind?, let key?):
            return .reserve(kind: kind, key: key, run: run, rule: record.rule ?? "")
        case (.limitCommitted, let kind?, let key): return .commit(kind: kind, key: key, run: run)
        case (.limitReleased, let kind, let key): return .release(kind: kind, key: key, run: run)
        default: return nil
        }
    }
}
