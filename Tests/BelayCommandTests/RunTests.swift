import Foundation
import Testing

/// `belay run` against a real Redis: what it does is done, and told.
@Suite struct RunTests {
    private static let delivery = Repository.runbooks + "/incidents/redis-memory-high.json"
    private static let arguments = [
        "-i", delivery, "--repo", Repository.root.path, "--env", "local",
    ]

    @Test func theKeysAreGoneAndTheTrailTellsWhy() async throws {
        let folder = try Folder()
        let redis = try await Redis.start()
        try await redis.fill()
        #expect(try await redis.keys() > 50_000)

        let run = try await Belay.run(
            ["run"] + Self.arguments, in: folder, variables: redis.variables)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(try await redis.keys() == 0)

        let trail = try await Belay.run("audit", "show", "--format", "json", in: folder)
        let records = try Printed.records(trail.output)
        for step in ["clear", "restart", "human"] {
            let own = records.filter { $0["step"] as? String == step }
            let intent = try #require(
                own.first { $0["kind"] as? String == "step.intent" }, "\(step) has no intent")
            let result = try #require(
                own.first { $0["kind"] as? String == "step.result" }, "\(step) has no result")
            #expect(result["outcome"] as? String == "succeeded")
            let key = intent["idem"] as? String ?? ""
            #expect(key.count == 64 && key.allSatisfy { $0.isHexDigit }, "\(step): \(key)")
        }
        #expect(trail.output.contains("run.finished"))

        let verified = try await Belay.run("audit", "verify", in: folder)
        #expect(verified.status == 0)
        #expect(verified.output.hasPrefix("verified: "))
    }

    @Test func aDryRunTouchesNothingAndPlansTheSame() async throws {
        let folder = try Folder()
        let redis = try await Redis.start()
        try await redis.fill()
        let before = try await redis.keys()

        let plan = try await Belay.run(
            ["plan"] + Self.arguments, in: folder, variables: redis.variables)
        #expect(!FileManager.default.fileExists(atPath: folder.path("state")))
        let dry = try await Belay.run(
            ["run", "--dry-run"] + Self.arguments, in: folder, variables: redis.variables)
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(
            Golden.settled(dry.output)
                == Golden.settled(plan.output) + "dry run: nothing was called\n")
        #expect(try await redis.keys() == before)

        let log = try await Belay.run("audit", "log", in: folder)
        #expect(log.output.contains("plan.built"))
        #expect(!log.output.contains("step.intent"))
    }

    @Test func whatARunWaitsForIsSaidLast() async throws {
        let folder = try ServedFolder.make()
        try folder.write(
            ServedFolder.incident("DiskFull", of: "web-7", id: "R-1"), to: "incident.json")
        let run = try await Belay.run(
            "run", "--env", "here", "--incident", "incident.json", "--store", "journal.db",
            in: folder)
        #expect(run.status == 1, "\(run.output)\(run.errors)")
        let now = run.output.split(separator: "\n").drop { !$0.hasPrefix("   now  ") }.prefix(3)
        #expect(now.first?.contains("for consent to") == true, "\(run.output)")
        #expect(now.dropFirst().allSatisfy { $0.hasPrefix("        belay ") }, "\(now)")
    }

    /// On one terminal the progress is the story, and the trail is only named; elsewhere the trail is there.
    @Test func aTerminalTellsItOnce() async throws {
        let folder = try Folder()
        let command = "belay run -i '\(Self.delivery)' --repo '\(Repository.root.path)'"
        let terminal = try await Belay.execute(
            "/usr/bin/script", ["-qec", command, "/dev/null"], in: folder)
        #expect(terminal.status == 0, "\(terminal.output)")
        #expect(terminal.output.contains("clear_cache by simulated"))
        #expect(!terminal.output.contains("step.intent"), "\(terminal.output)")
        #expect(terminal.output.contains("records in the audit trail: belay audit show "))
        #expect(terminal.output.contains("verified: "))
        let second = try Folder()
        let piped = try await Belay.execute(
            "/usr/bin/script", ["-qec", command + " | cat", "/dev/null"], in: second)
        #expect(piped.output.contains("step.intent"), "\(piped.output)")
    }

    @Test func whatCarriesAStepOutIsCutInPlans() async throws {
        let folder = try Folder()
        _ = try await Belay.run("init", in: folder)
        let path = "runbooks/environments/production.yaml"
        let long = "/usr/local/lib/operations/tools/restart/restart-service-with-care"
        try folder.write(
            folder.text(path).replacing("/usr/local/bin/restart-service", with: long), to: path)
        let plan = try await Belay.run(
            "plan", "-i", "runbooks/incidents/pressure.json", "--env", "production", in: folder,
            variables: ["REDIS_HOST": "127.0.0.1"])
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(plan.output.contains("exec \(long.prefix(34))…"), "\(plan.output)")
    }

    @Test func theSameDeliveryAgainDoesNothingAgain() async throws {
        let folder = try Folder()
        let redis = try await Redis.start()
        let first = try await Belay.run(
            ["run"] + Self.arguments, in: folder, variables: redis.variables)
        #expect(first.status == 0, "\(first.output)\(first.errors)")
        _ = try await redis.ask("SET", "after", "1")
        let second = try await Belay.run(
            ["run"] + Self.arguments, in: folder, variables: redis.variables)
        #expect(second.status == 1)
        #expect(second.output.contains("handled before"))
        #expect(try await redis.keys() == 1)
    }

    @Test func aServerThatIsGoneIsAFailureThatReachesAPerson() async throws {
        let folder = try Folder()
        let variables = ["REDIS_HOST": "127.0.0.1", "REDIS_PORT": "1"]
        let run = try await Belay.run(["run"] + Self.arguments, in: folder, variables: variables)
        #expect(run.status == 1)
        let text = run.output + run.errors
        #expect(text.contains("unavailable"))
        #expect(text.contains("notify_human"))
        let verified = try await Belay.run("audit", "verify", in: folder)
        #expect(verified.status == 0, "\(verified.output)")
    }
}
