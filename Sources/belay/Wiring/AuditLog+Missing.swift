import BelayEngine
import BelayStore

extension AuditLog {
    /// That something is not there, and that it may have been pruned.
    func missing(_ what: String) throws(StoreError) -> StoreError {
        .notFound(what + (try pruned().map { ": \($0)" } ?? ""))
    }

    /// The proof of a record that is there.
    func proving(_ id: String) throws(StoreError) -> TLogProof? {
        do throws(StoreError) { return try prove(id: id) } catch {
            guard case .notFound(let what) = error else { throw error }
            throw try missing(what)
        }
    }

    /// Says that the beginning of a story is gone, where it is.
    func sayIfPruned(_ records: [StoredRecord]) throws(StoreError) {
        guard let first = records.first?.record, first.prev != nil, let pruned = try pruned()
        else { return }
        Output.standardError("the beginning is gone: \(pruned)")
    }
}
