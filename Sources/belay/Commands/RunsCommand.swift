import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayStore
import Cryptography
import JSON

/// `belay runs`: what runs there are.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List runs, newest first.",
        discussion: """
            Example:
              belay runs --open
              belay runs --rule cache/pressure --format json
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var token: TokenOptions

    @Flag(name: .long, help: "Only runs that have not ended.")
    var open = false

    @Option(name: .long, help: ArgumentHelp("Only runs in this state.", valueName: "state"))
    var state: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only runs of this rule: its id, or runbook/id.", valueName: "rule"))
    var rule: String?

    @Option(name: .long, help: "At most this many.")
    var limit: Int = 50

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    func run() async throws {
        try Formats.check(format)
        guard limit > 0 else { throw CommandProblem(.usage, "--limit is at least 1") }
        // One more tells whether there are more.
        var filter = RunFilter(
            phases: open ? RunFilter.open : nil, limit: limit == .max ? limit : limit + 1)
        if let rule { filter.choose(rule: rule) }
        if let state {
            guard let phase = RunPhase(rawValue: state) else {
                let near = Suggestion.nearest(to: state, in: RunPhase.allCases.map(\.rawValue))
                throw CommandProblem(
                    .usage, "unknown state \(state)", help: near.map { "did you mean \($0)?" })
            }
            filter.phases = [phase]
        }
        if let client = try daemon.named(store, token) { return show(try await told(by: client)) }
        let log = try store.log()
        do throws(StoreError) { show(try log.runs(filter)) } catch {
            throw CommandProblem(error, try store.path)
        }
    }

    private func show(_ found: [RunRow]) {
        let runs = Array(found.prefix(limit))
        Output.standard(
            format == "json"
                ? Self.json(runs).pretty() : RunsView(runs, at: LiveWorld().now()).text)
        guard found.count > limit else { return }
        Output.standardError("there are older runs: --limit N shows more than \(limit)")
    }

    /// The same from a daemon.
    private func told(by client: DaemonClient) async throws(CommandProblem) -> [RunRow] {
        var query = [("limit", String(limit))]
        if let state {
            query.append(("state", state))
        } else if open {
            query.append(("state", "open"))
        }
        if let rule { query.append(("rule", rule)) }
        let answer = try await client.get("/v1/runs", query)
        var runs: [RunRow] = []
        for told in answer["runs"]?.arrayValue ?? [] {
            guard let run = RunRow(told: told) else {
                throw CommandProblem(
                    .unreadable, "the daemon tells of a run in a form that is not known here",
                    help: "use the version of belay that the daemon has")
            }
            runs.append(run)
        }
        return runs
    }

    private static func json(_ runs: [RunRow]) -> JSONValue {
        let list = runs.map { run -> JSONValue in
            var object: JSONObject = [
                "id": .string(run.id), "incident": .string(run.incident),
                "runbook": .string(run.runbook.name), "rule": .string(run.rule),
                "state": .string(run.phase.rawValue), "created_at": .string(run.createdAt.rfc3339),
            ]
            object["reason"] = run.reason.map(JSONValue.string)
            object["wake_at"] = run.wakeAt.map { .string($0.rfc3339) }
            return .object(object)
        }
        return ["schema_version": "1.0", "runs": .array(list)]
    }
}

extension RunRow {
    /// A run as the API tells it.
    fileprivate init?(told json: JSONValue) {
        guard let id = json["id"]?.stringValue, let incident = json["incident"]?.stringValue,
            let name = json["runbook"]?.stringValue, let rule = json["rule"]?.stringValue,
            let hex = json["program"]?.stringValue, let program = Digest(hex: hex),
            let state = json["state"]?.stringValue, let phase = RunPhase(rawValue: state),
            let created = json["created_at"]?.stringValue,
            let createdAt = Timestamp(rfc3339: created)
        else { return nil }
        self.init(
            id: id, incident: incident, runbook: RunbookReference(name: name, program: program),
            rule: rule, phase: phase, reason: json["reason"]?.stringValue, epoch: 0,
            wakeAt: json["wake_at"]?.stringValue.flatMap { Timestamp(rfc3339: $0) },
            createdAt: createdAt, recoveries: 0)
    }
}
