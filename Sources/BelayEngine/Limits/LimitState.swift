package import BelayCompiler

/// The ledger that decisions are limited by: what was reserved and what was changed, as it is at one moment.
///
/// Entries are named by their place in the log and found by kind and key, by run, and by time, so that a question
/// costs the same however many there are.
package struct LimitState: Sendable {
    private var table: [Int64: LimitEntry] = [:]
    /// Places by kind and key, ascending.
    private var byKey: [String: [String: [Int64]]] = [:]
    private var byRun: [String: [Int64]] = [:]
    /// By kind, ascending.
    private var byTime: [String: [Moment]] = [:]
    /// Targets that runs hold.
    package var heldTargets: [String: String]
    package var pauses: [Pause]
    /// For runs that hold a group: `runbook/rule` as records write it, to tell who may be joined.
    package var groupRules: [String: String] = [:]
    /// For runs with a recent change: how many incidents in a row, theirs included, were caused by own changes.
    package var depths: [String: Int] = [:]

    /// When an entry began to count.
    private struct Moment: Sendable, Comparable {
        var at: Timestamp
        var place: Int64

        static func < (one: Moment, other: Moment) -> Bool {
            (one.at, one.place) < (other.at, other.place)
        }
    }

    package init(
        entries: [LimitEntry] = [], heldTargets: [String: String] = [:], pauses: [Pause] = []
    ) {
        self.heldTargets = heldTargets
        self.pauses = pauses
        for entry in entries { append(entry) }
    }

    /// The kind of an entry that stands for an incident in a group's queue; its `run` is the incident.
    package static let queue = "queue"
}

// MARK: - Changes

extension LimitState {
    /// Adds an entry behind all others.
    package mutating func append(_ entry: LimitEntry) {
        insert(entry, at: (table.keys.max() ?? -1) + 1)
    }

    /// Adds an entry that has a place of its own.
    package mutating func insert(_ entry: LimitEntry, at place: Int64) {
        table[place] = entry
        byKey[entry.kind, default: [:]][entry.key, default: []].insertSorted(place)
        byRun[entry.run, default: []].insertSorted(place)
        byTime[entry.kind, default: []].insertSorted(Moment(at: entry.at, place: place))
    }

    /// The change that an entry was reserved for has begun: it counts from now.
    package mutating func commit(_ place: Int64, at time: Timestamp) {
        guard var entry = table[place] else { return }
        byTime[entry.kind]?.removeSorted(Moment(at: entry.at, place: place))
        entry.phase = .committed
        entry.at = time
        table[place] = entry
        byTime[entry.kind, default: []].insertSorted(Moment(at: time, place: place))
    }

    package mutating func remove(_ place: Int64) {
        guard let entry = table.removeValue(forKey: place) else { return }
        byTime[entry.kind]?.removeSorted(Moment(at: entry.at, place: place))
        byRun[entry.run]?.removeSorted(place)
        if byRun[entry.run]?.isEmpty == true { byRun[entry.run] = nil }
        byKey[entry.kind]?[entry.key]?.removeSorted(place)
        if byKey[entry.kind]?[entry.key]?.isEmpty == true { byKey[entry.kind]?[entry.key] = nil }
    }

    /// Forgets what was committed before a time.
    package mutating func trim(committedBefore horizon: Timestamp) {
        for (place, entry) in table where entry.phase == .committed && entry.at < horizon {
            remove(place)
        }
    }
}

// MARK: - Questions

extension LimitState {
    package func holds(_ place: Int64) -> Bool { table[place] != nil }

    /// All entries in the order of the log.
    package var entries: [LimitEntry] { table.sorted { $0.key < $1.key }.map(\.value) }

    package func entries(_ kind: String, _ key: String) -> [LimitEntry] {
        (byKey[kind]?[key] ?? []).compactMap { table[$0] }
    }

    /// The entries of a run, or of an incident that waits, with their places.
    package func entries(ofRun run: String) -> [(place: Int64, entry: LimitEntry)] {
        (byRun[run] ?? []).compactMap { place in table[place].map { (place, $0) } }
    }

    /// How many entries of a kind count since later than a time.
    func count(_ kind: String, after time: Timestamp) -> Int {
        guard let moments = byTime[kind] else { return 0 }
        return moments.count - moments.place(of: Moment(at: time, place: .max))
    }

    /// The entries of a kind that count since later than a time, oldest first.
    func entries(_ kind: String, after time: Timestamp) -> [LimitEntry] {
        guard let moments = byTime[kind] else { return [] }
        let first = moments.place(of: Moment(at: time, place: .max))
        return moments[first...].compactMap { table[$0.place] }
    }

    /// The entry of an own change to a target shortly before a time; the latest.
    package func change(of target: String, before time: Timestamp) -> LimitEntry? {
        entries(Reservation.Kind.targetBudget.rawValue, target).filter {
            $0.phase == .committed && $0.at <= time && $0.at + Bounds.causeWindow > time
        }.max { $0.at < $1.at }
    }

    /// The runs that hold a group.
    var groupHolders: [String] {
        (byKey[Reservation.Kind.concurrency.rawValue] ?? [:]).values.joined().compactMap {
            table[$0]?.run
        }
    }

    /// The store ids of the incidents that are first in the queue of a group that nobody holds.
    package var queueHeads: [String] {
        let held = byKey[Reservation.Kind.concurrency.rawValue] ?? [:]
        var heads: [Moment] = []
        for (group, places) in byKey[Self.queue] ?? [:] where held[group] == nil {
            let waiting = places.compactMap { place in
                table[place].map { Moment(at: $0.at, place: place) }
            }
            if let first = waiting.min() { heads.append(first) }
        }
        return heads.sorted().compactMap { table[$0.place]?.run }
    }
}

extension Array where Element: Comparable {
    /// Where the first element stands that is not less.
    fileprivate func place(of element: Element) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }

    fileprivate mutating func insertSorted(_ element: Element) {
        insert(element, at: place(of: element))
    }

    fileprivate mutating func removeSorted(_ element: Element) {
        let place = place(of: element)
        if place < count, self[place] == element { remove(at: place) }
    }
}

/// A kill switch that is set: what it covers, why, by whom, and until when.
package struct Pause: Sendable, Hashable {
    /// What a pause covers.
    package enum Scope: Sendable, Hashable {
        case everything
        /// Everything that changes something; people are still told.
        case changes
        case runbook(String)
        case target(String)
        case provider(String)
    }

    package var scope: Scope
    package var reason: String
    package var owner: String
    package var expires: Timestamp?
    /// Whether the engine set it because too many targets were in trouble at once.
    package var isStorm = false

    package init(scope: Scope, reason: String, owner: String, expires: Timestamp?) {
        self.scope = scope
        self.reason = reason
        self.owner = owner
        self.expires = expires
    }

    package func isInForce(at now: Timestamp) -> Bool { expires.map { $0 > now } ?? true }
}

extension Pause.Scope {
    /// As commands and records write it: `all`, `changes`, `runbook/cache`, `target/api`, `provider/aws.ecs`.
    package var text: String {
        switch self {
        case .everything: "all"
        case .changes: "changes"
        case .runbook(let name): "runbook/\(name)"
        case .target(let name): "target/\(name)"
        case .provider(let name): "provider/\(name)"
        }
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first, parts.count == 2 ? String(parts[1]) : nil) {
        case ("all", nil): self = .everything
        case ("changes", nil): self = .changes
        case ("runbook", let name?) where !name.isEmpty: self = .runbook(name)
        case ("target", let name?) where !name.isEmpty: self = .target(name)
        case ("provider", let name?) where !name.isEmpty: self = .provider(name)
        default: return nil
        }
    }
}

/// What a decision sets aside for a run: committed with its first change, released if none starts.
package struct Reservation: Sendable, Hashable {
    /// Which limit it counts for; its raw value is the record's `reason`.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case cooldown
        case concurrency
        case blastRadius = "blast_radius"
        case runBudget = "run_budget"
        case targetBudget = "target_budget"
    }

    package var kind: Kind
    package var key: String

    package init(_ kind: Kind, key: String) {
        self.kind = kind
        self.key = key
    }
}

/// Why a remedy is held back.
package enum Suppression: String, Sendable, Hashable, CaseIterable {
    case cooldown
    case concurrency
    case blastRadius = "blast_radius"
    case runBudget = "run_budget"
    case targetBudget = "target_budget"
    case paused
    case targetHeld = "target_held"
    case noTarget = "no_target"
    case noKey = "no_key"
    case noPopulation = "no_population"
    /// It waits whether the incident is still firing after `for`.
    case holding = "for"
    /// It waits in its group's queue.
    case queued
    case queueFull = "queue_full"
    /// It has waited too long to be acted on by itself.
    case stale
    /// Too many targets were in trouble at once, so changes are paused.
    case storm
    /// It is one of a series that own changes to its target have caused.
    case loop
    case alreadyHandled = "already_handled"

    /// Whether a remedy is held back of which people should hear; not what waits, was done, or is told at once.
    package var isToldAbout: Bool {
        switch self {
        case .holding, .queued, .alreadyHandled, .storm: false
        default: true
        }
    }

    /// Whether people must hear of it even where the runbook does not say so.
    package var isAlarming: Bool {
        switch self {
        case .noTarget, .noKey, .noPopulation, .loop, .queueFull: true
        default: false
        }
    }
}
