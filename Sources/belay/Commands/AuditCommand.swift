import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayStore
import JSON

/// `belay audit`: the journal.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Read, verify and prove the journal.",
        subcommands: [
            AuditAnchorCommand.self, AuditCheckpointCommand.self, AuditCheckProofCommand.self,
            AuditConsistencyCommand.self,
            AuditExportCommand.self, AuditForgetCommand.self, AuditLogCommand.self,
            AuditProveCommand.self, AuditRotateKeyCommand.self, AuditShowCommand.self,
            AuditVerifyCommand.self,
        ])
}

/// `belay audit verify`: offline, from the database or an export.
struct AuditVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify the journal, or an export of it.",
        discussion: """
            Names the first bad index and the kind of fault. Exit status 1 if anything is not as it was written.

            Example:
              belay audit verify
              belay audit verify --export journal.jsonl --vkey 'belay/…+…'
            """)

    @OptionGroup var store: StoreOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "An export in the form jsonl instead of the database.", valueName: "file"))
    var export: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A key to believe; default: those beside the database.", valueName: "key"))
    var vkey: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A file with checkpoints that were kept elsewhere.", valueName: "file"))
    var checkpoint: [String] = []

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    func run() throws {
        try Formats.check(format)
        let keys = try vkey.map { text in
            guard let key = NoteVerifier(vkey: text) else {
                throw CommandProblem(.usage, "\(text) is no verifier key")
            }
            return key
        }
        let remembered = try checkpoint.flatMap { path in
            let text = String(decoding: try Files.read(path), as: UTF8.self)
            let notes = CheckpointNotes(text).notes
            return notes.isEmpty ? [text] : notes
        }
        let report = try report(keys, remembered)
        Output.standard(format == "json" ? report.json.pretty() : VerificationView(report).text)
        if !report.isSound { throw ExitStatus.findings }
    }

    private func report(_ keys: [NoteVerifier], _ remembered: [String]) throws -> VerificationReport
    {
        if let export {
            let lines = try Files.read(export).split(separator: UInt8(ascii: "\n")).map(Array.init)
            return JournalVerifier(keys: keys, remembered: remembered).verify(export: lines)
        }
        let log = try store.log()
        do throws(StoreError) { return try log.verify(keys: keys, remembered: remembered) } catch {
            throw CommandProblem(error, try store.path)
        }
    }
}

/// `belay audit checkpoint`: the newest signed checkpoint.
struct AuditCheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Print the newest signed checkpoint, to be kept elsewhere.",
        discussion: "Example:\n  belay audit checkpoint > checkpoint.txt")

    @OptionGroup var store: StoreOptions

    func run() throws {
        try store.reading { log throws(StoreError) in
            guard let signed = try log.checkpoint() else { throw .notFound("checkpoint yet") }
            Output.standard(signed.note)
        }
    }
}

/// `belay audit prove`: that a record is in the log.
struct AuditProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Prove that a record is in the log, for others to check.",
        discussion: "Example:\n  belay audit prove RECORD > record.tlog-proof")

    @Argument(help: "The record's id.")
    var record: String

    @OptionGroup var store: StoreOptions

    func run() throws {
        try store.reading { log throws(StoreError) in
            guard let proof = try log.proving(record) else {
                throw .notFound("checkpoint that covers the record yet")
            }
            Output.standard(proof.text)
        }
    }
}

/// `belay audit check-proof`: offline.
struct AuditCheckProofCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-proof",
        abstract: "Check a proof against a record's bytes, without the journal.",
        discussion:
            "Example:\n  belay audit check-proof record.tlog-proof record.json --vkey 'belay/…'")

    @Argument(help: "The proof.")
    var proof: String

    @Argument(help: "The record's exact bytes.")
    var record: String

    @Option(name: .long, help: ArgumentHelp("A key to believe.", valueName: "key"))
    var vkey: [String]

    func run() throws {
        let keys = vkey.compactMap { NoteVerifier(vkey: $0) }
        guard keys.count == vkey.count, !keys.isEmpty else {
            throw CommandProblem(.usage, "a verifier key cannot be read")
        }
        guard let proof = TLogProof(text: String(decoding: try Files.read(proof), as: UTF8.self))
        else {
            throw CommandProblem(.unreadable, "\(proof) is no proof")
        }
        var bytes = try Files.read(record)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        switch proof.check(record: bytes, keys: keys) {
        case .success(let checkpoint):
            Output.standard(
                "proved: the record is in \(checkpoint.origin) at index \(proof.index) of \(checkpoint.size)"
            )
        case .failure(let fault):
            Output.standard("not proved: \(fault)")
            throw ExitStatus.findings
        }
    }
}

/// `belay audit consistency`: that a newer checkpoint continues an older one.
struct AuditConsistencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consistency", abstract: "Tell whether one checkpoint continues another.",
        discussion: "Example:\n  belay audit consistency old.txt new.txt")

    @Argument(help: "The older checkpoint.")
    var old: String

    @Argument(help: "The newer checkpoint.")
    var new: String

    @OptionGroup var store: StoreOptions

    func run() throws {
        let files = [old, new]
        let notes = try files.map { String(decoding: try Files.read($0), as: UTF8.self) }
        let log = try store.log()
        let signed = try zip(files, notes).map { file, note in
            guard let signed = SignedCheckpoint(note: note, keys: log.files.knownVerifiers()) else {
                throw CommandProblem(.findings, "\(file) is signed by no key of this journal")
            }
            return signed
        }
        let answer: AuditLog.Consistency
        do throws(StoreError) { answer = try log.consistency(old: signed[0], new: signed[1]) } catch
        {
            throw CommandProblem(error, try store.path)
        }
        switch answer {
        case .consistent(let path): Output.standard("consistent, proved by \(path.count) hashes")
        case .inconsistent: try refuse("not consistent: the log was rewritten")
        case .shorter: try refuse("not consistent: the newer checkpoint has fewer records")
        case .otherLog: try refuse("the checkpoints are of two logs")
        case .unknown: try refuse("this journal has fewer records than the newer checkpoint")
        }
    }

    private func refuse(_ text: String) throws {
        Output.standard(text)
        throw ExitStatus.findings
    }
}

/// `belay audit export`: for others.
struct AuditExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the journal for other programs.",
        discussion:
            "Example:\n  belay audit export > journal.jsonl\n  belay audit export --format cloudevents"
    )

    @OptionGroup var store: StoreOptions

    @Option(name: .long, help: "jsonl, cloudevents or otlp.")
    var format: String = "jsonl"

    func run() throws {
        guard let format = ExportFormat(rawValue: format) else {
            throw CommandProblem(
                .usage, "unknown format \(format)", help: "formats are jsonl, cloudevents, otlp")
        }
        let log = try store.log()
        let count = try log.export(format) { Output.standard(String(decoding: $0, as: UTF8.self)) }
        let pruned = try log.pruned().map { "; \($0)" } ?? ""
        Output.standardError("\(count) records\(pruned)")
    }
}

/// `belay audit forget`: erase the payloads of an incident.
struct AuditForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Erase the payloads of an incident and its runs; the log stays intact.",
        discussion: "Example:\n  belay audit forget INCIDENT --by ann")

    @Argument(help: "The incident's id in the journal.")
    var incident: String

    @Option(name: .long, help: ArgumentHelp("Who orders it, for the record.", valueName: "name"))
    var by: String

    @OptionGroup var store: StoreOptions

    func run() async throws {
        let journal = try await store.openExisting()
        do throws(StoreError) {
            let count = try await journal.forget(
                incident: incident, actor: .person(RecordText.name(from: by)))
            await journal.close()
            Output.standard("\(count) payloads erased")
        } catch {
            await journal.close()
            throw CommandProblem(error, try store.path)
        }
    }
}

extension StoreOptions {
    /// Works on the journal for reading.
    func reading(_ body: (AuditLog) throws(StoreError) -> Void) throws(CommandProblem) {
        let log = try log()
        let path = try path
        do throws(StoreError) { try body(log) } catch { throw CommandProblem(error, path) }
    }
}
