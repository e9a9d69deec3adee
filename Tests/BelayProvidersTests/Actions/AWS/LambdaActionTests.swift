import BelayEngine
import JSON
import Testing

@testable import BelayProviders

/// Functions are invoked by the incident contract, signed, and each way of failing has its own outcome.
@Suite struct LambdaActionTests {
    private static let key = "AKIATEST"
    private static let secret = "secret/with+signs=="
    private static let variables = [
        "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "eu-west-1",
    ]

    private func api() async throws -> Peer {
        try await Peer.start(
            "python3", [Fixtures.path("servers/lambda_api.py"), "{port}", Self.key, Self.secret])
    }

    private func invoke(
        _ function: String, _ peer: Peer, action: String = "restart_service",
        settings: JSONObject = [:],
        timeout: Duration = .seconds(15), variables: [String: String] = Self.variables
    ) async -> ActionOutcome {
        var all: JSONObject = [
            "function": .string(function), "endpoint": .string("http://127.0.0.1:\(peer.port)"),
        ]
        for member in settings { all[member.name] = member.value }
        return await LambdaAction(tools: TestCall.tools(variables: variables)).perform(
            TestCall.request(
                action, operation: "invoke", inputs: ["target": "cache"], settings: all,
                timeout: timeout))
    }

    @Test func theContractIsSentAndItsAnswerRead() async throws {
        let peer = try await api()
        let output = try #require(await invoke("echo", peer).output)
        let sent = try #require(output["request"]?.objectValue)
        #expect(sent.names == ["action", "target", "incidentId", "priority", "incidentDetails"])
        #expect(sent["action"] == "restart_service")
        #expect(sent["target"] == "cache")
        #expect(sent["incidentId"] == "inc-1")
        #expect(sent["priority"] == "critical")
        #expect(sent["incidentDetails"]?["title"] == "Redis is full")
        #expect(sent["incidentDetails"]?["description"] == "97 % used")
        #expect(output["statusCode"] == 200)
    }

    @Test func namesAliasesAndARNsAreSignedRight() async throws {
        let peer = try await api()
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:echo:live"
        #expect(await invoke(arn, peer).shape == "ok")
        let output = await invoke("echo", peer, settings: ["qualifier": "$LATEST"]).output
        #expect(output?["qualifier"] == "Qualifier=%24LATEST")
        let wrong = Self.variables.merging(["AWS_SECRET_ACCESS_KEY": "x"]) { $1 }
        #expect(await invoke("echo", peer, variables: wrong).shape == "failed(denied)")
    }

    @Test func anyPayloadAndEventsPass() async throws {
        let peer = try await api()
        let output = await invoke("any", peer, settings: ["payload": ["a": [1, 2]]]).output
        #expect(output?["body"]?["seen"]?["a"] == [1, 2])
        let event = await invoke("any", peer, settings: ["invocation": "Event"]).output
        #expect(event?["statusCode"] == 202)
    }

    @Test(arguments: [
        ("fail500", "failed(remote)", "could not restart"),
        ("function-error", "failed(remote)", "ZeroDivisionError"),
        ("function-timeout", "failed(remote)", "timed out"),
        ("throttle", "failed(throttled)*", "Rate Exceeded"),
        ("missing", "failed(not_found)", "Function not found"),
        ("denied", "failed(denied)", "InvokeFunction"),
        ("down", "lost(unavailable)", "internal"), ("garbage", "failed(bad_output)", "not JSON"),
        ("nostatus", "failed(bad_output)", "statusCode"),
        ("big", "failed(output_too_large)", "bytes"),
        ("reset", "lost(unavailable)", ""),
    ])
    func eachFailureHasItsOutcome(_ function: String, _ shape: String, _ words: String) async throws
    {
        let peer = try await api()
        let outcome = await invoke(function, peer)
        #expect(outcome.shape == shape)
        #expect(words.isEmpty || outcome.text.contains(words))
    }

    @Test func aFunctionThatIsTooSlowIsLost() async throws {
        let peer = try await api()
        #expect(await invoke("slow", peer, timeout: .seconds(2)).shape == "lost(timeout)")
    }

    @Test func nobodyThereIsNotSent() async throws {
        let peer = try await api()
        peer.stop()
        #expect(await invoke("echo", peer).shape == "failed(unavailable)*")
    }

    @Test func missingPartsAreToldBeforeAnyCall() async throws {
        let action = LambdaAction(
            tools: TestCall.tools(variables: ["AWS_EC2_METADATA_DISABLED": "true"]))
        let nameless = await action.perform(TestCall.request("x", operation: "invoke"))
        #expect(nameless.shape == "failed(invalid)")
        #expect(nameless.text.contains("'function'"))
        let settings: JSONObject = ["function": "f"]
        let regionless = await action.perform(
            TestCall.request("x", operation: "invoke", settings: settings))
        #expect(regionless.text.contains("no AWS region"))
        let keyless = await action.perform(
            TestCall.request(
                "x", operation: "invoke", settings: ["function": "f", "region": "eu-west-1"]))
        #expect(keyless.shape == "failed(denied)")
        #expect(keyless.text.contains("no AWS credentials"))
    }
}
