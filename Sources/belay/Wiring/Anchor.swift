import BelayEngine
import BelayProviders
import BelayStore
import Glibc

/// Puts one checkpoint into places outside the journal.
struct Anchor {
    let log: AuditLog
    let newest: SignedCheckpoint

    /// The file of a git work tree that holds the checkpoints.
    static let gitFile = "belay.checkpoints"

    /// Appends the note and syncs the file, unless it ends with that note already.
    func append(to path: String) throws -> String {
        let kept = Files.exists(path) ? String(decoding: try Files.read(path), as: UTF8.self) : ""
        if kept.hasSuffix(newest.note) {
            return "\(path) has it: \(newest.checkpoint.size) records"
        }
        try requireContinuation(of: kept, path)
        let text = (kept.isEmpty ? "" : "\n") + newest.note
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw Self.failure(path)
        }
        return "\(path): \(newest.checkpoint.size) records"
    }

    /// Notes follow each other with a blank line between; a note has one blank line within.
    private func requireContinuation(of kept: String, _ path: String) throws {
        guard let last = Self.lastNote(kept) else {
            guard kept.isEmpty else {
                throw CommandProblem(.findings, "\(path) does not end with a checkpoint")
            }
            return
        }
        guard let old = SignedCheckpoint(note: last, keys: log.files.knownVerifiers()) else {
            throw CommandProblem(
                .findings, "the last checkpoint of \(path) is signed by no key of this journal",
                help: "belay audit verify")
        }
        guard case .consistent = try log.consistency(old: old, new: newest) else {
            throw CommandProblem(
                .findings,
                "the journal does not continue the last checkpoint of \(path), of \(old.checkpoint.size) records",
                help: "belay audit verify --checkpoint")
        }
    }

    static func lastNote(_ kept: String) -> String? {
        let blocks = kept.split(separator: "\n\n").suffix(2).map(String.init)
        guard blocks.count == 2 else { return nil }
        return blocks[0] + "\n\n" + (blocks[1].hasSuffix("\n") ? blocks[1] : blocks[1] + "\n")
    }

    /// Sends the note as text; any answer but 2xx is a failure.
    func post(to address: String) async throws -> String {
        let url: WebAddress
        do throws(WebAddressError) { url = try WebAddress(address) } catch {
            throw CommandProblem(.usage, "\(address): \(error.message)")
        }
        var request = HTTPRequest("POST", url)
        request.headers = [HTTPHeader("Content-Type", "text/plain; charset=utf-8")]
        request.body = Array(newest.note.utf8)
        // The person who gave the address may name one in the own network.
        var policy = HostPolicy()
        policy.trusted = [url.authority]
        let answer: HTTPResponse
        do throws(TransferFailure) {
            answer = try await ProviderTools.system().http.send(request, policy: policy)
        } catch {
            throw CommandProblem(.unreadable, "\(address): \(error)")
        }
        guard (200..<300).contains(answer.status) else {
            throw CommandProblem(.unreadable, "\(address) answered \(answer.status)")
        }
        return "\(address): \(newest.checkpoint.size) records"
    }

    /// Appends to a file of the work tree and commits it; pushing is the repository's own matter (a hook, a timer).
    func commit(to folder: String) async throws -> String {
        let path = "\(folder)/\(Self.gitFile)"
        let said = try append(to: path)
        try await git(folder, ["add", Self.gitFile])
        let message = "\(newest.checkpoint.origin) at \(newest.checkpoint.size) records"
        if !said.contains(" has it") {
            try await git(folder, ["commit", "--quiet", "-m", message, "--", Self.gitFile])
        }
        return said
    }

    private func git(_ folder: String, _ arguments: [String]) async throws {
        var command = ChildCommand("/usr/bin/git")
        command.arguments = ["-C", folder] + arguments
        for name in ["HOME", "PATH"] {
            command.environment[name] = LiveWorld().variable(name)
        }
        let result: ChildResult
        do throws(ChildError) {
            result = try await ProviderTools.system().children.run(command)
        } catch {
            throw CommandProblem(.unreadable, "git in \(folder): \(error)")
        }
        guard result.ending == .exited(0) else {
            throw CommandProblem(
                .unreadable, "git in \(folder): \(result.error.text)",
                help: "git -C \(folder) status")
        }
    }

    private static func failure(_ path: String) -> CommandProblem {
        CommandProblem(.unreadable, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
