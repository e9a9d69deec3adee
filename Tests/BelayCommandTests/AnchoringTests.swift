import Foundation
import Testing

/// `belay audit anchor`: a file, an address and a repository get the newest checkpoint, once.
@Suite struct AnchoringTests {
    private static let incident =
        #"{"id": "INC-7", "type": "DiskFull", "priority": "low", "target": "web-7", "title": "full"}"#
    private static let runbook = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: disk, owner: team-platform}
        rules:
          - id: tell
            match: {type: DiskFull}
            steps:
              - {id: human, uses: notify_human, with: {message: "full"}}
        """

    private func journal() async throws -> Folder {
        let folder = try Folder()
        try folder.write(Self.runbook, to: "runbooks/disk.yaml")
        try await run(in: folder)
        return folder
    }

    private func run(_ id: String = "INC-7", in folder: Folder) async throws {
        try folder.write(Self.incident.replacing("INC-7", with: id), to: "incident.json")
        let run = try await Belay.run(
            "run", "-i", "incident.json", "--store", "journal.db", in: folder)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    private func anchor(_ more: String..., in folder: Folder) async throws -> Belay.Answer {
        try await anchor(more, in: folder)
    }

    private func anchor(_ more: [String], in folder: Folder) async throws -> Belay.Answer {
        try await Belay.run(["audit", "anchor", "--store", "journal.db"] + more, in: folder)
    }

    private func notes(_ text: String) -> Int {
        text.split(separator: "\n").count { $0.hasPrefix("\u{2014} ") }
    }

    @Test func aFileGrowsOnceForEachCheckpoint() async throws {
        let folder = try await journal()
        let first = try await anchor("--file", "kept", in: folder)
        #expect(first.status == 0 && first.output.hasPrefix("kept: "), "\(first)")
        let again = try await anchor("--file", "kept", in: folder)
        #expect(again.status == 0 && again.output.hasPrefix("kept has it: "), "\(again)")
        try await run("INC-8", in: folder)
        #expect(try await anchor("--file", "kept", in: folder).output.hasPrefix("kept: "))
        #expect(notes(try folder.text("kept")) == 2)
        let verified = try await Belay.run(
            "audit", "verify", "--checkpoint", "kept", "--store", "journal.db", in: folder)
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func aCheckpointThatWasCutOffIsWrittenAgain() async throws {
        let folder = try await journal()
        #expect(try await anchor("--file", "kept", in: folder).status == 0)
        let whole = try folder.text("kept")
        try await run("INC-8", in: folder)
        #expect(try await anchor("--file", "kept", in: folder).status == 0)
        let both = Array(try folder.text("kept").utf8)
        let start = whole.utf8.count
        for end in stride(from: start, through: both.count - 1, by: 37) {
            let cut = String(decoding: both[..<end], as: UTF8.self)
            try folder.write(cut, to: "cut")
            let answer = try await anchor("--file", "cut", in: folder)
            #expect(answer.status == 0, "\(cut)\n\(answer.errors)")
            let text = try folder.text("cut")
            #expect(
                text.hasPrefix(cut)
                    && text.hasSuffix(String(decoding: both[(start + 1)...], as: UTF8.self)))
            #expect(try await anchor("--file", "cut", in: folder).output.hasPrefix("cut has it"))
        }
    }

    @Test func aFileWithOtherThingsIsLeftAlone() async throws {
        let folder = try await journal()
        for text in ["to do: buy milk\n", "to do: buy milk"] {
            try folder.write(text, to: "notes.txt")
            let answer = try await anchor("--file", "notes.txt", in: folder)
            #expect(answer.status == 1, "\(answer)")
            #expect(answer.errors.contains("does not end with a checkpoint"), "\(answer.errors)")
            #expect(try folder.text("notes.txt") == text)
        }
        let nowhere = try await anchor("--file", "no/such/folder/kept", in: folder)
        #expect(nowhere.status == 3, "\(nowhere)")
        #expect(nowhere.errors.contains("No such file"), "\(nowhere.errors)")
    }

    @Test func aRepositoryGetsWhatACrashLeftUncommitted() async throws {
        let (folder, home) = (try await journal(), "home")
        try folder.write("[user]\nname = ann\nemail = ann@example.com\n", to: "\(home)/.gitconfig")
        let made = try await Belay.execute(
            "/usr/bin/git", ["init", "--quiet", "anchors"], in: folder)
        #expect(made.status == 0)
        // As if it had died between the file and the commit.
        #expect(try await anchor("--file", "anchors/belay.checkpoints", in: folder).status == 0)
        let answer = try await anchor("--git", "anchors", in: folder)
        #expect(answer.status == 0 && answer.output.hasPrefix("anchors: "), "\(answer)")
        let again = try await anchor("--git", "anchors", in: folder)
        #expect(again.output.hasPrefix("anchors has it: "), "\(again)")
        let log = try await Belay.execute(
            "/usr/bin/git", ["-C", "anchors", "log", "--format=%s"], in: folder)
        #expect(log.output.split(separator: "\n").count == 1, "\(log.output)")
        let nowhere = try await anchor("--git", "home", in: folder)
        #expect(nowhere.status == 3, "\(nowhere)")
        #expect(nowhere.errors.contains("not a git repository"), "\(nowhere.errors)")
    }

    @Test func anAddressIsToldAndItsAnswerCounts() async throws {
        let (folder, service) = (try await journal(), try AnchorService())
        #expect(try await anchor("--http", service.address, in: folder).status == 0)
        let newest = try await Belay.run("audit", "checkpoint", "--store", "journal.db", in: folder)
        #expect(service.kept == newest.output + "\n")
        try service.answer("500")
        let failed = try await anchor("--http", service.address, in: folder)
        #expect(failed.status == 3 && failed.errors.contains("answered 500"), "\(failed)")
        try service.answer("409")
        let refused = try await anchor("--http", service.address, in: folder)
        #expect(refused.status == 1 && refused.errors.contains("does not continue"), "\(refused)")
        #expect(try await anchor("--http", "anchor", in: folder).status == 2)
    }

    @Test func anAddressIsShownTheTokenOfAFile() async throws {
        let (folder, service) = (try await journal(), try AnchorService())
        let (right, wrong) = ("right-\(UUID().uuidString)", "wrong-\(UUID().uuidString)")
        try service.want(right)
        let bare = try await anchor("--http", service.address, in: folder)
        #expect(bare.status == 3 && bare.errors.contains("it wants a token"), "\(bare)")
        let door = ["--http", service.address, "--http-token-file", "token"]
        let missing = try await anchor(door, in: folder)
        #expect(missing.status == 3 && missing.errors.contains("cannot be read"), "\(missing)")
        #expect(missing.errors.contains("help: create the file"), "\(missing)")
        for flawed in ["", "two words", "\(wrong)\r\n"] {
            try folder.write(flawed, to: "token")
            let answer = try await anchor(door, in: folder)
            #expect(answer.status == 3 && answer.errors.contains("is no token"), "\(answer)")
        }
        try folder.write("\(wrong)\n", to: "token")
        let refused = try await anchor(door, in: folder)
        #expect(refused.status == 3 && refused.errors.contains("answered 401"), "\(refused)")
        #expect(refused.errors.contains("does not take the token"), "\(refused)")
        #expect(service.kept.isEmpty)
        try folder.write("\(right)\n", to: "token")
        let kept = try await anchor(door, in: folder)
        #expect(kept.status == 0 && notes(service.kept) == 1, "\(kept)")
        for answer in [missing, refused, kept] {
            let text = answer.output + answer.errors
            #expect(!text.contains(right) && !text.contains(wrong), "\(text)")
        }
        let two = try await anchor(door + ["--http", "https://anchor.example.com/"], in: folder)
        #expect(two.status == 2 && two.errors.contains("for one --http"), "\(two)")
        let plain = try await anchor(
            ["--http", "http://anchor.example.com/", "--http-token-file", "token"], in: folder)
        #expect(plain.status == 2 && plain.errors.contains("without TLS"), "\(plain)")
        #expect(notes(service.kept) == 1)
    }
}
