import Foundation
import Testing

/// What was written cannot be changed unnoticed.
@Suite struct AuditTests {
    private static let incident =
        #"{"id": "INC-7", "type": "DiskFull", "priority": "low", "target": "web-7", "title": "a title to change"}"#
    private static let runbook = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: disk, owner: team-platform}
        rules:
          - id: tell
            match: {type: DiskFull}
            steps:
              - {id: human, uses: notify_human, with: {message: "a message to change"}}
        """

    /// A folder with a journal that holds one run.
    private func journal() async throws -> Folder {
        let folder = try Folder()
        try folder.write(Self.runbook, to: "runbooks/disk.yaml")
        try folder.write(Self.incident, to: "incident.json")
        let run = try await Belay.run(
            "run", "-i", "incident.json", "--store", "journal.db", in: folder)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let verified = try await verify(folder)
        #expect(verified.status == 0, "\(verified.output)")
        return folder
    }

    private func verify(_ folder: Folder) async throws -> Belay.Answer {
        try await Belay.run("audit", "verify", "--store", "journal.db", in: folder)
    }

    /// Changes the last byte of a text wherever it stands in the database file, and tells how often it did.
    private func flip(_ text: String, in folder: Folder) throws -> Int {
        var changed = 0
        for name in ["journal.db", "journal.db-wal"] {
            guard var data = try? Data(contentsOf: folder.url(name)) else { continue }
            var from = data.startIndex
            while let range = data.range(of: Data(text.utf8), in: from..<data.endIndex) {
                data[range.upperBound - 1] ^= 1
                from = range.upperBound
                changed += 1
            }
            try data.write(to: folder.url(name))
        }
        return changed
    }

    @Test func aByteOfARecordIsNamed() async throws {
        let folder = try await journal()
        #expect(try flip("run.finished", in: folder) > 0)
        let answer = try await verify(folder)
        #expect(answer.status == 1, "\(answer.output)\(answer.errors)")
        #expect(answer.output.hasPrefix("not verified: "), "\(answer.output)")
        #expect(answer.output.contains("changed_record at "), "\(answer.output)")
    }

    @Test func aByteOfAPayloadIsNamed() async throws {
        let folder = try await journal()
        #expect(try flip("a message to change", in: folder) > 0)
        let answer = try await verify(folder)
        #expect(answer.status == 1, "\(answer.output)\(answer.errors)")
        #expect(answer.output.contains("payload"), "\(answer.output)")
    }

    @Test func aByteOfATableIsNamed() async throws {
        let folder = try await journal()
        var data = try Data(contentsOf: folder.url("journal.db"))
        // The kind of the second page: no tree has such a page.
        data[4096] ^= 1
        try data.write(to: folder.url("journal.db"))
        let answer = try await verify(folder)
        #expect(answer.status == 1 || answer.status == 3, "\(answer.output)\(answer.errors)")
        #expect(!answer.output.hasPrefix("verified"))
        #expect(!(answer.output + answer.errors).isEmpty)
    }

    @Test func anExportIsVerifiedWithoutTheDatabase() async throws {
        let folder = try await journal()
        let export = try await Belay.run("audit", "export", "--store", "journal.db", in: folder)
        let key = try folder.text("journal.db.vkey").trimmingCharacters(in: .whitespacesAndNewlines)
        try folder.write(export.output, to: "journal.jsonl")
        let good = try await Belay.run(
            "audit", "verify", "--export", "journal.jsonl", "--vkey", key, in: folder)
        #expect(good.status == 0, "\(good.output)\(good.errors)")
        try folder.write(
            export.output.replacing("run.finished", with: "run.finishee"), to: "journal.jsonl")
        let bad = try await Belay.run(
            "audit", "verify", "--export", "journal.jsonl", "--vkey", key, in: folder)
        #expect(bad.status == 1, "\(bad.output)\(bad.errors)")
    }

    @Test func idsMayBeShortenedWhileTheyNameOne() async throws {
        let folder = try await journal()
        let second = Self.incident.replacing("INC-7", with: "INC-8")
            .replacing("web-7", with: "web-8")
        try folder.write(second, to: "second.json")
        let run = try await Belay.run(
            "run", "-i", "second.json", "--store", "journal.db", in: folder,
            variables: ["USER": ""])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let account = try await Belay.execute("/usr/bin/id", ["-un"], in: folder)
        #expect(run.output.contains("by person:\(account.lastLine)"), "\(run.output)")
        let log = try await Belay.run(
            "audit", "log", "--store", "journal.db", "--kind", "run.created", "--format", "json",
            in: folder)
        let record = try #require(try Printed.records(log.output).first)
        let (id, incident) = (
            try #require(record["run"] as? String), try #require(record["incident"] as? String)
        )
        // The first digits are the time: both runs began in the same years.
        for command in [["show", String(id.prefix(3))], ["log", "--run", String(id.prefix(3))]] {
            let answer = try await Belay.run(
                ["audit"] + command + ["--store", "journal.db"], in: folder)
            #expect(answer.status == 2, "\(answer.output)")
            #expect(answer.errors.contains("more than one run begins with"), "\(answer.errors)")
        }
        for short in [String(id.dropLast()), String(incident.dropLast())] {
            let shown = try await Belay.run(
                "audit", "show", short, "--store", "journal.db", in: folder)
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(
                shown.output.hasPrefix("audit trail of run \(id) from 2")
                    || shown.output.hasPrefix("audit trail of incident \(incident) from 2"),
                "\(shown.output)")
        }
        for option in ["--run", "--incident"] {
            let none = try await Belay.run(
                "audit", "log", option, "zzzz", "--store", "journal.db", in: folder)
            #expect(none.status == 3, "\(none.output)")
            #expect(none.errors.contains("there is no "), "\(none.errors)")
        }
    }

    @Test func aPauseNamesWhatEndsIt() async throws {
        let folder = try await journal()
        for (scope, cure) in [
            ("target/web-7", "until `belay resume target/web-7`"), ("all", "until `belay resume`"),
        ] {
            let answer = try await Belay.run(
                "pause", scope, "--reason", "by hand", "--store", "journal.db", in: folder)
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.output.contains(cure), "\(answer.output)")
        }
    }

    @Test func aPauseOfANameThatTheNewestRunDoesNotKnowSaysSo() async throws {
        let folder = try await journal()
        func pause(_ scope: String) async throws -> Belay.Answer {
            try await Belay.run(
                "pause", scope, "--reason", "by hand", "--store", "journal.db", in: folder)
        }
        for (scope, said) in [
            (
                "runbook/dsik",
                #"no runbook "dsik" is in the newest run's program; did you mean "disk"? The pause"#
            ),
            (
                "provider/rediss",
                #"no provider "rediss" is bound in any environment of the newest run's program"#
            ),
        ] {
            let slip = try await pause(scope)
            #expect(slip.status == 0, "\(slip.errors)")
            #expect(slip.output.hasPrefix("paused by ann: \(scope) until"), "\(slip.output)")
            #expect(slip.errors.hasPrefix("belay: warning: \(said)"), "\(slip.errors)")
            #expect(
                slip.errors.hasSuffix(" The pause is in force all the same\n"), "\(slip.errors)")
        }
        // No environment lists targets, so any may be one.
        for scope in ["all", "runbook/disk", "target/web-77", "provider/simulated"] {
            let known = try await pause(scope)
            #expect(known.status == 0 && known.errors.isEmpty, "\(scope): \(known.errors)")
        }
    }

    @Test func pausesInForceAreListed() async throws {
        let folder = try await journal()
        func pauses(_ more: String...) async throws -> Belay.Answer {
            let answer = try await Belay.run(
                ["pauses", "--store", "journal.db"] + more, in: folder)
            #expect(answer.status == 0 && answer.errors.isEmpty, "\(answer.errors)")
            return answer
        }
        #expect(try await pauses().output == "no pauses in force\n")
        let none = try JSONSerialization.jsonObject(
            with: Data(try await pauses("--format", "json").output.utf8))
        let empty = try #require(none as? [String: Any])
        #expect(empty["schema_version"] as? String == "1.0")
        #expect((empty["pauses"] as? [Any])?.isEmpty == true, "\(empty)")

        for order in [
            ["target/web-7", "--reason", "by hand"],
            [
                "all", "--reason", "a move\nof much", "--until", "2099-01-01T06:00:00Z", "--by",
                "bo",
            ],
            ["runbook/disk", "--reason", "gone soon", "--for", "5s"],
        ] {
            let paused = try await Belay.run(
                ["pause"] + order + ["--store", "journal.db"], in: folder)
            #expect(paused.status == 0, "\(paused.errors)")
        }
        // Nobody is there to put the end of the third on record; the clock says it.
        var answer = try await pauses()
        for _ in 0..<400 where answer.output.contains("gone soon") {
            try await Task.sleep(for: .milliseconds(50))
            answer = try await pauses()
        }
        let lines = answer.output.split(separator: "\n")
        try #require(lines.count == 2, "\(answer.output)")
        #expect(lines[0].hasPrefix("target/web-7  since 2"), "\(answer.output)")
        #expect(lines[0].contains("  by ann  until resumed"), "\(answer.output)")
        #expect(lines[0].hasSuffix("  by hand"), "\(answer.output)")
        #expect(lines[1].hasPrefix("all           since 2"), "\(answer.output)")
        #expect(
            lines[1].hasSuffix("  by bo   until 2099-01-01T06:00:00Z  a move of much"),
            "\(answer.output)")

        let told = try JSONSerialization.jsonObject(
            with: Data(try await pauses("--format", "json").output.utf8))
        let list = try #require((told as? [String: Any])?["pauses"] as? [[String: Any]])
        #expect(list.map { $0["scope"] as? String } == ["target/web-7", "all"])
        #expect(list.map { $0["owner"] as? String } == ["ann", "bo"])
        #expect(list.map { $0["reason"] as? String } == ["by hand", "a move\nof much"])
        #expect(list[0]["expires"] == nil)
        #expect(list[1]["expires"] as? String == "2099-01-01T06:00:00.000000Z")
        #expect(list.allSatisfy { $0["id"] is String && $0["since"] is String }, "\(list)")

        let resumed = try await Belay.run(
            "resume", "target/web-7", "--store", "journal.db", in: folder)
        #expect(resumed.status == 0, "\(resumed.errors)")
        let left = try await pauses().output
        #expect(left.hasPrefix("all  since 2") && !left.contains("web-7"), "\(left)")
    }

    @Test func aListThatIsCutSaysSo() async throws {
        let folder = try await journal()
        let first = try await Belay.run(
            "audit", "log", "--limit", "2", "--store", "journal.db", in: folder)
        #expect(first.output.split(separator: "\n").count == 2, "\(first.output)")
        #expect(first.errors.contains("there are more records: --from "), "\(first.errors)")
        let all = try await Belay.run("audit", "log", "--store", "journal.db", in: folder)
        #expect(all.errors.isEmpty, "\(all.errors)")
        #expect(all.output.hasPrefix(first.output))
        let rest = try await Belay.run(
            "audit", "log", "--from", "2", "--store", "journal.db", in: folder)
        #expect(all.output == first.output + rest.output)
    }

    @Test func aRecordIsProvedToOthers() async throws {
        let folder = try await journal()
        let log = try await Belay.run(
            "audit", "log", "--store", "journal.db", "--kind", "run.finished", "--format", "json",
            in: folder)
        let record = try #require(try Printed.records(log.output).first)
        let id = try #require(record["id"] as? String)
        let proof = try await Belay.run(
            "audit", "prove", id, "--store", "journal.db", in: folder)
        #expect(proof.status == 0, "\(proof.errors)")
        try folder.write(proof.output, to: "record.proof")
        let export = try await Belay.run("audit", "export", "--store", "journal.db", in: folder)
        #expect(export.output.contains(id))
    }
}
