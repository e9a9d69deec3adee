import BelayCompiler
import BelayEngine
import Cryptography

/// What is in memory at one moment.
struct MemoryView: StoreView {
    let contents: MemoryTables.Contents
    let core: StoreCore

    func run(_ id: String) -> RunRow? { contents.runs[id] }

    func runs(_ filter: RunFilter) -> [RunRow] {
        let found = contents.runs.values.filter { run in
            if let runbook = filter.runbook, runbook != run.runbook.name { return false }
            return filter.phases?.contains(run.phase) ?? true
                && filter.incident ?? run.incident == run.incident
                && filter.rule ?? run.rule == run.rule
        }
        return Array(
            found.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }.prefix(filter.limit))
    }

    func incident(_ id: String) -> IncidentRow? { contents.incidentRow(id) }

    func incidents(_ filter: IncidentFilter) -> [IncidentRow] { contents.incidents(filter, core) }

    func events(ofRun id: String) -> [StoredRecord] {
        (contents.indexes[id] ?? []).map { contents.records[Int($0)] }
    }

    func records(_ query: RecordQuery) -> [StoredRecord] { contents.records(query) }

    func limits(committedSince horizon: Timestamp) -> LimitState {
        contents.limits(since: horizon)
    }

    func pauses() -> [PauseRow] { contents.pauseRows() }

    func program(_ digest: Digest) -> ProgramText? { contents.programs[digest] }
}
