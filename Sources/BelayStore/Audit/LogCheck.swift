import BelayCompiler
import BelayEngine
import Cryptography

/// Goes through a log once, from its first record to its last, whatever it is read from.
struct LogCheck {
    private(set) var report = VerificationReport()
    private(set) var frontier = MerkleFrontier()
    /// The hashes of the levels that a store keeps, level by level, as the records make them.
    private(set) var nodes: [[Digest]] = []
    private(set) var state = FoldedState()
    private var heads: [ChainKey: Digest] = [:]
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

    /// Takes the next records, which were examined before.
    mutating func take(_ batch: RecordBatch) {
        var place = 0
        for part in RecordExamination.examine(batch) {
            for examined in part.examined {
                take(examined, examined.record.map { part.records[$0] }) { batch.bytes(of: place) }
                place += 1
            }
        }
    }

    private mutating func take(
        _ examined: RecordExamination.Examined, _ record: JournalRecord?, bytes: () -> [UInt8]
    ) {
        if examined.index != report.records {
            add(
                VerificationFault(
                    .missingRecord, index: report.records,
                    "the next record is \(examined.index)"))
        }
        report.records = examined.index + 1
        append(examined.leaf)
        if let chain = examined.chain {
            let head = heads.updateValue(examined.hash, forKey: chain)
            if examined.prev != head { addBrokenChain(examined.index, bytes()) }
            if foldsState { fold(examined, record, chain) }
            if let record { count(examined.gone, of: record) }
        }
        for fault in examined.faults { add(fault) }
        meetCheckpoints()
    }

    private mutating func fold(
        _ examined: RecordExamination.Examined, _ record: JournalRecord?, _ chain: ChainKey
    ) {
        if let record {
            state.apply(record, at: examined.index)
        } else if let kind = examined.kind {
            state.applyUnread(kind, of: chain)
        }
    }

    private mutating func append(_ leaf: Digest) {
        frontier.append(leaf) { level, _, hash in
            guard level.isMultiple(of: StoredNodes.levelStep) else { return }
            let place = level / StoredNodes.levelStep - 1
            if nodes.count <= place { nodes.append([]) }
            nodes[place].append(hash)
        }
    }

    private mutating func addBrokenChain(_ index: Int64, _ bytes: [UInt8]) {
        let record = try? JournalRecord(canonical: bytes)
        add(
            VerificationFault(
                .brokenChain, index: index, id: record?.id,
                "prev is not the hash of the previous record of chain \(record?.chain ?? "?")"))
    }

    private mutating func count(_ missing: Int, of record: JournalRecord) {
        let incident = record.incident ?? ""
        if missing > 0 { gone[incident, default: 0] += missing }
        let isOrder = record.kind == .payloadsForgotten || record.kind == .retentionPruned
        if isOrder, let count = gone.removeValue(forKey: incident) {
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
