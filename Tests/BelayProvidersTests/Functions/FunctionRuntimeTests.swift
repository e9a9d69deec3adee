import Foundation
import JSON
import Testing

@testable import BelayProviders

/// The functions answer by their contract, behind a Runtime API and with real effects in moto and Redis.
@Suite struct FunctionRuntimeTests {
    private static func payload(_ action: String, _ target: String, _ priority: String = "critical")
        -> JSONValue
    {
        [
            "action": .string(action), "target": .string(target), "incidentId": "INC-7",
            "priority": .string(priority),
            "incidentDetails": ["title": "Redis is full", "description": "d"],
        ]
    }

    /// Serves the payloads and gives back what the Runtime API got, in order.
    private func serve(
        _ payloads: [JSONValue], _ variables: [String: String]
    ) async throws -> [(kind: String, body: JSONValue)] {
        let folder = try Fixtures.temporaryFolder()
        let paths = ["in", "out"].map { folder.appending(path: $0).path(percentEncoded: false) }
        try JSONValue.array(payloads).text().write(
            toFile: paths[0], atomically: true, encoding: .utf8)
        let api = try await Peer.start(
            "python3", [Fixtures.path("servers/runtime_api.py"), "{port}"] + paths)
        let runtime = try FunctionRuntime(
            api: "127.0.0.1:\(api.port)", tools: TestCall.tools(variables: variables))
        for _ in payloads { try await runtime.serveOne() }
        let answers = try JSONParser.parse([UInt8](try Data(contentsOf: URL(filePath: paths[1]))))
        return try payloads.indices.map { number in
            let answer = try #require(answers["request-\(number)"])
            let text = try #require(answer["body"]?.stringValue)
            return (answer["kind"]?.stringValue ?? "", try JSONParser.parse(Array(text.utf8)))
        }
    }

    @Test func theFourFunctionsDoTheirWork() async throws {
        let moto = try await Peer.start("moto_server", ["-H", "127.0.0.1", "-p", "{port}"])
        let endpoint = "http://127.0.0.1:\(moto.port)"
        let made = try JSONParser.parse(
            try await Python.run("servers/moto_world.py", ["setup", endpoint]))
        let redis = try await Peer.redis(["--requirepass", "hush-hush"])
        let variables = [
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": endpoint, "ECS_CLUSTER_NAME": "prod", "DB_INSTANCE_ID": "db",
            "CACHE_CLUSTER_ID": "cache", "REDIS_HOST": "127.0.0.1",
            "REDIS_PORT": String(redis.port),
            "REDIS_PASSWORD": "hush-hush", "SNS_TOPIC_ARN": made["topic"]?.stringValue ?? "",
        ]
        let answers = try await serve(
            [
                Self.payload("scale_up", "database"), Self.payload("clear_cache", "cache"),
                Self.payload("notify_human", "oncall"), Self.payload("restart_service", "api"),
                Self.payload("restart_service", "mainframe"),
            ], variables)
        #expect(answers.map(\.kind) == Array(repeating: "response", count: 5))
        // moto's world has no service of the function's own name: the service says so.
        #expect(answers.map { $0.body["statusCode"] } == [200, 200, 200, 500, 500])
        for answer in answers {
            let body = try JSONParser.parse(
                Array(try #require(answer.body["body"]?.stringValue).utf8))
            #expect(body["incidentId"] == "INC-7")
            #expect(body["message"]?.stringValue?.isEmpty == false)
            #expect((body["error"] == nil) == (answer.body["statusCode"] == 200))
        }
        let state = try JSONParser.parse(
            try await Python.run("servers/moto_world.py", ["state", endpoint]))
        #expect(state["class"] == "db.r5.2xlarge")
        let back = try await serve([Self.payload("scale_down", "database")], variables)
        #expect(back.map { $0.body["statusCode"] } == [200])
        let smaller = try JSONParser.parse(
            try await Python.run("servers/moto_world.py", ["state", endpoint]))
        #expect(smaller["class"] == "db.r5.xlarge")
        let message = state["messages"]?.arrayValue?.first
        #expect(message?["Subject"] == "[CRITICAL] Incident INC-7 requires attention")
        #expect(message?["Message"]?.stringValue?.contains("Redis is full") == true)
    }

    @Test func whatIsWrongIsAnAnswer() async throws {
        let answers = try await serve(
            [
                Self.payload("clear_cache", "cache"), Self.payload("dance", "cache"),
                Self.payload("scale_up", "moon"), "{not json", [1],
            ], [:])
        #expect(answers.map(\.kind) == ["response", "response", "response", "error", "response"])
        let texts = answers.map { $0.body.text() }
        #expect(texts[0].contains("REDIS_HOST is not set"))
        #expect(texts[1].contains("'dance'"))
        #expect(texts[2].contains("unknown target 'moon'"))
        #expect(answers[3].body["errorType"] == "InvalidPayload")
    }
}
