import BelayEngine
import Cryptography

/// What the one writer of a file remembers of it, so that it need not read what it has just written.
struct SQLiteMemory: Sendable {
    /// How many chains and runs are remembered before the memory starts afresh.
    private static let limit = 50_000

    /// The hash of the last record, by chain.
    private(set) var heads: [String: Digest] = [:]
    /// Runs that are not final.
    private(set) var runs: [String: RunRow] = [:]
    /// Whether any record was pruned, `nil` while nobody has looked.
    var hasPruned: Bool?

    private(set) var incidents: [String: FoldedIncident] = [:]
    /// Programs that are in the file.
    var programs: Set<Digest> = []
    /// The pauses, once somebody has asked for them.
    var pauses: [PauseRow]?
    /// The ledger, once a decision has asked for it.
    var limits: RememberedLimits?

    mutating func setHead(_ head: Digest, of chain: String) {
        if heads.count >= Self.limit { heads.removeAll(keepingCapacity: true) }
        heads[chain] = head
    }

    mutating func set(_ incident: FoldedIncident) {
        if incidents.count >= Self.limit { incidents.removeAll(keepingCapacity: true) }
        incidents[incident.id] = incident
    }

    mutating func set(_ run: RunRow) {
        if runs.count >= Self.limit { runs.removeAll(keepingCapacity: true) }
        runs[run.id] = run.phase.isFinal ? nil : run
    }
}
