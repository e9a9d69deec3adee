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
    /// What is kept of the records that were pruned.
    private let pruned: PrunedPrefix
    private var rootAtCut = MerkleHash.empty
    private var orders: [PruningOrder] = []
    /// After how many records a copy of the state is taken, and the copy.
    private let snapshotSize: Int64?
    private(set) var snapshot: FoldedState?

    /// How many records were pruned: the index of the first to be taken.
    var cut: Int64 { pruned.cut }

    init(
        checkpoints: [SignedCheckpoint], pruned: PrunedPrefix = PrunedPrefix(), foldsState: Bool,
        snapshotAt size: Int64? = nil
    ) {
        self.checkpoints = checkpoints.sorted { $0.checkpoint.size < $1.checkpoint.size }[...]
        self.foldsState = foldsState
        self.pruned = pruned
        snapshotSize = size
        meetCheckpoints()
        beginAtCut()
    }

    /// Takes the kept hashes as leaves, and what is kept of the state to go on from.
    private mutating func beginAtCut() {
        for fault in pruned.faults { add(fault) }
        for leaf in pruned.leaves {
            append(leaf)
            meetCheckpoints()
        }
        report.records = cut
        rootAtCut = frontier.root
        do throws(KeptFault) {
            heads = try pruned.kept.heads()
            if foldsState { state = try pruned.kept.state() }
        } catch {
            add(VerificationFault(.wrongCut, table: "kept_state", error.message))
        }
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
            if let order = record.flatMap({ PruningOrder($0, at: examined.index) }) {
                orders.append(order)
            }
        }
        for fault in examined.faults { add(fault) }
        if frontier.size == snapshotSize { snapshot = state }
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
        let isOfIncident = isOrder && record.incident != nil
        if isOfIncident, let count = gone.removeValue(forKey: incident) {
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
        if cut > 0 { checkCut() }
        return report
    }

    /// Whether records were pruned as the newest order for this cut says, and a checkpoint covers the order. One for
    /// a later cut has not been carried out yet.
    private mutating func checkCut() {
        let order = orders.last { $0.cut == cut }
        report.pruned = PrunedRecords(count: cut, order: order)
        guard let order else {
            let others = orders.map { "\($0.cut)" }
            let said =
                others.isEmpty ? "says so" : "says \(cut), but \(others.joined(separator: ", "))"
            add(
                VerificationFault(
                    .unrecordedCut, index: cut,
                    "\(cut) records are gone from the beginning, and no retention.pruned \(said)"))
            return
        }
        if order.root != rootAtCut {
            add(
                VerificationFault(
                    .wrongCut, index: 0, table: "kept_leaf",
                    "the hashes of the \(cut) pruned records are not those that record \(order.index) says"
                ))
        }
        if order.kept != pruned.kept.digest {
            add(
                VerificationFault(
                    .wrongCut, index: cut, table: "kept_state",
                    "what is kept of the state before record \(cut) is not what record \(order.index) says"
                ))
        }
        if order.index >= agreed {
            add(
                VerificationFault(
                    .unrecordedCut, index: cut,
                    "record \(order.index), which says that \(cut) records were pruned, is not signed for"
                ))
        }
    }
}
