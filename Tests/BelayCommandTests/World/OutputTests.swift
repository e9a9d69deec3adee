import Foundation
import Testing

/// What a program writes costs no memory: the engine that reads it is measured from outside.
@Suite struct OutputTests {
    private static let runbook = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: flood, owner: test}
        rules:
          - id: flood
            catch_all: true
            steps:
              - {id: tell, uses: notify_human}
        """

    /// Runs a program that writes so many bytes, and measures the most that any process of the run had in memory, in kB.
    private func peak(_ bytes: Int) async throws -> (kilobytes: Int, answer: Belay.Answer) {
        let folder = try Folder()
        try folder.write(Self.runbook, to: "runbooks/flood.yaml")
        try folder.write(
            """
            apiVersion: belay/v1
            kind: Environment
            metadata: {name: flood}
            mode: auto
            bind:
              notify_human:
                {provider: exec, output: ends, timeout: 5m, command: [/usr/bin/head, -c, "\(bytes)", /dev/zero]}
            """, to: "runbooks/environments/flood.yaml")
        try folder.write(
            #"{"id": "1", "type": "Flood", "priority": "high", "started_at": "2026-03-01T02:00:00Z"}"#,
            to: "incident.json")
        let measured = """
            import resource, subprocess, sys
            status = subprocess.run(sys.argv[1:]).returncode
            print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
            sys.exit(status)
            """
        let answer = try await Belay.execute(
            "/usr/bin/env",
            [
                "python3", "-u", "-c", measured, Belay.path, "run", "-i", "incident.json", "--env",
                "flood",
            ], in: folder)
        let line = answer.output.split(separator: "\n").last { $0.hasPrefix("peak ") }
        return (try #require(line.flatMap { Int($0.dropFirst(5)) }), answer)
    }

    @Test func memoryIsBoundedWhateverAProgramWrites() async throws {
        let little = try await peak(1_000)
        #expect(little.answer.status == 0, "\(little.answer.output)\(little.answer.errors)")
        let much = try await peak(300_000_000)
        #expect(much.answer.status == 0, "\(much.answer.output)\(much.answer.errors)")
        #expect(much.kilobytes < little.kilobytes + 32_000, "\(little.kilobytes) kB at rest")
    }
}
