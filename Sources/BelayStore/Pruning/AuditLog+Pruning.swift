package import BelayCompiler
package import BelayEngine

/// What was pruned of a journal, and by whose order.
package struct PrunedRecords: Sendable, Hashable {
    /// Records 0 to `count` - 1.
    package var count: Int64
    /// Who ordered it and when; `nil` if no record says so.
    package var actor: RecordActor?
    package var at: Timestamp?

    init(count: Int64, order: PruningOrder?) {
        self.count = count
        actor = order?.actor
        at = order?.at
    }
}

extension PrunedRecords: CustomStringConvertible {
    /// `records 0 to 1233 were pruned on 2026-03-01T02:00:00Z by person:ann`
    package var description: String {
        let records = count == 1 ? "record 0 was" : "records 0 to \(count - 1) were"
        let order = actor.flatMap { actor in at.map { " on \($0.rfc3339) by \(actor)" } }
        return "\(records) pruned\(order ?? "")"
    }
}

extension AuditLog {
    /// What was pruned, `nil` if nothing was.
    package func pruned() throws(StoreError) -> PrunedRecords? {
        let cut = try read { try PrunedPrefix.cut($0) }
        guard cut > 0 else { return nil }
        let orders = try records(
            RecordQuery(limit: .max, kinds: [.retentionPruned], withPayloads: false)
        ).compactMap { PruningOrder($0.record, at: $0.index) }
        return PrunedRecords(count: cut, order: orders.last { $0.cut == cut })
    }

    /// What a pruning would take; nothing is changed.
    package func pruningPlan(_ limit: PruningLimit) throws(StoreError) -> PruningPlan {
        try read { try PruningPlan($0, limit) }
    }
}
