import Foundation
import Testing

/// A plugin's own description becomes contracts; `doctor` tells when the two say different things.
@Suite struct PluginImportTests {
    private static let environment = """
        apiVersion: belay/v1
        kind: Environment
        metadata: {name: plugins}
        mode: auto
        bind:
          drain.run: {provider: plugin, command: [PLUGIN], call: run, recovery: idempotent, env: {STATE: FOLDER}}
          uptime.run: {provider: plugin, command: [UPTIME], call: run, recovery: pure}
        targets: {node-1: {}}
        """

    private static let runbook = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: nodes}
        rules:
          - id: node-ill
            match: {type: NodeIll}
            target: node-1
            steps:
              - {id: up, uses: uptime.run}
              - {id: drain, uses: drain.run, with: {target: "${{ run.target }}"}}
        """

    private static func plugin(_ name: String) -> String {
        Repository.root.appending(path: "deploy/plugins/\(name)").path
    }

    private func repository() async throws -> Folder {
        let folder = try Folder()
        for name in ["drain.sh", "uptime.py"] {
            let base = String(name.prefix { $0 != "." })
            try folder.write("", to: "runbooks/\(base).yaml")
            let answer = try await Belay.run(
                "actions", "import", Self.plugin(name), "--out",
                folder.path("runbooks/\(base).yaml"),
                in: folder)
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.errors.contains("\(base).run: {provider: plugin"))
        }
        let environment = Self.environment.replacing("PLUGIN", with: Self.plugin("drain.sh"))
            .replacing("UPTIME", with: Self.plugin("uptime.py"))
            .replacing("FOLDER", with: folder.path("drained"))
        try folder.write(environment, to: "runbooks/environments/plugins.yaml")
        try folder.write(Self.runbook, to: "runbooks/nodes.yaml")
        return folder
    }

    @Test func whatIsImportedIsCheckedAndRun() async throws {
        let folder = try await repository()
        let check = try await Belay.run("check", "--env", "plugins", in: folder)
        #expect(check.status == 0, "\(check.output)")
        let well = try await Belay.run("doctor", "--env", "plugins", in: folder)
        #expect(well.status == 0, "\(well.output)\(well.errors)")
        #expect(well.output.contains("drain.run: as the plugin says"))
        #expect(well.output.contains("uptime.run: as the plugin says"))
        try folder.write(
            #"{"id": "1", "type": "NodeIll", "priority": "high", "started_at": "2026-03-01T02:00:00Z"}"#,
            to: "incident.json")
        let run = try await Belay.run(
            "run", "-i", "incident.json", "--env", "plugins", in: folder)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.path("drained/node-1")))
    }

    @Test func aDifferenceIsAProblem() async throws {
        let folder = try await repository()
        let path = "runbooks/drain.yaml"
        let text = try folder.text(path)
        let changed = text.replacing("effect: change", with: "effect: notify")
            .replacing("timeout: 10s", with: "timeout: 20s")
        #expect(changed != text)
        try folder.write(changed, to: path)
        let ill = try await Belay.run("doctor", "--env", "plugins", in: folder)
        #expect(ill.status == 1)
        #expect(ill.output.contains("effect notify, the plugin change"), "\(ill.output)")
        #expect(ill.output.contains("timeout 20s, the plugin 10s"), "\(ill.output)")
        #expect(ill.output.contains("cure: belay actions import"))
    }

    @Test func whatDescribesNothingIsRefused() async throws {
        let folder = try Folder()
        let answer = try await Belay.run("actions", "import", "/bin/echo", in: folder)
        #expect(answer.status == 3)
        #expect(answer.errors.contains("no operations of protocol 1"))
    }
}
