package import BelayEngine

/// What a verification found, with the first faults in order of index.
package struct VerificationReport: Sendable, Hashable {
    /// How many records the log has: all were looked at, but for those that were pruned.
    package var records: Int64 = 0
    /// The largest signed checkpoint that the records agree with.
    package var checkpoint: Checkpoint?
    /// Records after that checkpoint: chained, but not signed for yet.
    package var unsigned: Int64 { records - (checkpoint?.size ?? 0) }
    /// Payloads that were forgotten by order; their commitments stand.
    package var forgotten = 0
    /// Payloads that are gone without a record of it; the log stands, the words are lost.
    package var missing = 0
    /// The records that were pruned by order, `nil` if none were.
    package var pruned: PrunedRecords?
    package var faults: [VerificationFault] = []

    package var isSound: Bool { faults.isEmpty }

    /// The first bad index is that of the first fault.
    static let faultLimit = 50

    mutating func add(_ fault: VerificationFault) {
        if faults.count < Self.faultLimit { faults.append(fault) }
    }
}

/// One thing that is not as it was written.
package struct VerificationFault: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// No record at an index before the last.
        case missingRecord = "missing_record"
        /// The bytes are no record, or not those that were hashed when they were written.
        case changedRecord = "changed_record"
        /// `prev` is not the hash of the chain's previous record.
        case brokenChain = "broken_chain"
        /// A payload does not fit its commitment.
        case changedPayload = "changed_payload"
        /// A payload that its record does not know.
        case strangePayload = "strange_payload"
        /// A stored hash of the tree is not that of the records below.
        case changedTree = "changed_tree"
        /// The records are not those that a checkpoint was signed for.
        case notWhatWasSigned = "not_what_was_signed"
        /// The log has fewer records than were signed for.
        case truncated
        /// A checkpoint is malformed, or signed by no known key.
        case badCheckpoint = "bad_checkpoint"
        /// A later checkpoint is of a shorter tree.
        case shorterCheckpoint = "shorter_checkpoint"
        /// The checkpoint file beside the database is gone.
        case missingCheckpointFile = "missing_checkpoint_file"
        /// A row of a state table is not what the records make it.
        case changedState = "changed_state"
        /// The program that a run began with is gone or changed.
        case changedProgram = "changed_program"
        /// Records are gone from the beginning, and no signed `retention.pruned` says so.
        case unrecordedCut = "unrecorded_cut"
        /// What is kept of pruned records is not what `retention.pruned` says.
        case wrongCut = "wrong_cut"
        /// SQLite finds the file damaged.
        case damagedFile = "damaged_file"
    }

    package var kind: Kind
    /// The first index concerned, where one can be told.
    package var index: Int64?
    /// The record's id, or the key of the row.
    package var id: String?
    package var table: String?
    package var detail: String

    init(
        _ kind: Kind, index: Int64? = nil, id: String? = nil, table: String? = nil,
        _ detail: String
    ) {
        self.kind = kind
        self.index = index
        self.id = id
        self.table = table
        self.detail = detail
    }
}

extension VerificationFault: CustomStringConvertible {
    /// `changed_record at 17 (0190…): …`
    package var description: String {
        let place = [
            index.map { "at \($0)" }, table.map { "in \($0)" }, id.map { "(\($0))" },
        ].compactMap { $0 }
        return "\(([kind.rawValue] + place).joined(separator: " ")): \(detail)"
    }
}
