import BelayCompiler
import BelayEngine
import Cryptography

/// The one way into the log for every medium: seals drafts into records and moves the state tables as the records
/// say, inside a transaction that the medium provides.
struct StoreCore {
    let identity: LogIdentity
    let world: any World
    var frontier: MerkleFrontier

    var boot: String { identity.boot }

    /// Seals and appends one record, with hashes of keys that only some records have.
    @discardableResult
    mutating func append(
        _ draft: RecordDraft, target: Digest? = nil, idem: String? = nil,
        _ tables: some StateTables
    ) throws(StoreError) -> RecordReceipt {
        var draft = draft
        let run = try inherit(&draft, tables)
        try check(draft, run, tables)
        // Asked for once: the identifier's bytes, then the salts.
        let random = world.randomBytes(
            UUIDv7.randomByteCount + draft.payloads.count * StoredPayload.saltByteCount)
        let payloads = draft.payloads.enumerated().map { number, payload in
            let start = UUIDv7.randomByteCount + number * StoredPayload.saltByteCount
            return StoredPayload(
                sealing: payload, salt: Array(random[start...].prefix(StoredPayload.saltByteCount)))
        }.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
        var record = record(of: draft, payloads, Array(random.prefix(UUIDv7.randomByteCount)))
        record.target = target ?? draft.target.map(identity.hash)
        record.idem = idem ?? draft.idem
        record.prev = try tables.head(of: record.chain)
        let index = frontier.size
        try write(record, at: index, payloads, tables)
        try fold(record, at: index, draft, run, tables)
        return RecordReceipt(index: index, id: record.id, at: record.at)
    }

    /// A record of a run says which incident, runbook and rule without the writer's help.
    private func inherit(
        _ draft: inout RecordDraft, _ tables: some StateTables
    ) throws(StoreError) -> RunRow? {
        guard let id = draft.run, let run = try tables.run(id) else { return nil }
        draft.incident = draft.incident ?? run.incident
        draft.runbook = draft.runbook ?? run.runbook
        draft.rule = draft.rule ?? run.rule
        return run
    }

    private func record(
        of draft: RecordDraft, _ payloads: [StoredPayload], _ random: [UInt8]
    ) -> JournalRecord {
        let now = world.now()
        return JournalRecord(
            id: UUIDv7.make(at: now, random: random),
            log: identity.log, at: now, node: identity.node, boot: identity.boot,
            kind: draft.kind, actor: draft.actor, incident: draft.incident, run: draft.run,
            step: draft.step, item: draft.item, attempt: draft.attempt, epoch: draft.epoch,
            runbook: draft.runbook, rule: draft.rule, provider: draft.provider,
            outcome: draft.outcome, error: draft.error, reason: draft.reason,
            causedBy: draft.causedBy,
            commitments: payloads.map { Commitment(name: $0.name, hash: $0.commitment) })
    }

    private mutating func write(
        _ record: JournalRecord, at index: Int64, _ payloads: [StoredPayload],
        _ tables: some StateTables
    ) throws(StoreError) {
        let bytes = record.canonicalBytes()
        let leaf = MerkleHash.leaf(bytes)
        try tables.append(
            StoredRecord(index: index, record: record, bytes: bytes, payloads: payloads),
            leaf: leaf)
        var completed: [(level: Int, index: Int64, hash: Digest)] = []
        frontier.append(leaf) { completed.append(($0, $1, $2)) }
        for node in completed {
            try tables.complete(level: node.level, index: node.index, hash: node.hash)
        }
    }
}
