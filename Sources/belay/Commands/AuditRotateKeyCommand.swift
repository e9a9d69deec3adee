import ArgumentParser
import BelayEngine
import BelayStore

/// `belay audit rotate-key`: a new signing key by order.
struct AuditRotateKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key", abstract: "Sign with a new key from now on.",
        discussion: """
            The old key signs for everything up to now; give the new verifier key, which is printed, to auditors.

            Example:
              belay audit rotate-key --by ann
            """)

    @Option(name: .long, help: ArgumentHelp("Who orders it, for the record.", valueName: "name"))
    var by: String

    @OptionGroup var store: StoreOptions

    func run() async throws {
        let key = try await store.writing { journal throws(StoreError) -> String in
            try await journal.rotateKey(by: .person(RecordText.name(from: by)))
            return journal.files.knownVerifiers().last?.vkey ?? ""
        }
        Output.standard(key)
    }
}
