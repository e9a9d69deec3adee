import BelayEngine

/// Which failpoints a transaction passes, before and after it becomes durable.
struct TransactionPoints: Sendable {
    var before: [Failpoint] = []
    var after: [Failpoint] = []

    static let none = TransactionPoints()
    static let accept = TransactionPoints(
        before: [.acceptBeforeCommit], after: [.acceptAfterCommit])
    static let claim = TransactionPoints(after: [.claimAfterCommit])

    /// By what the transaction writes.
    static func of(_ transaction: StoreTransaction) -> TransactionPoints {
        var points = TransactionPoints()
        for write in transaction.writes {
            switch write {
            case .claim: points.after.append(.claimAfterCommit)
            case .record(let draft) where draft.kind == .stepIntent:
                points.before.append(.intentBeforeCommit)
                points.after.append(.intentAfterCommit)
            case .record(let draft) where draft.kind == .stepResult:
                points.before.append(.resultBeforeCommit)
                points.after.append(.resultAfterCommit)
            default: break
            }
        }
        return points
    }
}
