import Foundation
import Testing

/// A process that is killed in the middle leaves a journal that opens, verifies and shows what was under way.
@Suite struct InterruptionTests {
    private static let runbook = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: slow, owner: team-platform}
        rules:
          - id: slow
            match: {type: DiskFull}
            steps:
              - {id: first, uses: clear_cache, with: {scope: expired}}
              - {id: slow, uses: restart_service, timeout: 10m}
              - {id: human, uses: notify_human}
        """
    private static let environment = """
        apiVersion: belay/v1
        kind: Environment
        metadata: {name: here, owner: team-platform}
        targets: {web-7: {}}
        mode: auto
        bind:
          clear_cache: {provider: simulated}
          restart_service:
            provider: exec
            command: [/bin/bash, -c, "echo $$ >'PLACE/pid.new'; mv 'PLACE/pid.new' 'PLACE/pid'; exec sleep 200"]
            recovery: idempotent
          notify_human: {provider: log}
        """

    @Test func whatWasUnderWayIsShown() async throws {
        let folder = try Folder()
        try folder.write(Self.runbook, to: "runbooks/slow.yaml")
        try folder.write(
            Self.environment.replacing("PLACE", with: folder.path),
            to: "runbooks/environments/here.yaml")
        try folder.write(
            #"{"type": "DiskFull", "priority": "high", "target": "web-7"}"#, to: "incident.json")
        let run = try Belay.start(
            Belay.path,
            ["run", "-i", "incident.json", "--env", "here", "--store", "journal.db"], in: folder,
            output: folder.url("output"), errors: folder.url("errors"))
        let child = try await child(of: run, in: folder)
        run.kill()
        await run.exit()
        if child > 0 { Foundation.kill(child, SIGKILL) }

        let verified = try await Belay.run(
            "audit", "verify", "--store", "journal.db", in: folder)
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
        #expect(verified.output.hasPrefix("verified: "))
        let trail = try await Belay.run(
            "audit", "show", "--store", "journal.db", "--format", "json", in: folder)
        let records = try Printed.records(trail.output)
        func kinds(_ step: String) -> [String] {
            records.filter { $0["step"] as? String == step }.compactMap { $0["kind"] as? String }
        }
        #expect(kinds("first") == ["step.intent", "step.result"])
        #expect(kinds("slow") == ["step.intent"])
        #expect(kinds("human").isEmpty)
        #expect(!records.contains { $0["kind"] as? String == "run.finished" })
    }

    /// The process identifier of the slow step, once it has begun.
    private func child(of run: RunningProgram, in folder: Folder) async throws -> pid_t {
        for _ in 0..<600 where run.process.isRunning {
            if let text = try? folder.text("pid") {
                return pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the slow step never began: \((try? folder.text("errors")) ?? "")")
        return 0
    }
}
