import BelayCompiler
import BelayEngine
import Cryptography

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

    /// What can be said of a record by itself, which is most of the work and can be done side by side.
    struct Examined {
        var index: Int64
        var record: JournalRecord?
        var leaf: Digest
        var hash: Digest
        /// Payloads that are gone.
        var gone: Int
        var faults: [VerificationFault]
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

    /// Takes the next record.
    mutating func take(_ found: Found) { take(Self.examine(found)) }

    mutating func take(_ examined: Examined) {
        if examined.index != report.records {
            add(
                VerificationFault(
                    .missingRecord, index: report.records,
                    "the next record is \(examined.index)"))
        }
        report.records = examined.index + 1
        frontier.append(examined.leaf)
        if let record = examined.record {
            checkChain(record, examined)
            if foldsState { state.apply(record, at: examined.index) }
            count(examined.gone, of: record)
        }
        for fault in examined.faults { add(fault) }
        meetCheckpoints()
    }

    private mutating func checkChain(_ record: JournalRecord, _ examined: Examined) {
        let chain = record.chain
        let head = heads.updateValue(examined.hash, forKey: chain)
        guard record.prev != head else { return }
        add(
            VerificationFault(
                .brokenChain, index: examined.index, id: record.id,
                "prev is not the hash of the previous record of chain \(chain)"))
    }

    private mutating func count(_ missing: Int, of record: JournalRecord) {
        let incident = record.incident ?? ""
        if missing > 0 { gone[incident, default: 0] += missing }
        if record.kind == .payloadsForgotten, let count = gone.removeValue(forKey: incident) {
            report.forgotten += count
        }
    }

    /// Reads and hashes one record and its payloads.
    static func examine(_ found: Found) -> Examined {
        var examined = Examined(
            index: found.index, leaf: MerkleHash.leaf(found.bytes),
            hash: SHA256.hash(found.bytes), gone: 0, faults: [])
        do throws(RecordFault) {
            let record = try JournalRecord(canonical: found.bytes)
            examined.record = record
            if let stored = found.leaf, stored != examined.leaf {
                examined.faults.append(
                    VerificationFault(
                        .changedRecord, index: found.index, id: record.id,
                        "its bytes are not those that were hashed when it was written"))
            }
            examinePayloads(of: record, found, &examined)
        } catch {
            examined.faults.append(
                VerificationFault(.changedRecord, index: found.index, error.message))
        }
        return examined
    }

    private static func examinePayloads(
        of record: JournalRecord, _ found: Found, _ examined: inout Examined
    ) {
        for commitment in record.commitments {
            guard let payload = found.payloads.first(where: { $0.name == commitment.name }) else {
                examined.gone += 1
                continue
            }
            guard payload.commitment != commitment.hash else { continue }
            examined.faults.append(
                VerificationFault(
                    .changedPayload, index: found.index, id: record.id,
                    "payload \(payload.name) does not fit its commitment"))
        }
        for payload in found.payloads
        where !record.commitments.contains(where: { $0.name == payload.name }) {
            examined.faults.append(
                VerificationFault(
                    .strangePayload, index: found.index, id: record.id,
                    "payload \(payload.name) is not in the record"))
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
