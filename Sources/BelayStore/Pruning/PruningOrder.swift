import BelayCompiler
import BelayEngine
import Cryptography

/// What a record `retention.pruned` with the reason `records` orders: that the records before an index go, and what
/// stays of them. It counts once a signed checkpoint covers it.
struct PruningOrder: Sendable, Hashable {
    /// The reason that tells it from the erasure of an incident's payloads.
    static let reason = "records"

    /// How many records go: the index of the first that stays.
    var cut: Int64
    /// The root of the tree over them.
    var root: Digest
    /// The digest of what is kept of the state that they had made.
    var kept: Digest
    /// The index of the record that says so, and who ordered it when.
    var index: Int64
    var actor: RecordActor
    var at: Timestamp

    /// Reads a record: the cut is its `item`, the root its `target`, the digest its `idem`.
    init?(_ record: JournalRecord, at index: Int64) {
        guard record.kind == .retentionPruned, record.reason == Self.reason,
            let cut = record.item, let root = record.target,
            let kept = record.idem.flatMap({ Digest(hex: $0) })
        else { return nil }
        self.cut = Int64(cut)
        self.root = root
        self.kept = kept
        self.index = index
        actor = record.actor
        at = record.at
    }
}

extension StoreCore {
    /// Writes the order.
    mutating func appendPruning(
        cut: Int64, root: Digest, kept: Digest, by actor: RecordActor, _ tables: some StateTables
    ) throws(StoreError) -> RecordReceipt {
        try append(
            RecordDraft(
                .retentionPruned, actor: actor, item: Int(cut), reason: PruningOrder.reason),
            target: root, idem: kept.hex, tables)
    }
}
