package import BelayCompiler

/// The ledger that decisions are limited by: what was reserved and what was changed, as read at one moment.
package struct LimitState: Sendable, Hashable {
    /// Moves with every change, so that a decision can be made again if it did.
    package var version: Int64
    package var entries: [LimitEntry]
    /// Targets that runs hold.
    package var heldTargets: [String: String]
    package var pauses: [Pause]
    /// For runs that hold a group: `runbook/rule` as records write it, to tell who may be joined.
    package var groupRules: [String: String] = [:]
    /// For runs with a recent change: how many incidents in a row, theirs included, were caused by own changes.
    package var depths: [String: Int] = [:]

    package init(
        version: Int64 = 0, entries: [LimitEntry] = [], heldTargets: [String: String] = [:],
        pauses: [Pause] = []
    ) {
        self.version = version
        self.entries = entries
        self.heldTargets = heldTargets
        self.pauses = pauses
    }

    /// The entry of an own change to a target shortly before a time; the latest.
    package func change(of target: String, before time: Timestamp) -> LimitEntry? {
        entries.filter {
            $0.kind == Reservation.Kind.targetBudget.rawValue && $0.key == target
                && $0.phase == .committed && $0.at <= time && $0.at + Bounds.causeWindow > time
        }.max { $0.at < $1.at }
    }

    /// The store ids of the incidents that are first in the queue of a group that nobody holds.
    package var queueHeads: [String] {
        let held = Set(
            entries.filter { $0.kind == Reservation.Kind.concurrency.rawValue }.map(\.key))
        let queued = Dictionary(grouping: entries.filter { $0.kind == Self.queue }, by: \.key)
        return queued.filter { !held.contains($0.key) }.compactMap { _, entries in
            entries.min { $0.at < $1.at }
        }.sorted { $0.at < $1.at }.map(\.run)
    }

    /// The kind of an entry that stands for an incident in a group's queue; its `run` is the incident.
    package static let queue = "queue"
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
