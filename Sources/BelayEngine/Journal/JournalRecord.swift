package import BelayCompiler
package import Cryptography

/// One sealed event of the journal; its canonical bytes are what is stored, hashed, chained and signed for.
///
/// It holds identifiers, codes and hashes only. Values and free text are payloads beside it, each under a salted
/// commitment, so that they can be erased without breaking the log.
package struct JournalRecord: Sendable, Hashable {
    /// The version of this form.
    package static let version = 1

    /// UUIDv7, lower case.
    package var id: String
    /// The log's origin, as checkpoints name it.
    package var log: String
    package var at: Timestamp
    /// The host's name.
    package var node: String
    /// Random for each start of the process.
    package var boot: String
    package var kind: RecordKind
    package var actor: RecordActor
    package var incident: String?
    package var run: String?
    package var step: String?
    package var item: Int?
    package var attempt: Int?
    package var epoch: Int?
    package var runbook: RunbookReference?
    package var rule: String?
    package var provider: String?
    /// HMAC-SHA256 of the key acted on, under the log's own pepper.
    package var target: Digest?
    package var idem: String?
    package var outcome: String?
    package var error: RecordError?
    package var reason: String?
    package var causedBy: String?
    /// Commitments by payload name, sorted by name; `input` and `output` are members of their own in the bytes.
    package var commitments: [Commitment]
    /// SHA-256 of the chain's previous record, `nil` for its first.
    package var prev: Digest?

    package init(
        id: String, log: String, at: Timestamp, node: String, boot: String, kind: RecordKind,
        actor: RecordActor, incident: String? = nil, run: String? = nil, step: String? = nil,
        item: Int? = nil, attempt: Int? = nil, epoch: Int? = nil, runbook: RunbookReference? = nil,
        rule: String? = nil, provider: String? = nil, target: Digest? = nil, idem: String? = nil,
        outcome: String? = nil, error: RecordError? = nil, reason: String? = nil,
        causedBy: String? = nil, commitments: [Commitment], prev: Digest? = nil
    ) {
        self.id = id
        self.log = log
        self.at = at
        self.node = node
        self.boot = boot
        self.kind = kind
        self.actor = actor
        self.incident = incident
        self.run = run
        self.step = step
        self.item = item
        self.attempt = attempt
        self.epoch = epoch
        self.runbook = runbook
        self.rule = rule
        self.provider = provider
        self.target = target
        self.idem = idem
        self.outcome = outcome
        self.error = error
        self.reason = reason
        self.causedBy = causedBy
        self.commitments = commitments
        self.prev = prev
    }

    /// Which chain the record belongs to: its run's, else its incident's, else its boot's.
    package var chain: String { run ?? incident ?? boot }
}

/// The salted HMAC-SHA256 of one payload's bytes.
package struct Commitment: Sendable, Hashable {
    package var name: String
    package var hash: Digest

    package init(name: String, hash: Digest) {
        self.name = name
        self.hash = hash
    }
}
