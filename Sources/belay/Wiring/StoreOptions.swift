import ArgumentParser
import BelayEngine
import BelayStore
import Glibc

/// Where the journal is.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The journal.", discussion: "Default: `$XDG_STATE_HOME/belay/journal.db`.",
            valueName: "file"))
    var store: String?

    /// The file; its folder is made if it is the default one.
    var path: String {
        get throws(CommandProblem) {
            if let store { return store }
            let state = LiveWorld().variable("XDG_STATE_HOME").flatMap { $0.isEmpty ? nil : $0 }
            guard let base = state ?? LiveWorld().variable("HOME").map({ "\($0)/.local/state" })
            else {
                throw CommandProblem(
                    .usage, "neither XDG_STATE_HOME nor HOME is set",
                    help: "name the journal with --store")
            }
            try Files.makeFolder("\(base)/belay", mode: 0o700)
            return "\(base)/belay/journal.db"
        }
    }

    func open() async throws(CommandProblem) -> SQLiteStore {
        let path = try path
        do throws(StoreError) {
            return try await SQLiteStore.open(path: path, world: LiveWorld())
        } catch {
            throw CommandProblem(error, path)
        }
    }

    /// Opens a journal that is there already: nobody's mistyped name makes a new one.
    func openExisting() async throws(CommandProblem) -> SQLiteStore {
        try Self.checkReadable(try path)
        return try await open()
    }

    /// Refuses a journal that is not there or that may not be read, and says which of both it is.
    static func checkReadable(_ path: String) throws(CommandProblem) {
        guard access(path, R_OK) != 0 else { return }
        let code = errno
        guard code == ENOENT || code == ENOTDIR else {
            throw CommandProblem(
                .unreadable,
                "the journal \(path) cannot be read: \(String(cString: strerror(code)))")
        }
        throw CommandProblem(StoreError.notFound(path), path)
    }

    func log() throws(CommandProblem) -> AuditLog {
        let path = try path
        try Self.checkReadable(path)
        do throws(StoreError) { return try AuditLog(path: path) } catch {
            throw CommandProblem(error, path)
        }
    }
}

extension CommandProblem {
    /// What a store says, with what to do.
    init(_ error: StoreError, _ path: String) {
        switch error {
        case .inUse(let holder):
            self.init(
                .unreadable, "the journal \(path) is in use\(StoreError.by(holder))",
                help: "stop that process, or wait until it has ended")
        case .notFound(let what):
            self.init(.unreadable, "there is no \(what)", help: "name the journal with --store")
        case .full:
            self.init(
                .unreadable, "the disk of \(path) is full", help: "make room; nothing was started")
        case .newer(let version):
            self.init(
                .unreadable,
                "the journal \(path) has version \(version), which this program does not know")
        case .forked(let why):
            self.init(
                .findings, "the journal \(path) is not what was signed before: \(why)",
                help: "look at it with belay audit verify, then belay store accept --by NAME")
        case .damaged(let why):
            self.init(
                .findings, "the journal \(path) is damaged: \(why)", help: "belay audit verify")
        case .broken(let why):
            self.init(.unreadable, "the journal \(path) cannot be written: \(why)")
        case .leaseLost(let run): self.init(.findings, "another process took over run \(run)")
        case .targetHeld(let target, let run):
            self.init(
                .findings, "target \(target) is held by run \(run)", help: "belay audit show \(run)"
            )
        case .decided(let incident):
            self.init(.findings, "incident \(incident) was decided by somebody else meanwhile")
        case .grown:
            self.init(
                .findings, "somebody wrote to the journal \(path) meanwhile; nothing was removed",
                help: "say it again")
        case .notWaiting(let run): self.init(.findings, "run \(run) does not wait for that")
        case .exists(let id): self.init(.internalError, "\(id) exists already")
        case .notFinal(let run):
            self.init(.usage, "run \(run) has not ended, so nothing of it can be forgotten")
        case .closed: self.init(.internalError, "the journal \(path) is closed")
        }
    }
}
