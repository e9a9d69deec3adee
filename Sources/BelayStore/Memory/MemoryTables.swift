import BelayCompiler
import BelayEngine
import Cryptography

/// All tables as dictionaries, with a list of how to undo what the transaction under way has done.
final class MemoryTables: StateTables {
    struct IncidentEntry {
        var folded: FoldedIncident
        var door: IncidentDoor
        var wakeAt: Timestamp?
    }

    struct LedgerEntry {
        var row: LedgerRow
        var phase = LimitPhase.reserved
        var at: Timestamp
    }

    struct Contents {
        var records: [StoredRecord] = []
        var tree = MerkleTree()
        var heads: [String: Digest] = [:]
        var indexes: [String: [Int64]] = [:]
        var runs: [String: RunRow] = [:]
        var leases: [String: Duration] = [:]
        var incidents: [String: IncidentEntry] = [:]
        var deliveries: [Digest: String] = [:]
        var problems: [Digest: [String]] = [:]
        var targets: [Digest: (name: String, run: String)] = [:]
        var ledger: [Int64: LedgerEntry] = [:]
        var pauses: [String: (scope: String, index: Int64)] = [:]
        var programs: [Digest: ProgramText] = [:]
    }

    private(set) var contents = Contents()
    private var undo: [(inout Contents) -> Void] = []

    /// Ends a transaction that stands.
    func keep() { undo.removeAll(keepingCapacity: true) }

    /// Undoes the transaction under way.
    func rollBack() {
        for step in undo.reversed() { step(&contents) }
        keep()
    }

    private func set<Key: Hashable, Value>(
        _ table: WritableKeyPath<Contents, [Key: Value]>, _ key: Key, _ value: Value?
    ) {
        let old = contents[keyPath: table][key]
        undo.append { $0[keyPath: table][key] = old }
        contents[keyPath: table][key] = value
    }

    // MARK: The log

    func append(_ stored: StoredRecord, leaf: Digest) {
        let chain = stored.record.chain
        undo.append {
            $0.records.removeLast()
            $0.indexes[chain]?.removeLast()
            $0.tree.removeLast()
        }
        contents.records.append(stored)
        contents.indexes[chain, default: []].append(stored.index)
        contents.tree.append(leaf)
        set(\.heads, chain, SHA256.hash(stored.bytes))
    }

    func complete(level: Int, index: Int64, hash: Digest) {}

    func head(of chain: String) -> Digest? { contents.heads[chain] }

    func payload(_ index: Int64, _ name: String) -> StoredPayload? {
        contents.records[Int(index)].payloads.first { $0.name == name }
    }

    func erasePayloads(incident: String) -> Int {
        let runs = contents.runs.values.filter { $0.incident == incident }.map(\.id)
        var count = 0
        for index in ([incident] + runs).flatMap({ contents.indexes[$0] ?? [] }) {
            let old = contents.records[Int(index)].payloads
            count += old.count
            undo.append { $0.records[Int(index)].payloads = old }
            contents.records[Int(index)].payloads = []
        }
        return count
    }

    // MARK: Runs

    func run(_ id: String) -> RunRow? { contents.runs[id] }

    func insert(_ run: RunRow) { set(\.runs, run.id, run) }

    func update(_ run: RunRow) { set(\.runs, run.id, run) }

    func setLease(run: String, until: Duration) { set(\.leases, run, until) }

    func dueRuns(_ count: Int, now: Timestamp, uptime: Duration, boot: String) -> [RunRow] {
        let due = contents.runs.values.compactMap { run -> (Timestamp, RunRow)? in
            dueTime(run, now, uptime, boot).map { ($0, run) }
        }
        return due.sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }.prefix(count).map(\.1)
    }

    private func dueTime(
        _ run: RunRow, _ now: Timestamp, _ uptime: Duration, _ boot: String
    ) -> Timestamp? {
        switch run.phase {
        case .ready: (run.wakeAt ?? run.createdAt) <= now ? run.wakeAt ?? run.createdAt : nil
        case .waiting: run.wakeAt.flatMap { $0 <= now ? $0 : nil }
        case .running:
            run.owner != boot || (contents.leases[run.id] ?? .zero) <= uptime
                ? run.createdAt : nil
        default: nil
        }
    }

    func openRun(of incident: String) -> String? {
        contents.runs.values.filter { $0.incident == incident && !$0.phase.isFinal }.map(\.id).min()
    }

    // MARK: Incidents

    func incident(_ id: String) -> FoldedIncident? { contents.incidents[id]?.folded }

    func incident(delivery: Digest) -> FoldedIncident? {
        contents.deliveries[delivery].flatMap { contents.incidents[$0]?.folded }
    }

    func insert(_ incident: FoldedIncident, _ door: IncidentDoor) {
        set(\.incidents, incident.id, IncidentEntry(folded: incident, door: door))
        set(\.deliveries, door.delivery, incident.id)
        set(\.problems, door.problem, (contents.problems[door.problem] ?? []) + [incident.id])
    }

    func update(_ incident: FoldedIncident) {
        guard var entry = contents.incidents[incident.id] else { return }
        entry.folded = incident
        set(\.incidents, incident.id, entry)
    }

    func setWake(incident: String, at time: Timestamp?) throws(StoreError) {
        guard var entry = contents.incidents[incident] else { throw .notFound(incident) }
        entry.wakeAt = time
        set(\.incidents, incident, entry)
    }

    // MARK: Limits, targets, pauses, programs

    func holder(of target: Digest) -> String? { contents.targets[target]?.run }

    func take(target: Digest, name: String, run: String) {
        set(\.targets, target, (name, run))
    }

    func free(target: Digest?, run: String) {
        for (key, lease) in contents.targets where lease.run == run && (target ?? key) == key {
            set(\.targets, key, nil)
        }
    }

    func reserve(_ entry: LedgerRow) {
        set(\.ledger, entry.index, LedgerEntry(row: entry, at: entry.at))
    }

    func commit(kind: String, key: Digest?, run: String, at time: Timestamp) {
        for (index, entry) in contents.ledger
        where entry.row.run == run && entry.row.kind == kind && entry.phase == .reserved
            && (key ?? entry.row.key) == entry.row.key
        {
            var entry = entry
            entry.phase = .committed
            entry.at = time
            set(\.ledger, index, entry)
        }
    }

    func release(kind: String?, key: Digest?, run: String) {
        for (index, entry) in contents.ledger
        where entry.row.run == run && (kind ?? entry.row.kind) == entry.row.kind
            && (kind != nil || entry.phase == .reserved)
            && (key ?? entry.row.key) == entry.row.key
        {
            set(\.ledger, index, nil)
        }
    }

    func setPause(id: String, scope: String, index: Int64) {
        set(\.pauses, id, (scope: scope, index: index))
    }

    func liftPause(id: String) { set(\.pauses, id, nil) }

    func insert(_ program: ProgramText) { set(\.programs, program.digest, program) }
}
