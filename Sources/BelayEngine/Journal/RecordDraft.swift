package import Cryptography

/// What a writer says of one event; the journal adds identity, time, chain and index and seals it into a record.
///
/// Codes (`reason`, `rule`, `step`, …) hold letters, digits and `._-/#:[]` only: anything a person or an outside
/// system wrote belongs into a payload. A record of a run takes from the run what it leaves out of incident,
/// runbook and rule.
package struct RecordDraft: Sendable, Hashable {
    package var kind: RecordKind
    package var actor: RecordActor
    package var incident: String?
    package var run: String?
    /// The step's path in the run: `clear`, `each[3]/drain`, `rollback:clear`.
    package var step: String?
    /// The place in a `for_each` list, from zero.
    package var item: Int?
    /// From one.
    package var attempt: Int?
    package var epoch: Int?
    package var runbook: RunbookReference?
    package var rule: String?
    package var provider: String?
    /// The key acted on (a target, a limit's key, a pause's scope) in plain text; the record holds only its keyed
    /// hash, so that the journal can forget the name.
    package var target: String?
    /// The idempotency key of a step: already a hash.
    package var idem: String?
    /// A code: `succeeded`, `failed`, `timed_out`, `unknown`; for `run.finished` a final `RunPhase`.
    package var outcome: String?
    /// The failure's class and, where the provider gives one, its code.
    package var error: RecordError?
    /// A code that says why: `cooldown`, `timer`, `approval`, `no_rule`.
    package var reason: String?
    /// The id of the record, run or incident that led to this.
    package var causedBy: String?
    package var payloads: [PayloadDraft]

    package init(
        _ kind: RecordKind, actor: RecordActor = .system, incident: String? = nil,
        run: String? = nil,
        step: String? = nil, item: Int? = nil, attempt: Int? = nil, epoch: Int? = nil,
        runbook: RunbookReference? = nil, rule: String? = nil, provider: String? = nil,
        target: String? = nil, idem: String? = nil, outcome: String? = nil,
        error: RecordError? = nil, reason: String? = nil, causedBy: String? = nil,
        payloads: [PayloadDraft] = []
    ) {
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
        self.payloads = payloads
    }
}

/// A runbook's name and the digest of the program text (all sources together) that the run keeps.
package struct RunbookReference: Sendable, Hashable {
    package var name: String
    package var program: Digest

    package init(name: String, program: Digest) {
        self.name = name
        self.program = program
    }
}

/// A failure in codes; its message is the payload `message`.
package struct RecordError: Sendable, Hashable {
    /// A `FailureClass`: `timeout`, `throttled`.
    package var `class`: String
    /// The provider's own code, if it is one: `404`, `ResourceNotFoundException`.
    package var code: String?

    package init(class: String, code: String? = nil) {
        self.class = `class`
        self.code = code
    }
}
