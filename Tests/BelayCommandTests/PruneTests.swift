import Foundation
import Testing

/// Old records go by order, and every command says what is gone.
@Suite struct PruneTests {
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
              - {id: human, uses: notify_human, with: {message: "look at it"}}
        """

    private func journal() async throws -> Folder {
        let folder = try Folder()
        try folder.write(Self.runbook, to: "runbooks/disk.yaml")
        try folder.write(Self.incident, to: "incident.json")
        let run = try await belay("run", "-i", "incident.json", in: folder)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        return folder
    }

    private func belay(_ arguments: String..., in folder: Folder) async throws -> Belay.Answer {
        try await Belay.run(arguments + ["--store", "journal.db"], in: folder)
    }

    @Test func recordsGoAndEveryCommandSaysSo() async throws {
        let folder = try await journal()
        let log = try await belay("audit", "log", "--format", "json", in: folder)
        let record = try #require(try Printed.records(log.output).last)
        let (id, run) = (try #require(record["id"] as? String), record["run"] as? String)
        let held = try await belay(
            "store", "prune", "--records", "--before", "2999-01-01T00:00:00Z", "--by", "ann",
            in: folder)
        #expect(held.status == 0, "\(held.errors)")
        #expect(held.output.hasPrefix("nothing can be pruned\n"), "\(held.output)")
        #expect(held.output.contains("held back before record 1: the words of incident "))
        let asked = try await belay("store", "prune", "--days", "0", "--by", "ann", in: folder)
        #expect(asked.status == 0, "\(asked.errors)")
        #expect(asked.output.contains(" of 1 incident would be erased\n"), "\(asked.output)")
        #expect(asked.output.hasSuffix("nothing was changed: say it again with --yes\n"))
        let erased = try await belay(
            "store", "prune", "--days", "0", "--by", "ann", "--yes", in: folder)
        #expect(erased.status == 0, "\(erased.errors)")
        let plan = try await belay(
            "store", "prune", "--records", "--before", "2999-01-01T00:00:00Z", "--by", "ann",
            in: folder)
        #expect(plan.output.contains(" would go\n"), "\(plan.output)")
        #expect(plan.output.contains("1 ended run, 1 program: "), "\(plan.output)")
        #expect(plan.output.hasSuffix("nothing was changed: say it again with --yes\n"))
        let done = try await belay(
            "store", "prune", "--records", "--before", "2999-01-01T00:00:00Z", "--by", "ann",
            "--yes", in: folder)
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output.contains(" went\n"), "\(done.output)")
        #expect(done.output.contains("  the file: "), "\(done.output)")
        let verified = try await belay("audit", "verify", in: folder)
        #expect(verified.status == 0, "\(verified.output)")
        #expect(verified.output.contains("; records 0 to "), "\(verified.output)")
        #expect(verified.output.hasSuffix(" by person:ann\n"), "\(verified.output)")
        try await sayWhatIsGone(id, run, folder)
    }

    private func sayWhatIsGone(_ id: String, _ run: String?, _ folder: Folder) async throws {
        for command in [["prove", id], ["show", run ?? id], ["show"]] {
            let answer = try await Belay.run(
                ["audit"] + command + ["--store", "journal.db"], in: folder)
            #expect(answer.status == 3, "\(command): \(answer.output)\(answer.errors)")
            #expect(answer.errors.contains(" were pruned on "), "\(command): \(answer.errors)")
        }
        for command in ["log", "export"] {
            let answer = try await belay("audit", command, in: folder)
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.errors.contains(" were pruned on "), "\(answer.errors)")
        }
        // The next run is written where the log goes on, and the alert that was handled is known.
        let again = try await belay("run", "-i", "incident.json", in: folder)
        #expect(again.output.contains("handled before"), "\(again.output)\(again.errors)")
        let kinds = try Printed.records(
            try await belay("audit", "log", "--format", "json", in: folder).output
        ).compactMap { $0["kind"] as? String }
        #expect(kinds.contains("incident.duplicate"), "\(kinds)")
        #expect(!kinds.contains("run.created"), "\(kinds)")
        #expect(try await belay("audit", "verify", in: folder).status == 0)
    }

    /// What would go is told beside whoever has the journal; nothing goes.
    @Test func aJournalThatIsHeldIsLeftAlone() async throws {
        let folder = try await journal()
        let lock = try FileHandle(forUpdating: folder.url("journal.db.lock"))
        #expect(flock(lock.fileDescriptor, LOCK_EX) == 0)
        let order = ["store", "prune", "--records", "--before", "1", "--by", "ann"]
        let plan = try await Belay.run(order + ["--store", "journal.db"], in: folder)
        #expect(plan.status == 0, "\(plan.errors)")
        let refused = try await Belay.run(order + ["--yes", "--store", "journal.db"], in: folder)
        #expect(refused.status == 3, "\(refused.output)\(refused.errors)")
        #expect(refused.errors.contains("is in use"), "\(refused.errors)")
        try lock.close()
        let verified = try await belay("audit", "verify", "--format", "json", in: folder)
        #expect(verified.output.contains(#""pruned": null"#), "\(verified.output)")
    }

    /// The order, its checkpoint, the removal, the end: killed at each, and ordered again.
    @Test(arguments: [
        "sequencer.batch=kill@2", "checkpoint.before_sign=kill@1", "checkpoint.after_file=kill@1",
        "sequencer.batch=kill@3", "sequencer.batch=kill@4", "sequencer.batch=kill@5",
    ]) func aKillLeavesAJournalThatVerifies(_ point: String) async throws {
        let folder = try await journal()
        #expect(
            try await belay("store", "prune", "--days", "0", "--by", "ann", "--yes", in: folder)
                .status == 0)
        let order = [
            "store", "prune", "--records", "--before", "9999", "--by", "ann", "--yes", "--store",
            "journal.db",
        ]
        let killed = try await Belay.run(
            order, in: folder, variables: ["BELAY_TEST_FAILPOINTS": point])
        #expect(killed.status == -9, "\(killed.output)\(killed.errors)")
        let verified = try await belay("audit", "verify", in: folder)
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
        let again = try await Belay.run(order, in: folder)
        #expect(again.status == 0, "\(again.errors)")
        let after = try await belay("audit", "verify", in: folder)
        #expect(after.status == 0, "\(after.output)")
        #expect(after.output.contains(" were pruned on "), "\(after.output)")
    }

    @Test func ordersThatMeanNothingAreRefused() async throws {
        let folder = try await journal()
        for (arguments, word) in [
            (["--records"], "--records and --before TIME|INDEX go together"),
            (["--before", "7"], "--records and --before TIME|INDEX go together"),
            (["--records", "--before", "7", "--days", "9"], "--before for records"),
            (["--records", "--before", "soon"], "soon is no time and no index"),
        ] {
            let answer = try await Belay.run(
                ["store", "prune", "--by", "ann", "--store", "journal.db"] + arguments, in: folder)
            #expect(answer.status == 2, "\(arguments): \(answer.output)\(answer.errors)")
            #expect(answer.errors.contains(word), "\(arguments): \(answer.errors)")
        }
    }
}
