import Foundation
import Testing

/// Slips of the fingers get the word that was meant, and exit statuses tell whose fault it was.
@Suite struct UsageTests {
    private func repository() throws -> Folder {
        let folder = try Folder()
        try folder.copy(Repository.root.appending(path: "runbooks"), to: "runbooks")
        return folder
    }

    @Test(
        arguments: [
            (["chekc"], "belay check"),
            (["audit", "verfy"], "belay audit verify"),
            (["help", "audti", "verify"], "belay audit"),
            (["check", "--formt", "json"], "--format"),
            (
                ["plan", "-i", "runbooks/incidents/redis-memory-high.json", "--env", "locl"],
                "local"
            ),
            (
                [
                    "plan", "-i", "runbooks/incidents/redis-memory-high.json", "--source",
                    "alertmanger",
                ],
                "alertmanager"
            ),
            (["check", "--explain", "RB1O03"], "RB1003"),
            (
                [
                    "explain", "-i", "runbooks/incidents/redis-memory-high.json", "--rule",
                    "cache-memory-presure",
                ], "cache-memory-pressure"
            ),
            (["audit", "log", "--kind", "step.intnt"], "step.intent"),
        ])
    func theWordThatWasMeantIsNamed(_ arguments: [String], _ meant: String) async throws {
        let folder = try repository()
        let answer = try await Belay.run(arguments, in: folder)
        #expect(answer.status == 2, "\(answer.errors)")
        #expect(answer.output.isEmpty, "\(answer.output)")
        let words = answer.errors.lowercased()
        #expect(words.contains("did you mean"), "\(answer.errors)")
        #expect(answer.errors.contains(meant), "\(answer.errors)")
    }

    @Test func aWordThatIsNoCommandIsNotGuessed() async throws {
        let folder = try Folder()
        let answer = try await Belay.run("xyzzy", "plugh", in: folder)
        #expect(answer.status == 2, "\(answer.errors)")
        #expect(answer.errors.contains("unknown command `belay xyzzy`"))
        #expect(answer.errors.contains("`belay --help` lists the commands"))
        let action = try await Belay.run("actions", "clear_cache", in: folder)
        #expect(action.status == 0 && action.output.hasPrefix("clear_cache"), "\(action.errors)")
        for words in [
            ["help"], ["help", "audit"], ["help", "audit", "log"], ["audit", "--help"], [],
        ] {
            let help = try await Belay.run(words, in: folder)
            #expect(
                help.status == 0 && help.output.contains("OVERVIEW"), "\(words): \(help.errors)")
        }
    }

    @Test func anUnreadableIncidentNamesItsMember() async throws {
        let folder = try repository()
        let delivery = try folder.text("runbooks/incidents/redis-memory-high.json")
        try folder.write(
            delivery.replacing("\"2026-11-23T22:18:54.639Z\"", with: "\"yesterday\""),
            to: "bad.json")
        let answer = try await Belay.run("plan", "-i", "bad.json", in: folder)
        #expect(answer.status == 3)
        #expect(answer.errors.contains("alerts[0].startsAt"), "\(answer.errors)")
    }

    @Test func whatCannotBeReadIsStatus3() async throws {
        let folder = try repository()
        try folder.write("{\"type\": \"x\",", to: "broken.json")
        try folder.write("[1, 2]", to: "strange.json")
        for file in ["missing.json", "broken.json", "strange.json"] {
            let answer = try await Belay.run("plan", "-i", file, in: folder)
            #expect(answer.status == 3, "\(file): \(answer.errors)")
            #expect(answer.errors.contains(file), "\(answer.errors)")
        }
        let nowhere = try await Belay.run("audit", "verify", "--store", "none.db", in: folder)
        #expect(nowhere.status == 3, "\(nowhere.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("none.db")))
    }

    @Test(arguments: [
        ["test"], ["plan", "-i", "none.json"], ["explain", "-i", "none.json"], ["runs"],
        ["pauses"], ["actions", "list"], ["token", "list"], ["audit", "show"], ["audit", "log"],
        ["audit", "verify"], ["doctor"],
    ])
    func aFormatThatIsNoneIsRefused(_ command: [String]) async throws {
        let folder = try repository()
        let answer = try await Belay.run(command + ["--format", "jsno"], in: folder)
        #expect(answer.status == 2, "\(answer.output)\(answer.errors)")
        #expect(answer.errors.contains("unknown format jsno"), "\(answer.errors)")
        #expect(answer.errors.contains("formats are human, json"), "\(answer.errors)")
    }

    @Test(arguments: [
        ["store", "prune", "--by", "ann", "--yes"], ["store", "accept", "--by", "ann"],
        ["store", "prune", "--by", "ann"], ["store", "backup", "copy.db"], ["recover"],
        ["audit", "rotate-key", "--by", "ann"], ["audit", "forget", "x", "--by", "ann"],
        ["pauses"],
    ])
    func aMistypedJournalIsNotMade(_ command: [String]) async throws {
        let folder = try repository()
        let answer = try await Belay.run(command + ["--store", "typo.db"], in: folder)
        #expect(answer.status == 3, "\(answer.output)\(answer.errors)")
        #expect(answer.errors.contains("there is no typo.db"), "\(answer.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("typo.db")))
    }

    @Test(arguments: ["serve", "recover"])
    func whatChecksTheEnvironmentIsNamed(_ command: String) async throws {
        let folder = try Folder()
        try folder.write(
            "apiVersion: belay/v1\nkind: Runbook\nmetadata: {name: x}\nruls: []\n",
            to: "runbooks/broken.yaml")
        let answer = try await Belay.run(command, "--env", "here", in: folder)
        #expect(answer.status == 1, "\(answer.errors)")
        #expect(answer.errors.contains("help: belay check --env here"), "\(answer.errors)")
    }

    @Test(arguments: ["approve", "deny", "cancel"])
    func aRunWithoutANameIsRefused(_ command: String) async throws {
        let folder = try Folder()
        let answer = try await Belay.run(command, "", in: folder)
        #expect(answer.status == 2, "\(answer.errors)")
        #expect(answer.errors.contains("the run's id is empty"), "\(answer.errors)")
    }

    @Test func anOutputThatCannotBeWrittenIsStatus3() async throws {
        let folder = try Folder()
        let answer = try await Belay.execute(
            "/bin/bash", ["-c", "belay schema runbook > /dev/full"], in: folder)
        #expect(answer.status == 3, "\(answer.errors)")
        #expect(
            answer.errors.contains("cannot write standard output: No space left on device"),
            "\(answer.errors)")
    }

    @Test func variablesThatAreNotSetAreNamed() async throws {
        let folder = try repository()
        let answer = try await Belay.run(
            "run", "-i", "runbooks/incidents/redis-memory-high.json", "--env", "lambda", in: folder)
        #expect(answer.status == 2, "\(answer.errors)")
        #expect(answer.errors.contains("METRICS_URL"), "\(answer.errors)")
    }

    @Test func anIncidentComesThroughStandardInputToo() async throws {
        let folder = try repository()
        let delivery = try folder.text("runbooks/incidents/redis-memory-high.json")
        let answer = try await Belay.run("plan", "-i", "-", in: folder, input: delivery)
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(answer.output.contains("cache-memory-pressure"))
    }

    @Test func explainNamesTheFirstClauseThatFails() async throws {
        let folder = try repository()
        try folder.write(
            #"{"type": "RedisMemoryHigh", "priority": "low", "target": "cache"}"#, to: "low.json")
        let answer = try await Belay.run(
            "explain", "-i", "low.json", "--rule", "cache-memory-pressure", in: folder)
        #expect(answer.status == 0, "\(answer.errors)")
        let line = try #require(
            answer.output.split(separator: "\n").first { $0.contains("match.priority") })
        #expect(line.contains("low") && line.contains("critical"), "\(line)")
        #expect(!line.contains("ok  match.priority"), "\(line)")
    }
}
