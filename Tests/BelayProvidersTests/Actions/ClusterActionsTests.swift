import BelayCompiler
import BelayEngine
import Foundation
import JSON
import Testing

@testable import BelayProviders

/// Kubernetes (a stand-in made from the API's public contract), Prometheus' answers, plugins.
@Suite struct ClusterActionsTests {
    private func kept(_ folder: String, _ number: Int) throws -> JSONValue {
        try JSONParser.parse(
            [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(number).json"))))
    }

    @Test func kubernetesIsAskedByItsAPI() async throws {
        let folder = try Fixtures.temporaryFolder().path(percentEncoded: false)
        let answer =
            "{\"spec\": {\"replicas\": 3}, \"status\": {\"readyReplicas\": 2, \"updatedReplicas\": 1}}"
        let peer = try await Peer.start(
            "python3", [Fixtures.path("servers/keep.py"), "{port}", folder, answer])
        let action = KubernetesAction(tools: TestCall.tools())
        let api = "/apis/apps/v1/namespaces/shop/deployments/api"
        let cases: [(String, JSONObject, String, String, String)] = [
            ("restart", [:], "PATCH", api, "belay/restarted-by"),
            ("scale", ["replicas": 5], "PATCH", api + "/scale", "{\"spec\":{\"replicas\":5}}"),
            ("delete_pod", [:], "DELETE", "/api/v1/namespaces/shop/pods/api", ""),
            ("cordon", [:], "PATCH", "/api/v1/nodes/api", "{\"spec\":{\"unschedulable\":true}}"),
            (
                "cordon", ["on": false], "PATCH", "/api/v1/nodes/api",
                "{\"spec\":{\"unschedulable\":false}}"
            ),
            ("read", [:], "GET", api, ""),
        ]
        for (number, item) in cases.enumerated() {
            let (operation, more, method, path, body) = item
            var inputs: JSONObject = ["namespace": "shop", "name": "api"]
            for member in more { inputs[member.name] = member.value }
            let outcome = await action.perform(
                TestCall.request(
                    "kubernetes.\(operation)", operation: operation, inputs: inputs,
                    settings: ["server": .string("http://127.0.0.1:\(peer.port)"), "token": "tok"]))
            #expect(outcome.shape == "ok", "\(outcome)")
            let seen = try kept(folder, number)
            #expect(seen["method"]?.stringValue == method)
            #expect(seen["path"]?.stringValue == path)
            #expect(seen["headers"]?["authorization"] == "Bearer tok")
            #expect(body.isEmpty || seen["body"]?.stringValue?.contains(body) == true)
            if operation == "read" {
                #expect(outcome.output == ["desired": 3, "ready": 2, "updated": 1])
            }
        }
    }

    @Test(arguments: ["../secrets/x", "a/b", "A", "a?b", ""])
    func aNameCannotBecomeAPath(_ name: String) async {
        let action = KubernetesAction(tools: TestCall.tools())
        let outcome = await action.perform(
            TestCall.request(
                "kubernetes.restart", operation: "restart", inputs: ["name": .string(name)],
                settings: ["server": "http://127.0.0.1:1"]))
        #expect(outcome.shape == "failed(invalid)")
    }

    @Test func prometheusAnswersAreRead() async throws {
        let weather = try await Peer.weather()
        let vector = { (items: String) in
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[\(items)]}}"
        }
        let two =
            "{\"metric\":{\"a\":\"1\"},\"value\":[1,\"0.5\"]},{\"metric\":{},\"value\":[1,\"2\"]}"
        let cases: [(String, String, String, JSONValue?)] = [
            (vector("{\"metric\":{\"a\":\"1\"},\"value\":[1,\"0.5\"]}"), "one", "ok", 0.5),
            (vector(two), "max", "ok", 2.0),
            (vector(two), "min", "ok", 0.5), (vector(two), "sum", "ok", 2.5),
            (vector(two), "count", "ok", 2.0),
            (vector(two), "one", "failed(invalid)", nil),
            (vector(""), "one", "failed(no_data)*", nil),
            (vector("{\"metric\":{},\"value\":[1,\"NaN\"]}"), "one", "failed(no_data)*", nil),
            (vector("{\"metric\":{},\"value\":[1,\"+Inf\"]}"), "one", "failed(no_data)*", nil),
            (
                "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"7\"]}}",
                "one", "ok", 7.0
            ),
            (
                "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
                "one", "failed(invalid)", nil
            ),
            ("<html>", "one", "failed(bad_output)", nil),
        ]
        for (answer, series, shape, value) in cases {
            let url = "http://127.0.0.1:\(weather.port)/as/answer/" + PercentEncoding.encode(answer)
            let outcome = await PrometheusAction(tools: TestCall.tools()).perform(
                TestCall.request(
                    "metrics.query", operation: "query",
                    inputs: ["query": "up", "series": .string(series)],
                    settings: ["url": .string(url)], effect: .read, recovery: .pure))
            #expect(outcome.shape == shape, "\(answer)")
            #expect(outcome.output?["value"] == value)
        }
    }

    @Test func aRealPrometheusIsAsked() async throws {
        guard Peer.find("prometheus") != nil else { return }
        let folder = try Fixtures.temporaryFolder()
        let config = folder.appending(path: "p.yml").path(percentEncoded: false)
        try "global: {}\n".write(toFile: config, atomically: true, encoding: .utf8)
        let peer = try await Peer.start(
            "prometheus",
            [
                "--config.file", config, "--web.listen-address", "127.0.0.1:{port}",
                "--storage.tsdb.path", folder.path(percentEncoded: false),
            ])
        func ask() async -> ActionOutcome {
            await PrometheusAction(tools: TestCall.tools()).perform(
                TestCall.request(
                    "metrics.query", operation: "query", inputs: ["query": "vector(42) * 2"],
                    settings: ["url": .string("http://127.0.0.1:\(peer.port)")], effect: .read,
                    recovery: .pure))
        }
        // It listens before it is ready, and says 503 until then.
        var outcome = await ask()
        for _ in 0..<300 where outcome.output == nil {
            try await Task.sleep(for: .milliseconds(100))
            outcome = await ask()
        }
        #expect(outcome.output?["value"] == 84.0, "\(outcome)")
        let wrong = await PrometheusAction(tools: TestCall.tools()).perform(
            TestCall.request(
                "metrics.query", operation: "query", inputs: ["query": "sum("],
                settings: ["url": .string("http://127.0.0.1:\(peer.port)")], effect: .read,
                recovery: .pure))
        #expect(wrong.shape == "failed(invalid)")
        #expect(wrong.text.contains("parse error"))
    }

    private func plugin(
        _ script: String, inputs: JSONObject = [:], lines: Locked<[String]> = Locked([])
    ) async -> ActionOutcome {
        await PluginAction(tools: TestCall.tools(lines: lines)).perform(
            TestCall.request(
                "drain", operation: "perform", inputs: inputs,
                settings: ["command": ["/bin/sh", "-c", .string(script)]]))
    }

    @Test func pluginsSpeakLines() async {
        let lines = Locked<[String]>([])
        let script =
            "read x; echo '{\"log\": \"working\"}'; echo '{\"outcome\": \"succeeded\", \"output\": {\"n\": 1}}'"
        #expect(await plugin(script, lines: lines).output == ["n": 1])
        #expect(lines.withLock { $0 } == ["plugin: working"])
        let failed =
            "echo '{\"outcome\": \"failed\", \"class\": \"conflict\", \"message\": \"busy\"}'"
        #expect(await plugin(failed).shape == "failed(conflict)")
        #expect(await plugin("echo '{\"outcome\": \"unknown\"}'").shape == "lost(unavailable)")
        #expect(await plugin("echo oops").shape == "lost(bad_output)")
        #expect(await plugin("exit 1").shape == "lost(bad_output)")
        #expect(await plugin("echo '{\"outcome\": \"maybe\"}'").shape == "lost(bad_output)")
    }

    @Test(arguments: ["uptime.py", "drain.sh"])
    func theExamplePluginsKeepTheProtocol(_ name: String) async throws {
        let path = Fixtures.repository.appending(path: "deploy/plugins/\(name)").path(
            percentEncoded: false)
        let interpreter = name.hasSuffix(".py") ? try #require(Peer.find("python3")) : "/bin/sh"
        var command = ChildCommand(interpreter)
        command.arguments = [path]
        command.environment = ["PATH": "/usr/bin:/bin"]
        for (call, member) in [("describe", "operations"), ("plan", "would")] {
            command.input = Array(
                "{\"protocol\": 1, \"call\": \"\(call)\", \"operation\": \"run\", \"inputs\": {}}\n"
                    .utf8)
            let result = try await ChildProcesses().run(command)
            let answer = try JSONParser.parse(try #require(result.output.whole))
            #expect(answer[member] != nil, "\(call): \(result.output.text) \(result.error.text)")
        }
        let outcome = await PluginAction(tools: TestCall.tools()).perform(
            TestCall.request(
                "plugin.perform", operation: "perform", inputs: ["target": "node-1"],
                settings: ["command": [.string(interpreter), .string(path)], "call": "run"]))
        #expect(outcome.shape == "ok", "\(outcome)")
    }
}
