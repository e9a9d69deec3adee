import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayStore

/// `belay store`: the file that the journal is in.
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Back the journal up, put it back, keep it small.",
        subcommands: [
            StoreAcceptCommand.self, StoreBackupCommand.self, StorePruneCommand.self,
            StoreRestoreCommand.self,
        ])
}

/// `belay store backup`: beside a running daemon or without one.
struct StoreBackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write a whole copy of the journal, without its signing key.",
        discussion: "Example:\n  belay store backup /backups/journal-monday.db")

    @Argument(help: "The copy to make.")
    var copy: String

    @OptionGroup var store: StoreOptions

    func run() throws {
        let path = try store.path
        try StoreOptions.checkReadable(path)
        do throws(StoreError) { try StoreCopy.backup(path, to: copy) } catch {
            throw CommandProblem(error, path)
        }
        Output.standard("\(copy) written")
    }
}

/// `belay store restore`: while no daemon runs.
struct StoreRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a copy in the place of the journal.",
        discussion: """
            The journal that was there is kept beside it, ending in .before. What was signed since the copy was made \
            is still known: nothing is signed until a person says `belay store accept`.

            Example:
              belay store restore /backups/journal-monday.db
            """)

    @Argument(help: "The copy.")
    var copy: String

    @OptionGroup var store: StoreOptions

    func run() throws {
        let path = try store.path
        let isForked: Bool
        do throws(StoreError) {
            try StoreCopy.restore(copy, to: path)
            isForked = try AuditLog(path: path).isForked
        } catch {
            throw CommandProblem(error, path)
        }
        Output.standard("\(path) restored")
        guard isForked else { return }
        Output.standardError(
            "it is not what was signed last, so nothing is signed until a person accepts it\n"
                + "  help: look at it with belay audit verify, then belay store accept --by NAME")
    }
}

extension AuditLog {
    /// Whether the log is shorter than, or differs from, what the last kept checkpoint says.
    fileprivate var isForked: Bool {
        guard let note = files.keptNote() else { return false }
        guard let kept = SignedCheckpoint(note: note, keys: files.knownVerifiers()),
            let own = try? checkpoint()
        else { return true }
        if own == kept { return false }
        let isOlder = own.checkpoint.size <= kept.checkpoint.size
        let found = try? consistency(old: isOlder ? own : kept, new: isOlder ? kept : own)
        if case .consistent? = found { return false }
        return true
    }
}

/// `belay store accept`: a restored journal goes on under a new name.
struct StoreAcceptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Take a restored journal as it is; it goes on under a new name and key.",
        discussion: "Example:\n  belay store accept --by ann")

    @Option(name: .long, help: ArgumentHelp("Who orders it, for the record.", valueName: "name"))
    var by: String

    @OptionGroup var store: StoreOptions

    func run() async throws {
        let said = try await store.writing { journal throws(StoreError) -> String in
            guard journal.fork != nil else {
                return "the journal is what was signed: nothing to accept"
            }
            try await journal.acceptFork(by: .person(RecordText.name(from: by)))
            return "accepted; the journal goes on under a new name"
        }
        Output.standard(said)
    }
}

extension StoreOptions {
    /// Opens the journal, works on it and closes it again.
    func writing<Value>(
        _ body: (SQLiteStore) async throws(StoreError) -> Value
    ) async throws -> Value {
        let journal = try await openExisting()
        do throws(StoreError) {
            let value = try await body(journal)
            await journal.close()
            return value
        } catch {
            await journal.close()
            throw CommandProblem(error, try path)
        }
    }
}
