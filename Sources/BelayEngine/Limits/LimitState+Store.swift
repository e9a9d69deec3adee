import BelayCompiler
import JSON

extension LimitState {
    /// The ledger as the store has it.
    package init(_ snapshot: LimitSnapshot) {
        self.init(
            version: snapshot.version, entries: snapshot.entries,
            heldTargets: Dictionary(
                snapshot.targets.map { ($0.target, $0.run) },
                uniquingKeysWith: { first, _ in first }),
            pauses: snapshot.pauses.compactMap(Pause.init))
    }
}

extension Pause {
    /// A pause whose scope cannot be read covers everything: when in doubt, stop.
    package init(_ row: PauseRow) {
        self.init(
            scope: Scope(row.scope) ?? .everything, reason: row.body?["reason"]?.stringValue ?? "",
            owner: row.actor.id ?? "",
            expires: row.body?["expires"]?.stringValue.flatMap(Timestamp.init(rfc3339:)))
        isStorm = row.body?["storm"]?.boolValue ?? false
    }
}
