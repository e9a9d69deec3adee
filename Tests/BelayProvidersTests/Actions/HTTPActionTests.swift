import BelayCompiler
import BelayEngine
import JSON
import Testing

@testable import BelayProviders

/// Requests go where the environment allows, and every kind of weather has its outcome.
@Suite struct HTTPActionTests {
    private let action = HTTPAction(tools: TestCall.tools())

    private func send(
        _ peer: Peer, _ path: String, _ inputs: JSONObject = [:], settings: JSONObject? = nil,
        operation: String = "request", timeout: Duration = .seconds(15)
    ) async -> ActionOutcome {
        var all: JSONObject = ["url": .string("http://127.0.0.1:\(peer.port)\(path)")]
        for member in inputs { all[member.name] = member.value }
        let loopback: JSONObject = [
            "networks": ["127.0.0.0/8"], "ports": [.integer(Int64(peer.port))],
        ]
        return await action.perform(
            TestCall.request(
                "http.\(operation)", operation: operation, inputs: all,
                settings: settings ?? loopback,
                timeout: timeout))
    }

    @Test func theRequestIsAsStated() async throws {
        let peer = try await Peer.weather()
        let outcome = await send(
            peer, "/echo?a=1",
            [
                "method": "PUT", "query": ["b": "x y&z"], "headers": ["X-A": "1"],
                "body": ["n": [1, "ü"]],
            ])
        let seen = try #require(outcome.output?["json"])
        #expect(seen["method"] == "PUT")
        #expect(seen["target"] == "/echo?a=1&b=x%20y%26z")
        #expect(seen["body"] == "{\"n\":[1,\"ü\"]}")
        let headers = seen["headers"]?.arrayValue ?? []
        #expect(headers.contains(["Content-Type", "application/json"]))
        #expect(headers.contains(["Idempotency-Key", .string(TestCall.key)]))
        #expect(outcome.output?["status"] == 200)
    }

    @Test(arguments: [
        ("/status/429", "failed(throttled)*"), ("/status/500", "lost(unavailable)"),
        ("/status/503", "lost(unavailable)"), ("/status/400", "failed(invalid)"),
        ("/status/401", "failed(denied)"), ("/status/403", "failed(denied)"),
        ("/status/404", "failed(not_found)"), ("/status/409", "failed(conflict)"),
        ("/reset", "lost(unavailable)"), ("/close", "lost(unavailable)"),
        ("/half", "lost(unavailable)"),
        ("/silent", "lost(timeout)"), ("/drip", "lost(timeout)"), ("/headers", "lost(unavailable)"),
        ("/big/1000000000", "failed(output_too_large)"),
        ("/big/2000000", "failed(output_too_large)"),
        ("/redirect?to=/echo", "failed(invalid)"), ("/json/%7bnot", "ok"), ("/big/1000000", "ok"),
    ])
    func eachWeatherHasItsOutcome(_ path: String, _ shape: String) async throws {
        let peer = try await Peer.weather()
        let isSlow = ["/silent", "/drip"].contains(path)
        let outcome = await send(peer, path, timeout: isSlow ? .milliseconds(500) : .seconds(60))
        #expect(outcome.shape == shape, "\(outcome)")
    }

    @Test func invalidJSONIsNoValue() async throws {
        let peer = try await Peer.weather()
        let output = await send(peer, "/json/%7bnot").output
        #expect(output?["json"] == .null)
        #expect(output?["body"] == "{not")
    }

    @Test func expectationsAreKept() async throws {
        let peer = try await Peer.weather()
        #expect(await send(peer, "/status/404", ["expect_status": [404]]).shape == "ok")
        #expect(await send(peer, "/status/200", ["expect_status": [201]]).shape == "failed(remote)")
        let text: JSONObject = ["expect_text": "\"ok\":true"]
        #expect(await send(peer, "/json/%7b%22ok%22:true%7d", text).shape == "ok")
        #expect(await send(peer, "/json/%7b%22ok%22:false%7d", text).shape == "failed(remote)")
    }

    @Test func onlyTheEnvironmentOpensPrivateNetworks() async throws {
        let peer = try await Peer.weather()
        #expect(await send(peer, "/echo", settings: [:]).shape == "failed(denied)")
        let widened: JSONObject = [
            "networks": ["127.0.0.0/8"], "ports": [.integer(Int64(peer.port))],
        ]
        #expect(await send(peer, "/echo", widened, settings: [:]).shape == "failed(denied)")
        let own: JSONObject = ["url": .string("http://127.0.0.1:\(peer.port)/echo")]
        #expect(await send(peer, "/elsewhere", settings: own).shape == "ok")
        let hosts: JSONObject = ["networks": ["127.0.0.0/8"], "hosts": ["other.example"]]
        #expect(await send(peer, "/echo", settings: hosts).shape == "failed(denied)")
    }

    @Test func redirectsAreFollowedOnlyWhenAsked() async throws {
        let peer = try await Peer.weather()
        #expect(await send(peer, "/redirect?to=/echo", ["redirects": 1]).shape == "ok")
        let outcome = await send(peer, "/redirect?to=http://169.254.169.254/", ["redirects": 1])
        #expect(outcome.shape == "failed(denied)")
    }

    @Test func aLineBreakCannotBecomeAHeader() async throws {
        let peer = try await Peer.weather()
        let outcome = await send(peer, "/echo", ["headers": ["X-Title": "a\r\nX-Evil: 1"]])
        #expect(outcome.shape == "failed(denied)")
    }

    @Test func getChangesNothing() async throws {
        let peer = try await Peer.weather()
        let outcome = await send(
            peer, "/echo", ["method": "DELETE", "body": "x"], operation: "get")
        #expect(outcome.output?["json"]?["method"] == "GET")
        #expect(outcome.output?["json"]?["body"] == "")
    }

    /// Many runs at once share a bounded number of connections, and none is lost.
    @Test func aThousandAtOnceShareTheirConnections() async throws {
        let peer = try await Peer.weather()
        let url: JSONObject = ["url": .string("http://127.0.0.1:\(peer.port)/echo")]
        let request = TestCall.request(
            "http.request", operation: "request", settings: url, recovery: .keyed,
            timeout: .seconds(60))
        let action = action
        let numbers = await withTaskGroup(of: Int64?.self) { group in
            for _ in 0..<1_000 {
                group.addTask {
                    await action.perform(request).output?["json"]?["connection"]?.integerValue
                }
            }
            return await group.reduce(into: [Int64?]()) { $0.append($1) }
        }
        let known = numbers.compactMap { $0 }
        #expect(known.count == 1_000)
        #expect(Set(known).count <= 2 * TransportBounds.connections)
    }

    @Test func tlsNeedsAKnownAuthority() async throws {
        let authority = try TestAuthority()
        let peer = try await Peer.weather(tls: (authority.certificate, authority.key))
        let url: JSONObject = ["url": .string("https://127.0.0.1:\(peer.port)/echo")]
        #expect(await send(peer, "", settings: url).shape == "failed(unavailable)*")
        var trusted = url
        trusted["ca_file"] = .string(authority.authority)
        #expect(await send(peer, "", settings: trusted).shape == "ok")
    }
}
