import BelayCompiler
import BelayEngine
import Crypto

/// Goes through a log once, from its first record to its last, whatever it is read from.
struct LogCheck {
    /// A record as it was found.
    struct Found {
        var index: Int64
        var bytes: [UInt8]
        var payloads: [StoredPayload]
        /// The leaf hash that was stored when it was written; exports have none.
        var leaf: Digest?
    }

    private(set) var report = VerificationReport()
    private(set) var frontier = MerkleFrontier()
    private(set) var state = FoldedState()
    private var heads: [String: Digest] = [:]
    /// Checkpoints to meet, smallest first.
    private var checkpoints: ArraySlice<SignedCheckpoint>
    /// The largest size whose root was as signed: what follows it may be wrong.
    private var agreed: Int64 = 0
    private var contradicted = false
    /// Payloads that are gone, by incident, until a record says that they were forgotten.
    private var gone: [String: Int] = [:]
    private let foldsState: Bool

    init(checkpoints: [SignedCheckpoint], foldsState: Bool) {
        self.checkpoints = checkpoints.sorted { $0.checkpoint.size < $1.checkpoint.size }[...]
        self.foldsState = foldsState
        meetCheckpoints()
    }

    mutating func add(_ fault: VerificationFault) { report.add(fault) }

    /// Takes the next record; answers it if it can be read.
    @discardableResult
    mutating func take(_ found: Found) -> JournalRecord? {
        if found.index != report.records {
            add(
                VerificationFault(
                    .missingRecord, index: report.records,
                    "the next record is \(found.index)"))
        }
        report.records = found.index + 1
        let leaf = MerkleHash.leaf(found.bytes)
        frontier.append(leaf)
        let record = read(found, leaf)
        if let record {
            checkChain(record, found)
            checkPayloads(record, found)
            if foldsState { state.apply(record, at: found.index) }
        }
        meetCheckpoints()
        return record
    }

    private mutating func read(_ found: Found, _ leaf: Digest) -> JournalRecord? {
        do throws(RecordFault) {
            let record = try JournalRecord(canonical: found.bytes)
            if let stored = found.leaf, stored != leaf {
                add(
                    VerificationFault(
                        .changedRecord, index: found.index, id: record.id,
                        "its bytes are not those that were hashed when it was written"))
            }
            return record
        } catch {
            add(VerificationFault(.changedRecord, index: found.index, error.message))
            return nil
        }
    }

    private mutating func checkChain(_ record: JournalRecord, _ found: Found) {
        let chain = record.chain
        if record.prev != heads[chain] {
            add(
                VerificationFault(
                    .brokenChain, index: found.index, id: record.id,
                    "prev is not the hash of the previous record of chain \(chain)"))
        }
        heads[chain] = SHA256.hash(found.bytes)
    }

    private mutating func checkPayloads(_ record: JournalRecord, _ found: Found) {
        for commitment in record.commitments {
            guard let payload = found.payloads.first(where: { $0.name == commitment.name }) else {
                gone[record.incident ?? "", default: 0] += 1
                continue
            }
            guard payload.commitment != commitment.hash else { continue }
            add(
                VerificationFault(
                    .changedPayload, index: found.index, id: record.id,
                    "payload \(payload.name) does not fit its commitment"))
        }
        for payload in found.payloads
        where !record.commitments.contains(where: { $0.name == payload.name }) {
            add(
                VerificationFault(
                    .strangePayload, index: found.index, id: record.id,
                    "payload \(payload.name) is not in the record"))
        }
        if record.kind == .payloadsForgotten,
            let count = gone.removeValue(forKey: record.incident ?? "")
        {
            report.forgotten += count
        }
    }

    private mutating func meetCheckpoints() {
        while let next = checkpoints.first, next.checkpoint.size <= frontier.size {
            checkpoints.removeFirst()
            guard next.checkpoint.size == frontier.size else { continue }
            if next.checkpoint.root == frontier.root {
                agreed = frontier.size
                report.checkpoint = next.checkpoint
            } else if !contradicted {
                contradicted = true
                add(
                    VerificationFault(
                        .notWhatWasSigned, index: agreed,
                        "records \(agreed) to \(frontier.size - 1) are not those that were signed for"
                    ))
            }
        }
    }

    /// Ends the pass; checkpoints beyond the last record show that the tail is gone.
    mutating func finish() -> VerificationReport {
        if let beyond = checkpoints.last {
            add(
                VerificationFault(
                    .truncated, index: report.records,
                    "\(beyond.checkpoint.size) records were signed for"))
        }
        report.missing = gone.values.reduce(0, +)
        return report
    }
}
