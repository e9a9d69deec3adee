import BelayCompiler
import BelayEngine
import Cryptography

/// The ledger in memory beside the tables that it is read from, so that a decision need not read it anew.
struct RememberedLimits: Sendable {
    var state = LimitState()
    /// The hashed key of each entry, by its place.
    private var keys: [Int64: Digest] = [:]
    /// The names of held targets by their hashed keys.
    private var targets: [Digest: String] = [:]
    /// Committed entries from then on are all here.
    private(set) var since: Timestamp
    /// The earliest time that was asked for lately, and since when that is noted.
    private var asked: Timestamp
    private var notedSince: Timestamp?

    /// How long nobody must have asked for older entries before they are forgotten.
    private static let patience = Duration.seconds(60)

    init(since: Timestamp) {
        self.since = since
        asked = since
    }

    /// Whether all entries from a time on are here; forgets what nobody has asked for lately.
    mutating func reach(_ horizon: Timestamp, at now: Timestamp) -> Bool {
        guard horizon >= since else { return false }
        asked = min(asked, horizon)
        guard let noted = notedSince, noted <= now else {
            notedSince = now
            return true
        }
        guard noted + Self.patience <= now else { return true }
        if asked > since {
            state.trim(committedBefore: asked)
            keys = keys.filter { state.holds($0.key) }
            since = asked
        }
        (asked, notedSince) = (horizon, now)
        return true
    }

    mutating func reserve(_ entry: LimitEntry, _ key: Digest, at place: Int64) {
        state.insert(entry, at: place)
        keys[place] = key
    }

    mutating func commit(kind: String, key: Digest?, run: String, at time: Timestamp) {
        for (place, entry) in state.entries(ofRun: run)
        where entry.kind == kind && entry.phase == .reserved && (key ?? keys[place]) == keys[place]
        {
            state.commit(place, at: time)
        }
    }

    mutating func release(kind: String?, key: Digest?, run: String) {
        for (place, entry) in state.entries(ofRun: run)
        where (kind ?? entry.kind) == entry.kind && (kind != nil || entry.phase == .reserved)
            && (key ?? keys[place]) == keys[place]
        {
            state.remove(place)
            keys[place] = nil
        }
    }

    mutating func take(_ target: Digest, name: String, run: String) {
        targets[target] = name
        state.heldTargets[name] = run
    }

    mutating func free(_ target: Digest?, run: String) {
        for (key, name) in targets
        where (target ?? key) == key && state.heldTargets[name] == run {
            targets[key] = nil
            state.heldTargets[name] = nil
        }
    }
}
