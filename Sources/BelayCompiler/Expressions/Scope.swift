package import JSON

/// Whether a step before failed, for `success()` and `failure()`.
package struct ChainStatus: Sendable, Hashable {
    package var failed: Bool

    package init(failed: Bool) { self.failed = failed }
}

/// The names and values that an expression sees at one moment.
package struct Scope: Sendable {
    package var now: Timestamp
    package var status = ChainStatus(failed: false)
    /// Named windows that are open now, for `window("freeze")`.
    package var openWindows: Set<String> = []
    package private(set) var values: [String: JSONValue] = [:]
    /// Names whose values, or members of which, are known only when the run gets there.
    package private(set) var unknowns: Set<String> = []
    package private(set) var incident: JSONObject?

    package init(now: Timestamp) { self.now = now }

    package mutating func set(_ name: String, _ value: JSONValue) {
        values[name] = value
        unknowns.remove(name)
    }

    /// Sets `incident`, whose fields have the types of `IncidentShape`.
    package mutating func setIncident(_ incident: JSONObject) { self.incident = incident }

    package mutating func setUnknown(_ name: String) {
        values[name] = nil
        unknowns.insert(name)
    }
}
