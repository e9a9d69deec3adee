import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayStore
import JSON

/// `belay runs`: what runs there are.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List runs, newest first.",
        discussion: """
            Example:
              belay runs --open
              belay runs --rule cache/pressure --format json
            """)

    @OptionGroup var store: StoreOptions

    @Flag(name: .long, help: "Only runs that have not ended.")
    var open = false

    @Option(name: .long, help: ArgumentHelp("Only runs in this state.", valueName: "state"))
    var state: String?

    @Option(name: .long, help: ArgumentHelp("Only runs of this rule.", valueName: "rule"))
    var rule: String?

    @Option(name: .long, help: "At most this many.")
    var limit: Int = 50

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    func run() throws {
        try Formats.check(format)
        guard limit > 0 else { throw CommandProblem(.usage, "--limit is at least 1") }
        // One more tells whether there are more.
        var filter = RunFilter(
            phases: open ? RunFilter.open : nil, rule: rule,
            limit: limit == .max ? limit : limit + 1)
        if let state {
            guard let phase = RunPhase(rawValue: state) else {
                let near = Suggestion.nearest(to: state, in: RunPhase.allCases.map(\.rawValue))
                throw CommandProblem(
                    .usage, "unknown state \(state)", help: near.map { "did you mean \($0)?" })
            }
            filter.phases = [phase]
        }
        let log = try store.log()
        do throws(StoreError) {
            let found = try log.runs(filter)
            let runs = Array(found.prefix(limit))
            Output.standard(
                format == "json"
                    ? Self.json(runs).pretty() : RunsView(runs, at: LiveWorld().now()).text)
            if found.count > limit {
                Output.standardError(
                    "there are older runs: --limit N shows more than \(limit)")
            }
        } catch {
            throw CommandProblem(error, try store.path)
        }
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
