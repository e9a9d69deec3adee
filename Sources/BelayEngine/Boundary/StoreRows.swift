package import BelayCompiler
package import Cryptography
package import JSON

/// Where a run stands.
package enum RunPhase: String, Sendable, Hashable, CaseIterable {
    case ready
    case running
    /// For what is the run's `reason`: `timer`, `approval`, `lease`, `signal`, `person`, `joined`.
    case waiting
    case resolved
    case succeeded
    case failed
    case denied
    case cancelled
    case observed
    case joined

    package var isFinal: Bool { ![.ready, .running, .waiting].contains(self) }
}

/// A run as the state tables have it: the fold of its records, and when to look at it again.
package struct RunRow: Sendable, Hashable {
    package var id: String
    package var incident: String
    package var runbook: RunbookReference
    package var rule: String
    package var phase: RunPhase
    package var reason: String?
    /// Counts claims, from zero; every write of a claimed run names it.
    package var epoch: Int
    /// The boot that holds the run while it is `running`.
    package var owner: String?
    /// When a `ready` or `waiting` run is due; `nil` is at once when ready and never when waiting.
    package var wakeAt: Timestamp?
    package var createdAt: Timestamp
    /// Leases lost since the last result of a step: more than five is `stuck`.
    package var recoveries: Int

    package init(
        id: String, incident: String, runbook: RunbookReference, rule: String, phase: RunPhase,
        reason: String? = nil, epoch: Int, owner: String? = nil, wakeAt: Timestamp? = nil,
        createdAt: Timestamp, recoveries: Int
    ) {
        self.id = id
        self.incident = incident
        self.runbook = runbook
        self.rule = rule
        self.phase = phase
        self.reason = reason
        self.epoch = epoch
        self.owner = owner
        self.wakeAt = wakeAt
        self.createdAt = createdAt
        self.recoveries = recoveries
    }
}

/// The right to write for a run, until its lease is over.
package struct RunLease: Sendable, Hashable {
    package var run: String
    package var epoch: Int
    /// On the clock of `World.uptime()`.
    package var until: Duration

    package init(run: String, epoch: Int, until: Duration) {
        self.run = run
        self.epoch = epoch
        self.until = until
    }
}

/// Where an incident stands: `received` needs a decision.
package enum IncidentPhase: String, Sendable, Hashable, CaseIterable {
    case received
    case decided
}

/// An incident as the state tables have it; its text is the payload `incident` of a record.
package struct IncidentRow: Sendable, Hashable {
    package var id: String
    package var resolvesProblem: Bool
    package var startedAt: Timestamp
    package var phase: IncidentPhase
    /// Of a decided one: `run`, `no_rule`, or the reason of the suppression.
    package var reason: String?
    /// When a suppressed one is decided again.
    package var wakeAt: Timestamp?
    package var receivedAt: Timestamp
    /// What the driver accepted, `nil` once forgotten. An update replaces it; runs keep what they began with.
    package var body: JSONValue?

    package init(
        id: String, resolvesProblem: Bool, startedAt: Timestamp, phase: IncidentPhase,
        reason: String? = nil, wakeAt: Timestamp? = nil, receivedAt: Timestamp,
        body: JSONValue? = nil
    ) {
        self.id = id
        self.resolvesProblem = resolvesProblem
        self.startedAt = startedAt
        self.phase = phase
        self.reason = reason
        self.wakeAt = wakeAt
        self.receivedAt = receivedAt
        self.body = body
    }
}

extension IncidentRow {
    /// Whether it is to be decided: received, or its time to be decided again has come.
    package func isDue(at now: Timestamp) -> Bool {
        phase == .received || wakeAt.map { $0 <= now } ?? false
    }
}

/// How an entry of the limit ledger counts.
package enum LimitPhase: String, Sendable, Hashable, CaseIterable {
    /// Taken with the decision; nothing has started.
    case reserved
    /// A change has started; a window or cooldown counts from `at`.
    case committed
}

/// One reservation in the ledger from which the engine computes its limit state.
package struct LimitEntry: Sendable, Hashable {
    /// The code of the limit, the record's `reason`: `cooldown`, `budget`, `concurrency`, `blast_radius`.
    package var kind: String
    /// The limit's key in plain text.
    package var key: String
    package var run: String
    package var rule: String
    package var phase: LimitPhase
    /// When it was reserved, or committed.
    package var at: Timestamp

    package init(
        kind: String, key: String, run: String, rule: String, phase: LimitPhase, at: Timestamp
    ) {
        self.kind = kind
        self.key = key
        self.run = run
        self.rule = rule
        self.phase = phase
        self.at = at
    }
}

/// A pause in force.
package struct PauseRow: Sendable, Hashable {
    /// The id of its `pause.set` record; lifting names it as `causedBy`.
    package var id: String
    package var scope: String
    package var actor: RecordActor
    package var at: Timestamp
    /// The payload `pause` of the record: reason, expiry and whatever else the driver wrote.
    package var body: JSONValue?

    package init(
        id: String, scope: String, actor: RecordActor, at: Timestamp, body: JSONValue? = nil
    ) {
        self.id = id
        self.scope = scope
        self.actor = actor
        self.at = at
        self.body = body
    }
}

/// A record as stored: its place in the log, its exact bytes and what is left of its payloads.
package struct StoredRecord: Sendable, Hashable {
    /// The leaf's index in the Merkle log, from zero.
    package var index: Int64
    package var record: JournalRecord
    package var bytes: [UInt8]
    /// Payloads in order of name; a forgotten one is missing here and still committed to in the record.
    package var payloads: [StoredPayload]

    package init(index: Int64, record: JournalRecord, bytes: [UInt8], payloads: [StoredPayload]) {
        self.index = index
        self.record = record
        self.bytes = bytes
        self.payloads = payloads
    }

    package subscript(payload name: String) -> JSONValue? {
        payloads.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }
}

/// A payload beside its record.
package struct StoredPayload: Sendable, Hashable {
    package var name: String
    /// 16 random bytes, the key of the commitment.
    package var salt: [UInt8]
    /// The JSON text that is committed to.
    package var bytes: [UInt8]

    package init(name: String, salt: [UInt8], bytes: [UInt8]) {
        self.name = name
        self.salt = salt
        self.bytes = bytes
    }

    /// `nil` if the bytes are no JSON any more.
    package var value: JSONValue? { try? JSONParser.parse(bytes) }
}

/// The sources of a program, kept once for all runs that began with them.
package struct ProgramText: Sendable, Hashable {
    package var digest: Digest
    package var bytes: [UInt8]

    /// Takes the bytes (runbooks, imports, contracts, environment, revision, as the compiler wants them back).
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = SHA256.hash(bytes)
    }
}
