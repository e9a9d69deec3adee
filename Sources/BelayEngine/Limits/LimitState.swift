package import BelayCompiler

/// The ledger that decisions are limited by: what was reserved and what was changed, as read at one moment.
package struct LimitState: Sendable, Hashable {
    /// Moves with every change, so that a decision can be made again if it did.
    package var version: Int64
    package var entries: [LimitEntry]
    /// Targets that runs hold.
    package var heldTargets: [String: String]
    package var pauses: [Pause]

    package init(
        version: Int64 = 0, entries: [LimitEntry] = [], heldTargets: [String: String] = [:],
        pauses: [Pause] = []
    ) {
        self.version = version
        self.entries = entries
        self.heldTargets = heldTargets
        self.pauses = pauses
    }
}

/// A kill switch that is set: what it covers, why, by whom, and until when.
package struct Pause: Sendable, Hashable {
    /// What a pause covers.
    package enum Scope: Sendable, Hashable {
        case everything
        case runbook(String)
        case target(String)
        case provider(String)
    }

    package var scope: Scope
    package var reason: String
    package var owner: String
    package var expires: Timestamp?

    package init(scope: Scope, reason: String, owner: String, expires: Timestamp?) {
        self.scope = scope
        self.reason = reason
        self.owner = owner
        self.expires = expires
    }
}

extension Pause.Scope {
    /// As commands and records write it: `all`, `runbook/cache`, `target/api`, `provider/aws.ecs`.
    package var text: String {
        switch self {
        case .everything: "all"
        case .runbook(let name): "runbook/\(name)"
        case .target(let name): "target/\(name)"
        case .provider(let name): "provider/\(name)"
        }
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first, parts.count == 2 ? String(parts[1]) : nil) {
        case ("all", nil): self = .everything
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
    case stale
    case alreadyHandled = "already_handled"
}
