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
        let records = try JSONLines.objects(trail.output)
        for step in ["clear", "restart", "human"] {
            let own = records.filter { $0["step"] as? String == step }
            let intent = try #require(
                own.first { $0["kind"] as? String == "step.intent" }, "\(step) has no intent")
            let result = try #require(
                own.first { $0["kind"] as? String == "step.result" }, "\(step) has no result")
            #expect(result["outcome"] as? String == "succeeded")
            let key = intent["idem"] as? String ?? ""
            #expect(key.count == 64 && key.allSatisfy(\.isHexDigit), "\(step): \(key)")
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

/// JSON that a command printed: one array, or a document a line.
enum JSONLines {
    static func objects(_ text: String) throws -> [[String: Any]] {
        if let whole = try? JSONSerialization.jsonObject(with: Data(text.utf8)) {
            return (whole as? [[String: Any]]) ?? [whole as? [String: Any] ?? [:]]
        }
        return try text.split(separator: "\n").map { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
        }
    }
}
