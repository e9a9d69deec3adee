import ArgumentParser
import BelayEngine
import BelayStore
import JSON

/// `belay audit show`: a run's story.
struct AuditShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Tell the story of a run, or of all runs of an incident.",
        discussion: "Example:\n  belay audit show\n  belay audit show 0190f3a2")

    @Argument(help: "A run or incident, or the beginning of its id; default: the newest run.")
    var id: String?

    @OptionGroup var store: StoreOptions

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    func run() throws {
        try Formats.check(format)
        let log = try store.log()
        let query = try query(log)
        do throws(StoreError) {
            let records = try log.records(query)
            guard !records.isEmpty else { throw try log.missing("run or incident \(id ?? "")") }
            if format == "json" {
                Output.standard(JSONValue.array(records.map(\.json)).pretty())
            } else {
                try log.sayIfPruned(records)
                Output.standard(TrailView(records, now: try standings(log, records)).text)
            }
        } catch {
            throw CommandProblem(error, try store.path)
        }
    }

    /// What those of these runs wait for that have not ended, by their ids.
    private func standings(
        _ log: AuditLog, _ records: [StoredRecord]
    ) throws(StoreError) -> [(run: String, RunStanding)] {
        var standings: [(run: String, RunStanding)] = []
        for (run, records) in Dictionary(grouping: records, by: \.record.run)
            .sorted(by: { $0.value[0].index < $1.value[0].index })
        {
            guard let run, let row = try log.run(run), let standing = RunStanding(row, records)
            else { continue }
            standings.append((run, standing))
        }
        return standings
    }

    /// The run that is meant, else the incident: those made together begin alike.
    private func query(_ log: AuditLog) throws(CommandProblem) -> RecordQuery {
        guard let id else { return RecordQuery(limit: 100_000, run: try newest(log)) }
        if let run = try log.run(beginningWith: id) {
            return RecordQuery(limit: 100_000, run: run)
        }
        if let incident = try log.incident(beginningWith: id) {
            return RecordQuery(limit: 100_000, incident: incident)
        }
        throw log.problem(missing: "run or incident \(id)")
    }

    private func newest(_ log: AuditLog) throws(CommandProblem) -> String {
        let runs: [RunRow]
        do throws(StoreError) { runs = try log.runs(RunFilter(limit: 1)) } catch {
            throw CommandProblem(error, log.files.path)
        }
        guard let run = runs.first else { throw log.problem(missing: "run in this journal") }
        return run.id
    }
}
