import Foundation
import Testing

/// `belay doctor` compares this clock with that of AWS: here a stand-in for STS whose clock is set by the test.
@Suite struct ClockTests {
    private func findings(_ arguments: String...) async throws -> [[String: String]] {
        let clock = try Clock(arguments)
        let folder = try Folder()
        try folder.write(
            """
            apiVersion: belay/v1
            kind: Environment
            metadata: {name: here}
            mode: auto
            bind:
              notify_human: {provider: aws.sns, region: eu-west-1, topic: "arn:aws:sns:eu-west-1:123456789012:t"}
            """, to: "runbooks/environments/here.yaml")
        try folder.write(
            """
            apiVersion: belay/v1
            kind: Runbook
            metadata: {name: tell, owner: test}
            rules: [{id: tell, catch_all: true, steps: [{id: human, uses: notify_human}]}]
            """, to: "runbooks/tell.yaml")
        let answer = try await Belay.run(
            ["doctor", "--env", "here", "--format", "json"], in: folder,
            variables: [
                "AWS_ENDPOINT_URL": "http://127.0.0.1:\(clock.port)", "AWS_ACCESS_KEY_ID": "AK",
                "AWS_SECRET_ACCESS_KEY": "s", "AWS_EC2_METADATA_DISABLED": "true",
            ])
        let value = try JSONSerialization.jsonObject(with: Data(answer.output.utf8))
        return (value as? [String: Any])?["findings"] as? [[String: String]] ?? []
    }

    @Test(arguments: [
        ("600", "problem", "behind"), ("-600", "problem", "ahead"), ("120", "warning", "behind"),
        ("0", "ok", "agrees with AWS"),
    ])
    func aClockThatIsOffIsNamed(_ seconds: String, _ status: String, _ words: String) async throws {
        let found = try await findings(seconds)
        let clock = try #require(found.first { $0["check"] == "clock" }, "\(found)")
        #expect(clock["status"] == status, "\(clock)")
        #expect(clock["message"]?.contains(words) == true, "\(clock)")
        #expect(status == "ok" || clock["cure"]?.contains("set the clock") == true)
        #expect(found.contains { $0["check"] == "identity" && $0["status"] == "ok" })
    }

    /// Beyond five minutes AWS refuses the question itself, in words that look like a wrong key.
    @Test func aRefusalForTheClockIsNoWrongKey() async throws {
        let found = try await findings("600", "refuse")
        let clock = try #require(found.first { $0["check"] == "clock" }, "\(found)")
        #expect(clock["status"] == "problem")
        #expect(clock["cure"]?.contains("set the clock") == true)
        #expect(!found.contains { $0["check"] == "identity" })
    }
}

/// The stand-in on a free port; gone with the test.
private final class Clock: Sendable {
    let port: String
    private let life = Pipe()
    private let program: RunningProgram

    init(_ arguments: [String]) throws {
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", Repository.fixtures.appending(path: "servers/sts.py").path] + arguments
        process.standardInput = life
        process.standardOutput = output
        program = try RunningProgram(process)
        port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit { try? life.fileHandleForWriting.close() }
}
