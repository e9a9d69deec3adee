import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import BelayStore

/// `belay audit anchor`: keep the newest checkpoint where whoever holds the journal cannot reach it.
struct AuditAnchorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anchor",
        abstract: "Put the newest checkpoint into a file, an address or a git repository.",
        discussion: """
            What a checkpoint covers cannot be changed unnoticed as long as the checkpoint is kept elsewhere. A file and \
            a repository are first asked what they have: a journal that does not continue it is not anchored, and the \
            exit status is 1; so it is for an address that answers 409. `belay serve` does the same every hour for the \
            `anchors` of its environment.

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
        help: ArgumentHelp("A file with the bearer token of the one --http.", valueName: "file"))
    var httpTokenFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Commit to this git work tree; repeatable.", valueName: "folder"))
    var git: [String] = []

    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard !(file + http + git).isEmpty else {
            throw ValidationError("say where: --file, --http or --git")
        }
        guard httpTokenFile == nil || http.count == 1 else {
            throw ValidationError(
                "--http-token-file is for one --http: no other is shown the token")
        }
    }

    func run() async throws {
        let anchor = Anchor(journal: try store.path, tools: .system())
        let places =
            file.map { AnchorPlace(kind: .file, place: $0) }
            + http.map { AnchorPlace(kind: .http, place: $0) }
            + git.map { AnchorPlace(kind: .git, place: $0) }
        for address in http {
            let url: WebAddress
            do throws(WebAddressError) { url = try WebAddress(address) } catch {
                throw CommandProblem(.usage, "\(address): \(error.message)")
            }
            let isSafe = url.scheme == "https" || DaemonOptions.isThisHost(url.host)
            guard isSafe || httpTokenFile == nil else {
                throw CommandProblem(
                    .usage, "\(address): without TLS anybody on the way can read the token",
                    help: "write https://")
            }
        }
        try store.reading { log throws(StoreError) in
            guard try log.checkpoint() != nil else { throw .notFound("checkpoint yet") }
        }
        let token = httpTokenFile.map { path in
            AnchorToken(
                name: "--http-token-file", reference: SecretReference(origin: "file", name: path))
        }
        for place in places {
            do throws(AnchorFailure) {
                let kept = try await anchor.keep(
                    in: place, token: place.kind == .http ? token : nil, after: nil)
                guard let kept else { continue }
                let count = kept.signed.checkpoint.size
                Output.standard("\(place.place)\(kept.isNew ? ":" : " has it:") \(count) records")
            } catch {
                throw CommandProblem(
                    error.isForeign ? .findings : .unreadable, error.message, help: error.help)
            }
        }
    }
}
