import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayStore
import JSON

/// `belay pause`: the kill switch.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop changes: all, or those of a runbook, target or provider.",
        discussion: """
            Example:
              belay pause --reason 'migration of the database' --for 2h
              belay pause target/cache --reason 'by hand' --until 2026-03-01T06:00:00Z

            Incidents are taken in and decided; what would change anything is held back. A pause survives restarts; \
            its end is on record. A name that is not known is paused all the same, with a warning.
            """)

    @Argument(help: "all, runbook/NAME, target/NAME or provider/NAME.")
    var scope: String = "all"

    @Option(name: .long, help: "Why; on record.")
    var reason: String

    @Option(
        name: .customLong("for"), help: ArgumentHelp("How long, as 30m or 2h.", valueName: "length")
    )
    var length: String?

    @Option(name: .long, help: ArgumentHelp("Until when.", valueName: "time"))
    var until: String?

    @OptionGroup var order: OrderOptions

    func run() async throws {
        let expires = try expires()
        var body: JSONObject = ["scope": .string(scope), "reason": .string(reason)]
        body["expires"] = expires.map { .string($0.rfc3339) }
        let done = try await order.carryOut(
            "/v1/pause", body,
            onStore: { (store, person) async throws(OperationProblem) in
                let id = try await OrderOptions.operations(store).pause(
                    scope, reason: reason, by: person, expires: expires)
                var answer: JSONObject = ["pause": .string(id)]
                answer["warning"] = await Self.warning(scope, store).map(JSONValue.string)
                return .object(answer)
            })
        let cure = scope == "all" ? "belay resume" : "belay resume \(scope)"
        let end = expires.map { $0.shortRFC3339 } ?? "`\(cure)`"
        Output.standard(
            "paused by \(done.person): \(scope) until \(end)"
                + "  \(done.answer["pause"]?.stringValue ?? "")")
        if let warning = done.answer["warning"]?.stringValue {
            Output.standardError("belay: warning: \(warning)")
        }
    }

    /// What a journal knows of the name without a daemon: the program of its newest run. The pause is set by then;
    /// where there is no such program, nothing is said.
    private static func warning(_ scope: String, _ store: SQLiteStore) async -> String? {
        guard let scope = Pause.Scope(scope),
            let run = try? await store.runs(RunFilter(limit: 1)).first,
            let kept = try? await OrderOptions.program(of: run, store)
        else { return nil }
        return PausableNames(ofNewestRun: kept.program).warning(of: scope)
    }

    private func expires() throws(CommandProblem) -> Timestamp? {
        guard let length else { return try Moment.parse(until) }
        guard until == nil else { throw CommandProblem(.usage, "--for or --until, not both") }
        guard case .success(let duration) = DurationText.parse(length) else {
            throw CommandProblem(
                .usage, "\(length) is no length of time", help: "write it as 30m or 2h")
        }
        return LiveWorld().now() + duration
    }
}

/// `belay resume`: the end of a pause.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Lift the pauses of a scope.",
        discussion: "Example:\n  belay resume\n  belay resume target/cache --by ann")

    @Argument(help: "all, runbook/NAME, target/NAME or provider/NAME: as it was paused.")
    var scope: String = "all"

    @OptionGroup var order: OrderOptions

    func run() async throws {
        let done = try await order.carryOut("/v1/resume", ["scope": .string(scope)]) {
            (operations, person) async throws(OperationProblem) in
            let lifted = try await operations.resume(scope, by: person)
            return ["lifted": .array(lifted.map(JSONValue.string))]
        }
        let count = done.answer["lifted"]?.arrayValue?.count ?? 0
        Output.standard(
            "resumed by \(done.person): \(scope), \(count) pause\(count == 1 ? "" : "s") lifted")
    }
}
