import BelayCompiler
import BelayEngine
import BelayProviders
import BelayStore

/// Keeps checkpoints of a journal in files, at addresses and in git repositories: for `belay audit anchor` and for the
/// daemon alike.
struct Anchor: CheckpointKeeper {
    /// The journal's database; it is read beside whoever has it open.
    let journal: String
    let tools: ProviderTools

    func keep(
        in place: AnchorPlace, token: AnchorToken?, after kept: SignedCheckpoint?
    ) async throws(AnchorFailure) -> KeptCheckpoint? {
        if let kept, try await newest() == kept { return KeptCheckpoint(kept, isNew: false) }
        return switch place.kind {
        case .file: try await append(to: place.place)
        case .http: try await post(to: place.place, token)
        case .git: try await commit(to: place.place)
        }
    }

    private func newest() async throws(AnchorFailure) -> SignedCheckpoint? {
        try await blocking { () throws(AnchorFailure) in try journalLog().newest() }
    }

    private func append(to path: String) async throws(AnchorFailure) -> KeptCheckpoint? {
        try await blocking { () throws(AnchorFailure) in
            try AnchorFile(path: path).append(newestOf: journalLog())
        }
    }

    /// What reads and writes files has a thread of its own.
    private func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws(AnchorFailure) -> Value
    ) async throws(AnchorFailure) -> Value {
        let result = await OwnThread.run { () -> Result<Value, AnchorFailure> in
            do throws(AnchorFailure) { return .success(try work()) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func journalLog() throws(AnchorFailure) -> AuditLog {
        do throws(StoreError) { return try AuditLog(path: journal) } catch {
            throw AnchorFailure(error, journal)
        }
    }

    // MARK: Addresses

    /// Sends the note as text. Any 2xx says that it is kept, 409 that another is kept which this does not continue.
    private func post(
        to address: String, _ token: AnchorToken?
    ) async throws(AnchorFailure) -> KeptCheckpoint? {
        guard let signed = try await newest() else { return nil }
        let url: WebAddress
        do throws(WebAddressError) { url = try WebAddress(address) } catch {
            throw AnchorFailure("\(address): \(error.message)")
        }
        var request = HTTPRequest("POST", url)
        request.headers = [HTTPHeader("Content-Type", "text/plain; charset=utf-8")]
        request.body = Array(signed.note.utf8)
        let bearer = try await bearer(token, address)
        if let bearer { request.headers.append(bearer.header) }
        // The person who gave the address may name one in the own network.
        var policy = HostPolicy()
        policy.trusted = [url.authority]
        let answer: HTTPResponse
        do throws(TransferFailure) {
            answer = try await tools.http.send(request, policy: policy)
        } catch {
            throw AnchorFailure(
                "\(address): \(bearer?.vault.redact(error.message) ?? error.message)")
        }
        if answer.status == 409 {
            throw AnchorFailure(
                "\(address) has a checkpoint that the journal \(journal) does not continue",
                isForeign: true, help: AnchorFile.foreignHelp)
        }
        guard (200..<300).contains(answer.status) else {
            throw Self.refusal(answer.status, address, token)
        }
        return KeptCheckpoint(signed, isNew: true)
    }

    /// The token as a header line, and what takes it out of texts; nil where the address wants none.
    private func bearer(
        _ token: AnchorToken?, _ address: String
    ) async throws(AnchorFailure) -> (header: HTTPHeader, vault: SecretVault)? {
        guard let token else { return nil }
        let vault = await SecretSources(tools: tools).vault(for: [token.name: token.reference])
        let value: String
        do throws(SecretError) { value = try vault.open(token.name) } catch {
            throw AnchorFailure(
                "\(address): \(error.message)", help: Doctor.cure(of: token.reference.origin))
        }
        // A line break would begin another header.
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw AnchorFailure(
                "\(address): secret '\(token.name)' is no token",
                help: "keep printable characters there, without blanks and line breaks")
        }
        return (header: HTTPHeader("Authorization", "Bearer \(value)"), vault: vault)
    }

    /// Why an answer is none that keeps the checkpoint.
    private static func refusal(
        _ status: Int, _ address: String, _ token: AnchorToken?
    ) -> AnchorFailure {
        guard status == 401 || status == 403 else {
            return AnchorFailure("\(address) answered \(status)")
        }
        guard let token else {
            return AnchorFailure(
                "\(address) answered \(status): it wants a token",
                help: "give the anchor one, `token: ${{ secrets.NAME }}`; by hand --http-token-file"
            )
        }
        return AnchorFailure(
            "\(address) answered \(status): it does not take the token of secret '\(token.name)'",
            help: "put the one there that the address takes; it is looked up anew each time")
    }

    // MARK: Repositories

    /// Appends to a file of the work tree and commits it; pushing is the repository's own matter (a hook, a timer).
    private func commit(to folder: String) async throws(AnchorFailure) -> KeptCheckpoint? {
        let name = AnchorFile.gitName
        try await requireGrowth(name, in: folder)
        guard var kept = try await append(to: "\(folder)/\(name)") else { return nil }
        try await git(folder, ["add", "--", name])
        // What a process that died had appended is committed too.
        let staged = try await git(
            folder, ["diff", "--cached", "--quiet", "--", name], may: [0, 1])
        guard staged.ending == .exited(1) else { return kept }
        let checkpoint = kept.signed.checkpoint
        let message = "\(checkpoint.origin) at \(checkpoint.size) records"
        try await git(folder, ["commit", "--quiet", "-m", message, "--", name])
        kept.isNew = true
        return kept
    }

    /// The work tree may have more than the last commit, never less or other.
    private func requireGrowth(_ name: String, in folder: String) async throws(AnchorFailure) {
        let status = try await git(folder, ["status", "--porcelain", "--", name]).output.text
        guard !status.isEmpty, !status.hasPrefix("??"), !status.hasPrefix("A") else { return }
        let changes = try await git(folder, ["diff", "--numstat", "HEAD", "--", name]).output.text
        // Lines added, lines taken away, name.
        guard changes.isEmpty || changes.split(separator: "\t").dropFirst().first == "0" else {
            throw AnchorFailure(
                "\(folder)/\(name) is not what was committed last", isForeign: true,
                help: "git -C \(folder) diff HEAD -- \(name)")
        }
    }

    @discardableResult
    private func git(
        _ folder: String, _ arguments: [String], may statuses: Set<Int> = [0]
    ) async throws(AnchorFailure) -> ChildResult {
        var command = ChildCommand("/usr/bin/git")
        // The child begins in the root folder.
        let place = folder.hasPrefix("/") ? folder : "\(Files.currentFolder)/\(folder)"
        command.arguments = ["-C", place] + arguments
        for name in ["HOME", "PATH", "XDG_CONFIG_HOME"] {
            command.environment[name] = tools.variable(name)
        }
        let result: ChildResult
        do throws(ChildError) { result = try await tools.children.run(command) } catch {
            throw AnchorFailure("git in \(folder): \(error.message)")
        }
        guard case .exited(let status) = result.ending, statuses.contains(status) else {
            throw AnchorFailure(
                "git in \(folder): \(result.error.text.trimmedLines)",
                help: "git -C \(folder) status")
        }
        return result
    }
}

extension AnchorFailure {
    /// What a store says.
    init(_ error: StoreError, _ journal: String) {
        self.init("the journal \(journal) cannot be read: \(error)", help: "belay audit verify")
    }
}

extension AuditLog {
    /// The newest signed checkpoint, nil before the first.
    func newest() throws(AnchorFailure) -> SignedCheckpoint? {
        do throws(StoreError) { return try checkpoint() } catch {
            throw AnchorFailure(error, files.path)
        }
    }
}

extension String {
    /// On one line, without blanks at its ends.
    fileprivate var trimmedLines: String {
        split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
