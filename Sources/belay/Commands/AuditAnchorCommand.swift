import ArgumentParser
import BelayEngine
import BelayStore

/// `belay audit anchor`: keep the newest checkpoint where whoever holds the journal cannot reach it.
struct AuditAnchorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anchor",
        abstract: "Put the newest checkpoint into a file, an address or a git repository.",
        discussion: """
            What a checkpoint covers cannot be changed unnoticed as long as the checkpoint is kept elsewhere. A file and \
            a repository are first asked what they have: a journal that does not continue it is not anchored, and the \
            exit status is 1. Nothing is sent twice.

            Example:
              belay audit anchor --file /mnt/worm/belay.checkpoints
              belay audit anchor --http https://anchor.example.com/belay
              belay audit anchor --git /srv/anchors
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("Append to this file, synced; repeatable.", valueName: "file"))
    var file: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("POST to this address; repeatable.", valueName: "url"))
    var http: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Commit to this git work tree; repeatable.", valueName: "folder"))
    var git: [String] = []

    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard !(file + http + git).isEmpty else {
            throw ValidationError("say where: --file, --http or --git")
        }
    }

    func run() async throws {
        let log = try store.log()
        let newest: SignedCheckpoint
        do throws(StoreError) {
            guard let found = try log.checkpoint() else { throw .notFound("checkpoint yet") }
            newest = found
        } catch {
            throw CommandProblem(error, try store.path)
        }
        let anchor = Anchor(log: log, newest: newest)
        for path in file { Output.standard(try anchor.append(to: path)) }
        for address in http { Output.standard(try await anchor.post(to: address)) }
        for folder in git { Output.standard(try await anchor.commit(to: folder)) }
    }
}
