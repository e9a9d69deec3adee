import BelayCompiler
package import JSON

extension LimitState {
    /// The ledger as a store gives it.
    package init(_ snapshot: LimitSnapshot) {
        self.init(
            version: snapshot.version, entries: snapshot.entries,
            heldTargets: Dictionary(
                snapshot.targets.map { ($0.target, $0.run) }, uniquingKeysWith: { first, _ in first }),
            pauses: snapshot.pauses.compactMap(Pause.init))
    }
}

extension Pause {
    /// The payload of a `pause.set` record.
    package var body: JSONValue {
        var object: JSONObject = ["owner": .string(owner), "reason": .string(reason)]
        object["expires"] = expires.map { .integer($0.microseconds) }
        return .object(object)
    }

    /// A pause whose scope cannot be read covers everything: it never allows.
    init(_ row: PauseRow) {
        self.init(
            scope: Scope(row.scope) ?? .everything,
            reason: row.body?["reason"]?.stringValue ?? "no reason kept",
            owner: row.body?["owner"]?.stringValue ?? row.actor.description,
            expires: row.body?["expires"]?.integerValue.map(Timestamp.init(microseconds:)))
    }
}
