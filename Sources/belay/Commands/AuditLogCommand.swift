import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayStore
import JSON

/// `belay audit log`: records with filters.
struct AuditLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "List records of the journal.",
        discussion:
            "Example:\n  belay audit log --kind step.result --since 2026-03-01T00:00:00Z\n  belay audit log --follow"
    )

    @OptionGroup var store: StoreOptions

    @Option(
        name: .long, help: ArgumentHelp("Only records of this kind; repeatable.", valueName: "kind")
    )
    var kind: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only records of this run; the id may be shortened.", valueName: "id"))
    var run: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only records of this incident and its runs; the id may be shortened.",
            valueName: "id"))
    var incident: String?

    @Option(name: .long, help: ArgumentHelp("Only records from this time on.", valueName: "time"))
    var since: String?

    @Option(name: .long, help: ArgumentHelp("Only records before this time.", valueName: "time"))
    var until: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only records of this index and later ones.", valueName: "index"))
    var from: Int64 = 0

    @Option(name: .long, help: "At most this many.")
    var limit: Int = 1000

    @Flag(name: .long, help: "Go on with records as they are written.")
    var follow = false

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    func run() async throws {
        try Formats.check(format)
        guard limit > 0 else { throw CommandProblem(.usage, "--limit is at least 1") }
        let kinds = try kind.map { name in
            guard let known = RecordKind(rawValue: name) else {
                let near = Suggestion.nearest(to: name, in: RecordKind.allCases.map(\.rawValue))
                throw CommandProblem(
                    .usage, "unknown kind \(name)", help: near.map { "did you mean \($0)?" })
            }
            return known
        }
        let log = try store.log()
        // One more tells whether there are more.
        var query = RecordQuery(
            from: from, limit: follow || limit == .max ? limit : limit + 1,
            incident: try chosenIncident(log), run: try chosenRun(log),
            kinds: kinds.isEmpty ? nil : kinds,
            since: try Moment.parse(since), until: try Moment.parse(until))
        do {
            if let pruned = try log.pruned() { Output.standardError("\(pruned)") }
            while true {
                let found = try log.records(query)
                let records = found.prefix(limit)
                for record in records { show(record) }
                if let last = records.last { query.from = last.index + 1 }
                if found.count > limit {
                    Output.standardError(
                        "there are more records: --from \(query.from) goes on, --limit N shows more"
                    )
                }
                guard follow else { return }
                try await Task.sleep(for: .milliseconds(500))
            }
        } catch let error as StoreError {
            throw CommandProblem(error, try store.path)
        }
    }

    private func chosenRun(_ log: AuditLog) throws(CommandProblem) -> String? {
        let chosen: String? = run
        guard let chosen else { return nil }
        guard let known = try log.run(beginningWith: chosen) else {
            throw log.problem(missing: "run \(chosen)")
        }
        return known
    }

    private func chosenIncident(_ log: AuditLog) throws(CommandProblem) -> String? {
        guard let incident else { return nil }
        guard let known = try log.incident(beginningWith: incident) else {
            throw log.problem(missing: "incident \(incident)")
        }
        return known
    }

    private func show(_ record: StoredRecord) {
        Output.standard(
            format == "json" ? record.json.text() : TrailView.line(record, withDate: true))
    }
}
