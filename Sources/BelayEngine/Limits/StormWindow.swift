package import BelayCompiler

/// Which targets were in trouble lately, to notice when it is too many at once.
package struct StormWindow: Sendable {
    private var latest: [String: Timestamp] = [:]

    package init() {}

    package mutating func note(_ target: String, at time: Timestamp) {
        latest[target] = max(latest[target] ?? time, time)
    }

    /// The targets in trouble within the storm's period, sorted; nil if they are fewer than it takes.
    package mutating func cluster(_ storm: Storm, at now: Timestamp) -> [String]? {
        latest = latest.filter { $0.value + storm.per > now }
        return latest.count >= storm.targets ? latest.keys.sorted() : nil
    }
}

extension Storm {
    /// What people are told, once.
    package func notice(_ targets: [String]) -> EngineNotice {
        EngineNotice(
            kind: Suppression.storm.rawValue,
            message:
                "\(targets.count) targets are in trouble within \(per.text), so changes are paused for "
                + "\(pause.text): \(targets.joined(separator: ", "))")
    }
}
