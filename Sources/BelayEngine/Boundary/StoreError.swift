/// Why a store did not do what it was asked; nothing of the refused transaction is kept.
package enum StoreError: Error, Sendable, Hashable {
    /// The run is not held by this boot with that epoch any more: stop, and record a late result at most.
    case leaseLost(run: String)
    /// The incident was decided meanwhile.
    case decided(incident: String)
    /// Somebody wrote since it was read: look again.
    case grown
    /// Another run holds the target.
    case targetHeld(target: String, by: String)
    /// The run is not waiting for that (answered already, or finished).
    case notWaiting(run: String)
    /// Nothing with that identifier.
    case notFound(String)
    /// The same identifier was used before.
    case exists(String)
    /// The run is not final, so its payloads cannot be forgotten yet.
    case notFinal(run: String)
    /// The disk is full; the store works again when space returns.
    case full
    /// Another process has the store open.
    case inUse(String)
    /// The log is shorter than, or differs from, what was signed before; nothing is signed until a person accepts.
    case forked(String)
    /// The store was made by a newer version.
    case newer(version: Int)
    /// The medium failed; a store that failed to sync refuses every further write.
    case broken(String)
    /// Stored data is not in the form it was written in.
    case damaged(String)
    /// The store is closed.
    case closed
}
