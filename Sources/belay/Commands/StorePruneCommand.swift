import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayStore

/// `belay store prune`: erase what was said long ago, and remove records that are older still.
struct StorePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Erase payloads of incidents older than some days; remove old records.",
        discussion: """
            Without --records payloads go, records stay, and the journal verifies as before. Incidents that wait to be \
            decided and those of runs that have not ended keep theirs.

            With --records the records before a time or an index go too: up to a signed checkpoint, and only if \
            nothing needs them any more. The hash of each stays, and what recognises a repeated delivery.

            Without --yes it only says what would go.

            Example:
              belay store prune --days 90 --by retention
              belay store prune --days 90 --by retention --yes
              belay store prune --records --before 2026-03-01T00:00:00Z --by retention
              belay store prune --records --before 2026-03-01T00:00:00Z --by retention --yes
            """)

    private static let standardDays = 90

    @Option(name: .long, help: "How many days payloads are kept; default: 90.")
    var days: Int?

    @Flag(name: .long, help: "Remove records, with their payloads.")
    var records = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Records of this time or index and later ones stay.", valueName: "time|index"))
    var before: String?

    @Flag(name: .long, help: "Do it; without it only what would go is said.")
    var yes = false

    @Option(name: .long, help: ArgumentHelp("Who orders it, for the record.", valueName: "name"))
    var by: String

    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard days ?? 0 >= 0 else { throw ValidationError("--days is a number from 0 on") }
        guard records == (before != nil) else {
            throw ValidationError("--records and --before TIME|INDEX go together")
        }
        guard days == nil || !records else {
            throw ValidationError("--days is for payloads, --before for records")
        }
    }

    func run() async throws {
        let actor = RecordActor.person(RecordText.name(from: by))
        guard let before else { return try await erasePayloads(by: actor) }
        let limit = try limit(before)
        guard yes else {
            return try store.reading { log throws(StoreError) in
                Output.standard(PruningView(try log.pruningPlan(limit)).text)
            }
        }
        let result = try await store.writing { journal throws(StoreError) in
            try await journal.prune(recordsBefore: limit, actor: actor)
        }
        Output.standard(PruningView(result).text)
    }

    private func erasePayloads(by actor: RecordActor) async throws {
        let horizon =
            LiveWorld().now() - Duration.seconds(86_400 * (days ?? Self.standardDays))
        guard yes else {
            return try store.reading { log throws(StoreError) in
                Output.standard(PruningView(try log.erasable(receivedBefore: horizon)).text)
            }
        }
        let count = try await store.writing { journal throws(StoreError) in
            try await journal.prune(receivedBefore: horizon, actor: actor)
        }
        Output.standard("\(count) payloads erased")
    }

    private func limit(_ text: String) throws(CommandProblem) -> PruningLimit {
        if let index = Int64(text), index >= 0 { return .index(index) }
        guard let time = Timestamp(rfc3339: text) else {
            throw CommandProblem(
                .usage, "\(text) is no time and no index",
                help: "write it as 2026-03-01T02:00:00Z, or as the index of a record")
        }
        return .time(time)
    }
}
