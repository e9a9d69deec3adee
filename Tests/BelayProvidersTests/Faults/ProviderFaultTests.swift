import BelayCompiler
import BelayEngine
import Foundation
import JSON
import Testing

@testable import BelayProviders

/// Faults of providers as the engine meets them: what is tried again, what a person is asked about, and what
/// happens to others meanwhile. The table of docs/faults.md names these tests.
@Suite struct ProviderFaultTests {
    private static let failed = DriveEnd.finished(RunResult(.failed, reason: "unavailable"))
    private static let done = DriveEnd.finished(RunResult(.succeeded))
    private static let asked = DriveEnd.parked(reason: "person")

    /// A name of this test alone, for the server that all tests share.
    private func name() -> String { "f" + UUID().uuidString.prefix(8).lowercased() }

    private func http(_ url: String, _ recovery: RecoveryClass, _ more: String = "") -> String {
        "{provider: http, operation: request, url: \"\(url)\", recovery: \(recovery.rawValue)\(more)}"
    }

    private func ask(_ peer: Peer, _ path: String) async throws -> String {
        let url = try WebAddress("http://127.0.0.1:\(peer.port)\(path)")
        return try await CurlClient().send(HTTPRequest("GET", url)).body.text
    }

    // MARK: - 13: never answers

    @Test(arguments: [
        (RecoveryClass.idempotent, ["timed_out", "timed_out"]), (.once, ["unknown timeout"]),
    ])
    func aServerThatNeverAnswersIsTimedOut(
        _ recovery: RecoveryClass, _ attempts: [String]
    ) async throws {
        let (peer, name) = (try await Peer.weather(), name())
        let engine = try await Engine(
            ["drill": http("http://127.0.0.1:\(peer.port)/mute/\(name)", recovery)], attempts: 2,
            timeout: "3s")
        let story = try await engine.run("drill")
        #expect(story.attempts == attempts)
        #expect(story.keys.count == 1)
        #expect(try await ask(peer, "/count/\(name)") == "\(attempts.count)")
        #expect(
            story.end
                == (recovery == .once
                    ? Self.asked : .finished(RunResult(.failed, reason: "timeout"))))
    }

    @Test(arguments: [
        (RecoveryClass.idempotent, ["timed_out", "timed_out"]), (.once, ["unknown timeout"]),
    ])
    func aProgramThatNeverEndsIsEndedWithItsGroup(
        _ recovery: RecoveryClass, _ attempts: [String]
    ) async throws {
        let mark = try Fixtures.temporaryFolder().appending(path: "pids")
            .path(percentEncoded: false)
        let script = "sleep 600 & echo $$ >>\(mark); echo $! >>\(mark); wait"
        let engine = try await Engine(
            [
                "drill":
                    "{provider: exec, recovery: \(recovery.rawValue), command: [/bin/sh, -c, \"\(script)\"]}"
            ], attempts: 2, timeout: "4s")
        let story = try await engine.run("drill")
        #expect(story.attempts == attempts)
        let pids = try String(contentsOfFile: mark, encoding: .utf8).split(separator: "\n")
            .compactMap { Int32($0) }
        #expect(pids.count == 2 * attempts.count)
        for pid in pids { #expect(await Processes.end(of: pid), "\(pid) lives on") }
    }

    // MARK: - 14, 15: done, and then no good answer

    @Test(arguments: ["flaky", "cut"]) func whatWasSentAndNotAnsweredMayHaveHappened(
        _ weather: String
    ) async throws {
        let (peer, name) = (try await Peer.weather(), name())
        let url = "http://127.0.0.1:\(peer.port)/\(weather)/\(name)"
        let once = try await Engine(["drill": http("\(url)-once/2", .once)]).run("drill")
        #expect(once.end == Self.asked)
        #expect(once.attempts == ["unknown unavailable"])
        #expect(try await ask(peer, "/count/\(name)-once") == "1")

        let keyed = try await Engine(["drill": http("\(url)-keyed/2", .keyed)]).run("drill")
        #expect(keyed.end == Self.done)
        #expect(keyed.attempts == ["unknown unavailable", "unknown unavailable", "succeeded"])
        #expect(try await ask(peer, "/count/\(name)-keyed") == "3")
        #expect(try await ask(peer, "/keys/\(name)-keyed") == "1")
    }

    // MARK: - 16, 34: nothing was sent

    @Test(arguments: RecoveryClass.allCases) func aRefusedConnectionIsTriedAgain(
        _ recovery: RecoveryClass
    ) async throws {
        let port = try Peer.freePort()
        let engine = try await Engine(["drill": http("http://127.0.0.1:\(port)/", recovery)])
        let story = try await engine.run("drill")
        #expect(story.end == Self.failed)
        #expect(story.attempts == Array(repeating: "failed unavailable", count: 3))
    }

    @Test(arguments: RecoveryClass.allCases) func aNameWithoutAddressIsAskedForAgain(
        _ recovery: RecoveryClass
    ) async throws {
        let (peer, name) = (try await Peer.weather(), name())
        let questions = Locked(0)
        let resolver = Resolver.table { _ in
            let number = questions.withLock { count in
                count += 1
                return count
            }
            return number < 3 ? [] : ["127.0.0.1"]
        }
        let url = "http://shop.example:\(peer.port)/tally/\(name)"
        let engine = try await Engine(
            ["drill": http(url, recovery)], tools: TestCall.tools(resolver: resolver))
        let story = try await engine.run("drill")
        #expect(story.end == Self.done)
        #expect(story.attempts == ["failed unavailable", "failed unavailable", "succeeded"])
        #expect(try await ask(peer, "/count/\(name)") == "1")
    }

    @Test func aSlowNameServerIsLeftBehindBeforeAnythingIsSent() async throws {
        let resolver = Resolver { _ in
            try? await Task.sleep(for: .seconds(30))
            return []
        }
        let engine = try await Engine(
            ["drill": http("http://shop.example/", .once)], attempts: 2, timeout: "500ms",
            tools: TestCall.tools(resolver: resolver))
        let story = try await engine.run("drill")
        #expect(story.end == Self.failed)
        #expect(story.attempts == ["failed unavailable", "failed unavailable"])
        #expect(story.message?.contains("shop.example") == true)
    }

    // MARK: - 17: one is slow

    @Test func aSlowServerHoldsBackNobodyElse() async throws {
        let (peer, name) = (try await Peer.weather(), name())
        let root = "http://127.0.0.1:\(peer.port)"
        let engine = try await Engine(
            [
                "slow": http("\(root)/mute/\(name)", .keyed, ", max_in_flight: 4"),
                "other": http("\(root)/tally/\(name)-other", .once),
                "program": "{provider: exec, command: [/bin/true]}",
            ], timeout: "10m")
        var slow: [Task<Engine.Story, any Error>] = []
        for number in 0..<100 {
            let begun = try await engine.begin("slow", on: number)
            slow.append(Task { try await engine.drive(begun) })
        }
        while try await ask(peer, "/count/\(name)") != "4" {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await engine.run("other", on: 101).end == Self.done)
        #expect(try await engine.run("program", on: 102).end == Self.done)
        for task in slow { task.cancel() }
        for task in slow { #expect(try await task.value.end == .stopped) }
        // Who waited for room when the runs were stopped is never sent.
        #expect(try await ask(peer, "/count/\(name)") == "4")
    }

    // MARK: - 18: 100 MB, and no text

    @Test func aHundredMegabytesAreKeptAsTheirEndsAndTheirDigest() async throws {
        let script =
            "printf 'first\\\\n'; head -c 100000000 /dev/zero; printf '\\\\377last\\\\n'"
        let command = "command: [/bin/sh, -c, \"\(script)\"]"
        let engine = try await Engine([
            "whole": "{provider: exec, \(command)}",
            "ends": "{provider: exec, output: ends, \(command)}",
        ])
        // sha256sum of "first\n", 100,000,000 times NUL, 0xff and "last\n".
        let digest = try await Digests.shell(
            "printf 'first\\n'; head -c 100000000 /dev/zero; printf '\\377last\\n'")

        let whole = try await engine.run("whole")
        #expect(whole.attempts == ["failed output_too_large"])
        let message = try #require(whole.message)
        for word in ["100000012 bytes", digest, "first", "last"] {
            #expect(message.contains(word), "\(message)")
        }
        let ends = try await engine.run("ends", on: 1)
        #expect(ends.end == Self.done)
        #expect(ends.output?["stdout_bytes"] == 100_000_012)
        #expect(ends.output?["stdout_sha256"] == .string(digest))
        let text = try #require(ends.output?["stdout"]?.stringValue)
        #expect(text.hasPrefix("first\n\0") && text.hasSuffix("\0\u{fffd}last\n"))
        #expect(text.utf8.count < 10_000)
    }
}

/// Digests by another program than ours.
private enum Digests {
    static func shell(_ script: String) async throws -> String {
        var command = ChildCommand("/bin/sh")
        command.arguments = ["-c", "(\(script)) | sha256sum"]
        command.environment = ["PATH": "/usr/bin:/bin"]
        command.timeout = .seconds(120)
        return String(try await ChildProcesses().run(command).output.text.prefix { $0 != " " })
    }
}
