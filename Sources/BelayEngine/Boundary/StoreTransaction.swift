package import BelayCompiler
package import Cryptography
package import JSON

/// Changes that become durable together or not at all.
package struct StoreTransaction: Sendable {
    /// Checked before anything is written, in order; the first that does not hold is the error.
    package var requirements: [StoreRequirement]
    /// Carried out in order.
    package var writes: [StoreWrite]

    package init(requires requirements: [StoreRequirement] = [], _ writes: [StoreWrite]) {
        self.requirements = requirements
        self.writes = writes
    }
}

/// What must still be so when a transaction is carried out.
package enum StoreRequirement: Sendable, Hashable {
    /// The run is held by this boot with this epoch: else `leaseLost`. A lease that is over but that nobody has
    /// taken still counts: the epoch is the fence.
    case lease(RunLease)
    /// The run is `waiting` for this: else `notWaiting`.
    case waiting(run: String, reason: String)
}

/// One change. The state tables follow from the records alone, by `StateFold`; the other cases say when to look
/// again and keep what records do not hold.
package enum StoreWrite: Sendable, Hashable {
    /// A record and all it means: `run.created` makes the run (`ready`), `run.waiting` parks it and gives up its
    /// lease, `run.finished` ends it with its `outcome` and frees its targets and what is only reserved (with the
    /// error code `rollback_incomplete` the targets stay held), `rule.*` decide
    /// the incident, `limit.*` move the ledger (with `reason: "target"` a target's lease: else `targetHeld`),
    /// `pause.*` the pauses.
    case record(RecordDraft)
    /// Claims a `ready` run (just created, say) for this boot: writes `run.claimed` with the next epoch.
    case claim(run: String, for: Duration)
    /// When a `ready` or `waiting` run is due; `nil`: only a signal wakes it.
    case wakeRun(String, at: Timestamp?)
    /// When a suppressed incident is to be decided again; `nil`: never.
    case wakeIncident(String, at: Timestamp?)
    /// Keeps a program's sources, once.
    case program(ProgramText)
}

/// What a committed transaction became.
package struct StoreReceipt: Sendable, Hashable {
    /// One for each record, in the order of the writes; a claim's record is among them.
    package var records: [RecordReceipt]
    /// One for each `claim`.
    package var leases: [RunLease]

    package init(records: [RecordReceipt], leases: [RunLease]) {
        self.records = records
        self.leases = leases
    }
}

/// Where a record is in the log.
package struct RecordReceipt: Sendable, Hashable {
    package var index: Int64
    package var id: String
    package var at: Timestamp

    package init(index: Int64, id: String, at: Timestamp) {
        self.index = index
        self.id = id
        self.at = at
    }
}

/// One delivery of a source: what could be read and what could not.
package struct AcceptedDelivery: Sendable {
    package var source: String
    package var actor: RecordActor
    package var incidents: [NewIncident]
    /// Parts that are no incident: one `incident.rejected` each, with its index as `item`.
    package var rejected: [RejectedPart]

    package init(
        source: String, actor: RecordActor, incidents: [NewIncident], rejected: [RejectedPart] = []
    ) {
        self.source = source
        self.actor = actor
        self.incidents = incidents
        self.rejected = rejected
    }
}

/// An incident at the door.
package struct NewIncident: Sendable, Hashable {
    /// Unique within the source: the source's own, or made from fingerprint, status and start.
    package var delivery: String
    package var fingerprint: String
    package var startedAt: Timestamp
    /// A resolve notice: `incident.resolved` instead of `incident.accepted`.
    package var resolvesProblem: Bool
    /// Tells whether a repeat says the same: over the body without times of receipt.
    package var content: Digest
    /// The incident in our own form, kept as the payload `incident`.
    package var body: JSONValue

    package init(
        delivery: String, fingerprint: String, startedAt: Timestamp, resolvesProblem: Bool,
        content: Digest, body: JSONValue
    ) {
        self.delivery = delivery
        self.fingerprint = fingerprint
        self.startedAt = startedAt
        self.resolvesProblem = resolvesProblem
        self.content = content
        self.body = body
    }
}

/// A part of a delivery that cannot be read.
package struct RejectedPart: Sendable, Hashable {
    package var index: Int
    /// Member and message, kept as a payload.
    package var message: String

    package init(index: Int, message: String) {
        self.index = index
        self.message = message
    }
}

/// What became of an incident at the door, with its id in this store.
package enum Acceptance: Sendable, Hashable {
    case accepted(id: String)
    /// Said before in the same words.
    case duplicate(id: String)
    /// Said before in other words, which are kept now.
    case updated(id: String)

    package var id: String {
        switch self {
        case .accepted(let id), .duplicate(let id), .updated(let id): id
        }
    }
}
