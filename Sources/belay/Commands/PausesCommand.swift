import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayStore
import JSON

/// `belay pauses`: what is paused.
struct PausesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pauses", abstract: "List the pauses in force, oldest first.",
        discussion: """
            Example:
              belay pauses
              belay pauses --format json
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var token: TokenOptions

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    func run() async throws {
        try Formats.check(format)
        let pauses = try await pauses()
        Output.standard(
            format == "json" ? Self.json(pauses).pretty() : PausesView(pauses).text)
    }

    private func pauses() async throws(CommandProblem) -> [PauseRow] {
        if let client = try daemon.named(store, token) { return try await Self.told(by: client) }
        let log = try store.log()
        do throws(StoreError) {
            // One whose time is over is on record as ended when a daemon next looks.
            let now = LiveWorld().now()
            return try log.pauses().filter { Pause($0).isInForce(at: now) }
        } catch {
            throw CommandProblem(error, try store.path)
        }
    }

    /// The same from a daemon, by its clock.
    private static func told(
        by client: DaemonClient
    ) async throws(CommandProblem) -> [PauseRow] {
        let answer = try await client.get("/v1/pauses", [])
        var pauses: [PauseRow] = []
        for told in answer["pauses"]?.arrayValue ?? [] {
            guard let pause = PauseRow(told: told) else {
                throw CommandProblem(
                    .unreadable, "the daemon tells of a pause in a form that is not known here",
                    help: "use the version of belay that the daemon has")
            }
            pauses.append(pause)
        }
        return pauses
    }

    private static func json(_ pauses: [PauseRow]) -> JSONValue {
        let list = pauses.map { row -> JSONValue in
            let pause = Pause(row)
            var object: JSONObject = [
                "id": .string(row.id), "scope": .string(row.scope),
                "reason": .string(pause.reason), "owner": .string(pause.owner),
                "since": .string(row.at.rfc3339),
            ]
            object["expires"] = pause.expires.map { .string($0.rfc3339) }
            return .object(object)
        }
        return ["schema_version": "1.0", "pauses": .array(list)]
    }
}

extension PauseRow {
    /// A pause as the API tells it; an owner without a name is the engine.
    fileprivate init?(told json: JSONValue) {
        guard let id = json["id"]?.stringValue, let scope = json["scope"]?.stringValue,
            let owner = json["owner"]?.stringValue, let reason = json["reason"]?.stringValue,
            let since = json["since"]?.stringValue, let at = Timestamp(rfc3339: since)
        else { return nil }
        var body: JSONObject = ["reason": .string(reason)]
        if let expires = json["expires"] {
            guard let text = expires.stringValue, Timestamp(rfc3339: text) != nil else {
                return nil
            }
            body["expires"] = expires
        }
        self.init(
            id: id, scope: scope, actor: owner.isEmpty ? .system : .person(owner), at: at,
            body: .object(body))
    }
}
