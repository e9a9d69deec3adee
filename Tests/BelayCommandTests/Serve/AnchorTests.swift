import Foundation
import Testing

/// The daemon keeps checkpoints of its journal out of its own reach.
@Suite struct AnchorTests {
    // MARK: Files

    @Test func aFileHasTheNewestCheckpointAtTheStartAndAtTheEnd() async throws {
        let folder = try ServedFolder.make()
        let file = folder.path("worm/belay.checkpoints")
        try folder.write("", to: "worm/belay.checkpoints")
        try anchor(["{file: \(file)}"], in: folder)
        var daemon = try await Daemon.start(in: folder)
        let name = "file:\(file)"
        #expect(try await daemon.figures(hold: success(name)), "\(daemon.log)")
        #expect(notes(try folder.text("worm/belay.checkpoints")) == 1)
        try await repair(daemon)

        // Killed, it has told nobody of its last records; the next start does.
        await daemon.kill()
        let before = try folder.text("worm/belay.checkpoints")
        daemon = try await Daemon.start(in: folder)
        #expect(try await isAnchored(daemon, name), "\(daemon.log)")
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        if isLate(daemon) { return }

        let kept = try folder.text("worm/belay.checkpoints")
        #expect(kept.hasPrefix(before) && kept.count > before.count, "\(kept)")
        let newest = try await Belay.run("audit", "checkpoint", "--store", "journal.db", in: folder)
        #expect(kept.hasSuffix(newest.output), "\(kept)\n\(newest.output)")
        let verified = try await Belay.run(
            "audit", "verify", "--checkpoint", file, "--store", "journal.db", in: folder)
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func aRewrittenJournalIsRefusedByItsFileAndWorksOn() async throws {
        let folder = try ServedFolder.make()
        let file = folder.path("belay.checkpoints")
        try anchor(["{file: \(file)}"], in: folder)
        var daemon = try await Daemon.start(in: folder)
        #expect(try await daemon.figures(hold: success("file:\(file)")), "\(daemon.log)")
        let copy = try Folder()
        await daemon.kill()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasPrefix("journal.db") {
            try copy.copy(folder.url(name), to: name)
        }
        daemon = try await Daemon.start(in: folder)
        try await repair(daemon)
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        // Whatever the end had time for, the file has all of it now.
        _ = try await Belay.run(
            "audit", "anchor", "--file", file, "--store", "journal.db", in: folder)
        let kept = try folder.text("belay.checkpoints")
        #expect(notes(kept) > 1, "\(daemon.log)\n\(kept)")

        // The journal as it was before, which then goes another way, with its own key.
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasPrefix("journal.db") {
            try FileManager.default.removeItem(at: folder.url(name))
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: copy.path) {
            try folder.copy(copy.url(name), to: name)
        }
        daemon = try await Daemon.start(in: folder)
        #expect(
            try await daemon.figures(hold: #"belay_anchor_foreign{anchor="file:\#(file)"} 1"#),
            "\(daemon.log)")
        #expect(daemon.log.contains("critical"), "\(daemon.log)")
        #expect(daemon.log.contains("does not continue"), "\(daemon.log)")
        try await repair(daemon)
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        #expect(try folder.text("belay.checkpoints") == kept)
        let asked = try await Belay.run(
            "audit", "anchor", "--file", file, "--store", "journal.db", in: folder)
        #expect(asked.status == 1 && asked.errors.contains("does not continue"), "\(asked.errors)")
    }

    @Test func anotherJournalIsRefused() async throws {
        let folder = try ServedFolder.make()
        let file = folder.path("belay.checkpoints")
        try anchor(["{file: \(file)}"], in: folder)
        var daemon = try await Daemon.start(in: folder)
        #expect(try await daemon.figures(hold: success("file:\(file)")), "\(daemon.log)")
        #expect(await daemon.stop() == 0)
        let kept = try folder.text("belay.checkpoints")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasPrefix("journal.db") {
            try FileManager.default.removeItem(at: folder.url(name))
        }
        daemon = try await Daemon.start(in: folder)
        #expect(
            try await daemon.figures(hold: #"belay_anchor_foreign{anchor="file:\#(file)"} 1"#),
            "\(daemon.log)")
        #expect(daemon.log.contains("ends with a checkpoint"), "\(daemon.log)")
        #expect(await daemon.stop() == 0)
        #expect(try folder.text("belay.checkpoints") == kept)
        let asked = try await Belay.run(
            "audit", "anchor", "--file", file, "--store", "journal.db", in: folder)
        #expect(asked.status == 1 && asked.errors.contains("that no key of"), "\(asked.errors)")
    }

    // MARK: Addresses

    @Test func anAddressThatFailsIsAskedAgain() async throws {
        let (folder, service) = (try ServedFolder.make(), try AnchorService())
        try service.answer("503")
        try anchor(["{http: \"\(service.address)\"}"], in: folder)
        let daemon = try await Daemon.start(in: folder)
        let failures = #"belay_anchor_failures_total{anchor="\#(service.address)"} "#
        for _ in 0..<1200 where daemon.log.matches(of: #/answered 503/#).count < 2 {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(daemon.log.matches(of: #/answered 503/#).count >= 2, "\(daemon.log)")
        let figures = try await daemon.ask("GET", "/metrics").text
        let line = figures.split(separator: "\n").first { $0.hasPrefix(failures) }
        #expect((line?.dropFirst(failures.count)).flatMap { Int($0) } ?? 0 >= 2, "\(figures)")
        #expect(service.kept.isEmpty)
        try await repair(daemon)
        try service.answer("204")
        #expect(try await daemon.figures(hold: success(service.address), within: 60))
        #expect(daemon.log.contains("can be used again"), "\(daemon.log)")
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        if isLate(daemon) { return }
        let newest = try await Belay.run("audit", "checkpoint", "--store", "journal.db", in: folder)
        #expect(service.kept.hasSuffix(newest.output + "\n"), "\(service.kept)")
        #expect((1...2).contains(notes(service.kept)))
    }

    @Test func anAddressSaysThatItHasAnother() async throws {
        let (folder, service) = (try ServedFolder.make(), try AnchorService())
        try service.answer("409")
        try anchor(["{http: \"\(service.address)\"}"], in: folder)
        let daemon = try await Daemon.start(in: folder)
        let foreign = #"belay_anchor_foreign{anchor="\#(service.address)"}"#
        #expect(try await daemon.figures(hold: "\(foreign) 1"), "\(daemon.log)")
        // Told to read its files anew, it asks again at once.
        try service.answer("200")
        daemon.signal(SIGHUP)
        #expect(try await daemon.figures(hold: "\(foreign) 0"), "\(daemon.log)")
        #expect(notes(service.kept) == 1)
        #expect(await daemon.stop() == 0)
    }

    @Test func anAddressThatNeverAnswersDoesNotHoldUpTheEnd() async throws {
        let (folder, service) = (try ServedFolder.make(), try AnchorService())
        try service.answer("hang")
        try anchor(["{http: \"\(service.address)\"}"], in: folder)
        let daemon = try await Daemon.start(in: folder)
        try await repair(daemon)
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        #expect(daemon.log.contains("did not answer in time"), "\(daemon.log)")
        #expect(daemon.log.contains("drained"), "\(daemon.log)")
    }

    // MARK: Tokens

    @Test func anAddressIsShownTheTokenOfASecret() async throws {
        let (folder, service) = (try ServedFolder.make(), try AnchorService())
        let (right, wrong) = ("right-\(UUID().uuidString)", "wrong-\(UUID().uuidString)")
        try service.want(right)
        try secret("{file: \(folder.path("notary"))}", in: folder)
        try anchor(
            [#"{http: "\#(service.address)", token: "${{ secrets.NOTARY_TOKEN }}"}"#], in: folder)
        let check = try await Belay.run("check", "--env", "here", in: folder)
        #expect(check.status == 0, "\(check.output)")

        // A secret that is not there yet is a failure like any other, and no end of the daemon.
        let daemon = try await Daemon.start(in: folder)
        #expect(try await logs(daemon, "secret 'NOTARY_TOKEN'"), "\(daemon.log)")
        #expect(daemon.log.contains("create the file"), "\(daemon.log)")
        try folder.write("\(wrong)\n", to: "notary")
        daemon.signal(SIGHUP)
        #expect(
            try await logs(daemon, "answered 401: it does not take the token"), "\(daemon.log)")
        #expect(service.kept.isEmpty)
        try await repair(daemon)
        // A new token is taken without any word to the daemon.
        try folder.write("\(right)\n", to: "notary")
        #expect(try await daemon.figures(hold: success(service.address), within: 60))
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        #expect(notes(service.kept) > 0)

        let exported = try await Belay.run("audit", "log", "--store", "journal.db", in: folder)
        var texts = [daemon.log, try folder.text("serve.out"), check.output, exported.output]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasPrefix("journal.db") {
            texts.append(String(decoding: try Data(contentsOf: folder.url(name)), as: UTF8.self))
        }
        for text in texts {
            #expect(!text.contains(right) && !text.contains(wrong), "a token is shown")
        }
    }

    @Test func aReloadGivesAnAddressItsToken() async throws {
        let (folder, service) = (try ServedFolder.make(), try AnchorService())
        let token = "right-\(UUID().uuidString)"
        try service.want(token)
        try secret("{env: NOTARY_TOKEN}", in: folder)
        try anchor([#"{http: "\#(service.address)"}"#], in: folder)
        let daemon = try await Daemon.start(in: folder, variables: ["NOTARY_TOKEN": token])
        #expect(try await logs(daemon, "it wants a token"), "\(daemon.log)")
        #expect(service.kept.isEmpty)
        try anchor(
            [#"{http: "\#(service.address)", token: "${{ secrets.NOTARY_TOKEN }}"}"#], in: folder,
            instead: true)
        daemon.signal(SIGHUP)
        #expect(
            try await daemon.figures(hold: success(service.address), within: 60), "\(daemon.log)")
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        #expect(!daemon.log.contains(token))
    }

    // MARK: Repositories

    @Test func aRepositoryHasACommitForEachCheckpoint() async throws {
        let (folder, repository) = (try ServedFolder.make(), try Folder())
        try await git(repository, ["init", "--quiet"])
        try await git(repository, ["config", "user.name", "belay"])
        try await git(repository, ["config", "user.email", "belay@example.com"])
        try anchor(["{git: \(repository.path), every: 2h}"], in: folder)
        var daemon = try await Daemon.start(in: folder)
        let name = "git:\(repository.path)"
        #expect(try await daemon.figures(hold: success(name)), "\(daemon.log)")
        try await repair(daemon)
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        if isLate(daemon) { return }
        let newest = try await Belay.run("audit", "checkpoint", "--store", "journal.db", in: folder)
        let shown = try await git(repository, ["show", "HEAD:belay.checkpoints"])
        #expect(shown.hasSuffix(newest.output), "\(shown)")
        #expect(
            try await git(repository, ["log", "--format=%s"]).split(separator: "\n").count == 2)
        #expect(try await git(repository, ["status", "--porcelain"]).isEmpty)

        // Somebody takes back what was committed: that is no place to begin anew in.
        try repository.write("", to: "belay.checkpoints")
        daemon = try await Daemon.start(in: folder)
        #expect(
            try await daemon.figures(hold: #"belay_anchor_foreign{anchor="\#(name)"} 1"#),
            "\(daemon.log)")
        #expect(await daemon.stop() == 0)
        #expect(try repository.text("belay.checkpoints").isEmpty)
        #expect(try await git(repository, ["show", "HEAD:belay.checkpoints"]) == shown)
    }

    // MARK: Reload

    @Test func aReloadTakesNewAnchors() async throws {
        let folder = try ServedFolder.make()
        let (first, second) = (folder.path("first"), folder.path("second"))
        try anchor(["{file: \(first)}"], in: folder)
        let daemon = try await Daemon.start(in: folder)
        #expect(try await daemon.figures(hold: success("file:\(first)")), "\(daemon.log)")
        try anchor(["{file: \(second)}"], in: folder, instead: true)
        daemon.signal(SIGHUP)
        #expect(try await daemon.figures(hold: success("file:\(second)")), "\(daemon.log)")
        let figures = try await daemon.ask("GET", "/metrics").text
        #expect(!figures.contains(#"belay_anchor_size{anchor="file:\#(first)"}"#), "\(figures)")
        #expect(await daemon.stop() == 0)
    }

    // MARK: What is needed for it

    /// A line that the figures have once an anchor has been given a checkpoint for the first time.
    private func success(_ name: String) -> String {
        #"belay_anchored_checkpoints_total{anchor="\#(name)"} 1"#
    }

    /// Whether an anchor is once known to have the newest checkpoint.
    private func isAnchored(_ daemon: Daemon, _ name: String) async throws -> Bool {
        let figure = #"belay_anchor_last_success_seconds{anchor="\#(name)"} "#
        for _ in 0..<600 {
            let lines = try await daemon.ask("GET", "/metrics").text.split(separator: "\n")
            if lines.contains(where: { $0.hasPrefix(figure) && !$0.hasSuffix(" 0") }) {
                return true
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Whether the log comes to say something.
    private func logs(_ daemon: Daemon, _ words: String) async throws -> Bool {
        for _ in 0..<1200 where !daemon.log.contains(words) {
            try await Task.sleep(for: .milliseconds(50))
        }
        return daemon.log.contains(words)
    }

    private func secret(_ place: String, in folder: Folder) throws {
        let path = "runbooks/environments/here.yaml"
        try folder.write(
            try folder.text(path) + "secrets: {NOTARY_TOKEN: \(place)}\n", to: path)
    }

    private func anchor(
        _ anchors: [String], in folder: Folder, instead: Bool = false
    ) throws {
        let path = "runbooks/environments/here.yaml"
        let text = try folder.text(path)
        let kept =
            instead
            ? text.split(separator: "\n").filter { !$0.hasPrefix("anchors:") }
                .joined(separator: "\n") + "\n" : text
        try folder.write(kept + "anchors: [\(anchors.joined(separator: ", "))]\n", to: path)
    }

    /// Lets it do something, so that the journal grows.
    private func repair(_ daemon: Daemon) async throws {
        let id = UUID().uuidString
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-8", id: id))
        #expect(!(try await daemon.runs("succeeded")).isEmpty)
    }

    /// Whether a machine with too much to do kept an anchor from the last checkpoint: five seconds are all it gets.
    private func isLate(_ daemon: Daemon) -> Bool {
        daemon.log.contains("did not answer in time")
    }

    private func notes(_ text: String) -> Int {
        text.split(separator: "\n").count { $0.hasPrefix("\u{2014} ") }
    }

    @discardableResult
    private func git(_ folder: Folder, _ arguments: [String]) async throws -> String {
        let answer = try await Belay.execute("/usr/bin/git", arguments, in: folder)
        #expect(answer.status == 0, "\(arguments): \(answer.errors)")
        return answer.output
    }
}
