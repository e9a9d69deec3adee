import BelayCompiler
import BelayEngine
import Foundation
import JSON
import Testing

@testable import BelayProviders

/// Entries are dropped in a real server, and only those that were asked for.
@Suite struct RedisActionTests {
    private let action = RedisAction(tools: TestCall.tools())

    private func perform(
        _ operation: String, _ peer: Peer, _ inputs: JSONObject = [:], _ settings: JSONObject = [:],
        timeout: Duration = .seconds(10)
    ) async -> ActionOutcome {
        var all: JSONObject = ["host": "127.0.0.1", "port": .integer(Int64(peer.port))]
        for member in settings { all[member.name] = member.value }
        return await action.perform(
            TestCall.request(
                "clear_cache", operation: operation, inputs: inputs, settings: all,
                recovery: .idempotent,
                timeout: timeout))
    }

    private func fill(_ peer: Peer, _ commands: [[String]]) async throws -> [RESPValue] {
        var server = RESPServer(host: "127.0.0.1")
        server.port = peer.port
        return try await RESPClient.session(with: server, timeout: .seconds(20)) {
            client throws(RESPFailure) in
            var replies: [RESPValue] = []
            for command in commands { replies.append(try client.command(command)) }
            return replies
        }.get()
    }

    private let keys =
        (0..<2_000).map { ["SET", "session:\($0)", "x"] } + [["SET", "user:1", "y"]]

    @Test func patternUnlinksWhatMatches() async throws {
        let peer = try await Peer.redis()
        _ = try await fill(peer, keys)
        let output = await perform("flush", peer, ["scope": "pattern", "pattern": "session:*"])
            .output
        #expect(output?["freed"] == 2_000)
        #expect(
            try await fill(peer, [["DBSIZE"], ["GET", "user:1"]]) == [.integer(1), .bytes([121])])
        let stats = try await fill(peer, [["INFO", "commandstats"]])
        #expect(stats[0].string?.contains("cmdstat_unlink") == true)
        #expect(stats[0].string?.contains("cmdstat_keys") == false)
    }

    @Test func allEmptiesEveryDatabase() async throws {
        let peer = try await Peer.redis()
        _ = try await fill(
            peer, [["SET", "a", "1"], ["SELECT", "5"], ["SET", "b", "1"], ["SET", "c", "1"]])
        #expect(await perform("flush", peer, ["scope": "all"]).output?["freed"] == 3)
        #expect(try await fill(peer, [["DBSIZE"], ["SELECT", "5"], ["DBSIZE"]])[2] == .integer(0))
    }

    /// The server frees in the background; what is told is what was left when it had.
    @Test func memoryIsReadWhenItIsFree() async throws {
        let peer = try await Peer.redis()
        let value = String(repeating: "x", count: 4_000)
        _ = try await fill(peer, (0..<5_000).map { ["SET", "k:\($0)", value] })
        let output = await perform("flush", peer, ["scope": "all"]).output
        let before = try #require(output?["memory_before"]?.integerValue)
        let after = try #require(output?["memory_after"]?.integerValue)
        #expect(before > 20_000_000)
        #expect(after < before / 4, "\(after) of \(before) bytes are still used")
    }

    @Test func databaseLeavesTheOthers() async throws {
        let peer = try await Peer.redis()
        _ = try await fill(peer, [["SET", "a", "1"], ["SELECT", "5"], ["SET", "b", "1"]])
        #expect(
            await perform("flush", peer, ["scope": "database"], ["database": 5]).output?["freed"]
                == 1)
        #expect(try await fill(peer, [["DBSIZE"]]) == [.integer(1)])
    }

    @Test func expiredDropsOnlyWhatIsOver() async throws {
        let peer = try await Peer.redis(["--enable-debug-command", "local"])
        let short = (0..<300).map { ["SET", "e:\($0)", "x", "PX", "1"] }
        _ = try await fill(
            peer, [["DEBUG", "SET-ACTIVE-EXPIRE", "0"]] + short + [["SET", "k", "v"]])
        try await Task.sleep(for: .milliseconds(50))
        let output = await perform("flush", peer, ["scope": "expired"]).output
        #expect(output?["freed"] == 300)
        #expect(try await fill(peer, [["DBSIZE"]]) == [.integer(1)])
    }

    @Test func figuresAreNumbers() async throws {
        let peer = try await Peer.redis()
        let info = await perform("info", peer, ["section": "memory"]).output?["info"]
        #expect((info?["used_memory"]?.integerValue ?? 0) > 0)
        #expect(info?["used_memory_human"]?.stringValue != nil)
        #expect(await perform("ping", peer).output?["reply"] == "PONG")
    }

    @Test func failuresHaveTheirOutcome() async throws {
        let peer = try await Peer.redis(["--requirepass", "hush-hush"])
        #expect(await perform("ping", peer).shape == "failed(denied)")
        #expect(await perform("ping", peer, [:], ["password": "hush-hush"]).shape == "ok")
        #expect(await perform("flush", peer, ["scope": "pattern"]).shape == "failed(invalid)")
        #expect(await perform("flush", peer, ["scope": "some"]).shape == "failed(invalid)")
        #expect(
            await perform("ping", peer, [:], ["host": "nobody.invalid"]).shape
                == "failed(unavailable)*")
        #expect(
            await perform("ping", peer, [:], ["host": "169.254.169.254"]).shape == "failed(denied)")
        peer.stop()
        #expect(await perform("flush", peer, ["scope": "all"]).shape == "failed(unavailable)*")
    }
}
