import BelayCompiler
import BelayEngine
import Cryptography

extension MemoryTables.Contents {
    func incidentRow(_ id: String) -> IncidentRow? {
        guard let entry = incidents[id] else { return nil }
        let body = records[Int(entry.folded.bodyIndex)][payload: IncidentPayload.name]
        return IncidentRow(
            id: id, resolvesProblem: entry.folded.resolvesProblem,
            startedAt: entry.door.startedAt, phase: entry.folded.phase,
            reason: entry.folded.reason, wakeAt: entry.wakeAt, receivedAt: entry.door.receivedAt,
            body: body)
    }

    func incidents(_ filter: IncidentFilter, _ core: StoreCore) -> [IncidentRow] {
        switch filter {
        case .due(let limit):
            let now = core.world.now()
            let received = incidents.values.filter { $0.folded.phase == .received }
            let woken = incidents.values.filter { entry in
                entry.folded.phase != .received && entry.wakeAt.map { $0 <= now } ?? false
            }
            let ids = [woken, received].map { $0.map(\.folded.id) }
            return Array(ids.flatMap(sorted).prefix(limit))
        case .problem(let source, let fingerprint):
            return sorted(problems[core.identity.hash(fingerprint: fingerprint, of: source)] ?? [])
        case .reports(let source, let fingerprint, let start, let most):
            let all = sorted(
                problems[core.identity.hash(fingerprint: fingerprint, of: source)] ?? [])
            let newest = all.suffix(most)
            let first = all.filter { $0.startedAt == start }.prefix(most)
            return first.filter { !newest.contains($0) } + newest
        case .latest(let limit): return Array(sorted(Array(incidents.keys)).suffix(limit))
        }
    }

    private func sorted(_ ids: [String]) -> [IncidentRow] {
        let entries = ids.compactMap { incidents[$0] }.sorted { $0.door.index < $1.door.index }
        return entries.compactMap { incidentRow($0.folded.id) }
    }

    func records(_ query: RecordQuery) -> [StoredRecord] {
        var found: [StoredRecord] = []
        for index in candidates(query) where found.count < query.limit {
            var stored = records[Int(index)]
            guard query.matches(stored.record) else { continue }
            if !query.withPayloads { stored.payloads = [] }
            found.append(stored)
        }
        return found
    }

    private func candidates(_ query: RecordQuery) -> [Int64] {
        if let run = query.run { return (indexes[run] ?? []).filter { $0 >= query.from } }
        if let incident = query.incident {
            let chains = [incident] + runs.values.filter { $0.incident == incident }.map(\.id)
            return chains.flatMap { indexes[$0] ?? [] }.filter { $0 >= query.from }.sorted()
        }
        return Array(max(0, query.from)..<max(query.from, Int64(records.count)))
    }

    func limits(since horizon: Timestamp) -> LimitState {
        let entries = ledger.sorted { $0.key < $1.key }.map(\.value).filter {
            $0.phase == .reserved || $0.at >= horizon
        }.map { entry in
            LimitEntry(
                kind: entry.row.kind, key: entry.row.name, run: entry.row.run,
                rule: entry.row.rule, phase: entry.phase, at: entry.at)
        }
        let held = targets.values.map { ($0.name, $0.run) }
        return LimitState(
            entries: entries, heldTargets: Dictionary(held) { first, _ in first },
            pauses: pauseRows().map(Pause.init))
    }

    func pauseRows() -> [PauseRow] {
        pauses.sorted { $0.value.index < $1.value.index }.map { id, pause in
            let stored = records[Int(pause.index)]
            return PauseRow(
                id: id, scope: pause.scope, actor: stored.record.actor, at: stored.record.at,
                body: stored[payload: PausePayload.name])
        }
    }
}

/// The payload that holds a pause's reason and expiry.
enum PausePayload {
    static let name = "pause"
}

extension RecordQuery {
    /// Whether a record that is in the asked chain and range is wanted.
    func matches(_ record: JournalRecord) -> Bool {
        kinds?.contains(record.kind) ?? true
            && since.map { record.at >= $0 } ?? true
            && until.map { record.at < $0 } ?? true
    }
}
