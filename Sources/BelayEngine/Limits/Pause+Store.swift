import BelayCompiler
import JSON

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
