import BelayCompiler
import BelayEngine
import Cryptography
import Foundation
import JSON
import Testing

@testable import BelayProviders

/// What people are told arrives, signed, encrypted and without foreign markup. Slack and PagerDuty are stand-ins
/// made from their public contracts.
@Suite struct NoticeActionsTests {
    private func perform(
        _ action: any ActionProvider, _ operation: String, inputs: JSONObject = [:],
        settings: JSONObject,
        timeout: Duration = .seconds(15), title: String? = nil
    ) async -> ActionOutcome {
        var request = TestCall.request(
            "notify_human", operation: operation, inputs: inputs, settings: settings,
            effect: .notify,
            timeout: timeout)
        if let title { request.incident.title = title }
        return await action.perform(request)
    }

    /// What the stand-in saw, by way of its refusal that repeats the request.
    private func seen(_ outcome: ActionOutcome) throws -> JSONValue {
        let text = try #require(outcome.text.range(of: "{")).lowerBound
        return try JSONParser.parse(Array(String(outcome.text[text...]).utf8))
    }

    @Test func webhooksAreSignedByTheStandard() async throws {
        let folder = try Fixtures.temporaryFolder().path(percentEncoded: false)
        let peer = try await Peer.start(
            "python3", [Fixtures.path("servers/keep.py"), "{port}", folder])
        let key = Array("0123456789abcdef0123456789abcdef".utf8)
        let settings: JSONObject = [
            "url": .string("http://127.0.0.1:\(peer.port)/hook"),
            "secret": .string("whsec_\(Base64.encode(key))"),
        ]
        let action = WebhookAction(tools: TestCall.tools())
        let first = await perform(action, "deliver", settings: settings)
        let second = await perform(action, "deliver", settings: settings)
        #expect(first.shape == "ok" && first == second)
        let kept = try JSONParser.parse(
            [UInt8](try Data(contentsOf: URL(filePath: folder + "/0.json"))))
        let headers = try #require(kept["headers"])
        let body = try #require(kept["body"]?.stringValue)
        let id = try #require(headers["webhook-id"]?.stringValue)
        let time = try #require(headers["webhook-timestamp"]?.stringValue)
        let signed = Array("\(id).\(time).\(body)".utf8)
        #expect(
            headers["webhook-signature"]?.stringValue
                == "v1,\(HMACSHA256.authenticate(signed, key: key).base64)")
        #expect(try JSONParser.parse(Array(body.utf8))["data"]?["incident"]?["id"] == "inc-1")
    }

    /// The specification's published example.
    @Test func theStandardsExampleAgrees() throws {
        let key = try #require(Base64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let text = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}"
        let signature = HMACSHA256.authenticate(Array(text.utf8), key: key).base64
        #expect(signature == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func slackGetsTextAndNoMarkup() async throws {
        let weather = try await Peer.weather()
        let root = "http://127.0.0.1:\(weather.port)/as"
        let action = SlackAction(tools: TestCall.tools())
        let outcome = await perform(
            action, "post", settings: ["url": .string(root + "/reflect")], title: "<!channel> a & b"
        )
        let body = try #require(try seen(outcome)["body"]?.stringValue)
        #expect(body.contains("&lt;!channel&gt; a &amp; b"))
        let answers = [
            ("{\"ok\": true, \"ts\": \"1.2\"}", "ok"),
            ("{\"ok\": false, \"error\": \"channel_not_found\"}", "failed(not_found)"),
            ("{\"ok\": false, \"error\": \"invalid_auth\"}", "failed(denied)"),
            ("{\"ok\": false, \"error\": \"ratelimited\"}", "failed(throttled)*"),
            ("<html>", "failed(bad_output)"),
        ]
        for (answer, shape) in answers {
            let api = root + "/answer/" + PercentEncoding.encode(answer)
            let result = await perform(
                action, "post", settings: ["api": .string(api), "token": "xoxb", "channel": "#ops"])
            #expect(result.shape == shape, "\(answer)")
        }
        #expect(await perform(action, "post", settings: [:]).shape == "failed(invalid)")
    }

    @Test func pagerDutyKeepsOneAlertForOneProblem() async throws {
        let folder = try Fixtures.temporaryFolder().path(percentEncoded: false)
        let answer = "{\"status\": \"success\", \"dedup_key\": \"f1\"}"
        let peer = try await Peer.start(
            "python3", [Fixtures.path("servers/keep.py"), "{port}", folder, answer])
        let action = PagerDutyAction(tools: TestCall.tools())
        let settings: JSONObject = [
            "url": .string("http://127.0.0.1:\(peer.port)/v2/enqueue"), "routing_key": "k",
        ]
        for (number, item) in [("trigger", true), ("resolve", false)].enumerated() {
            let (operation, hasPayload) = item
            let outcome = await perform(action, operation, settings: settings)
            #expect(outcome.output?["id"] == "f1")
            let file = URL(filePath: "\(folder)/\(number).json")
            let kept = try JSONParser.parse([UInt8](try Data(contentsOf: file)))
            let text = try #require(kept["body"]?.stringValue)
            #expect(text.contains("\"event_action\":\"\(operation)\""))
            #expect(text.contains("\"dedup_key\":\"f1\""))
            #expect(text.contains("\"severity\":\"critical\"") == hasPayload)
        }
    }

    private func mail(_ folder: String, _ number: Int) throws -> JSONValue {
        let data = try Data(contentsOf: URL(filePath: "\(folder)/mail-\(number).json"))
        return try JSONParser.parse([UInt8](data))
    }

    @Test func mailGoesEncryptedAndSayWhatIsMeant() async throws {
        let folder = try Fixtures.temporaryFolder().path(percentEncoded: false)
        let authority = try TestAuthority()
        let peer = try await Peer.start(
            "python3",
            [
                Fixtures.path("servers/mail.py"), "{port}", folder, authority.certificate,
                authority.key,
            ])
        let action = EmailAction(tools: TestCall.tools())
        var settings: JSONObject = [
            "server": .string("smtp://127.0.0.1:\(peer.port)"), "from": "belay@a.example",
            "user": "u",
            "password": "mail-password-9", "to": ["ann@a.example", "bo@b.example"],
        ]
        let untrusted = await perform(action, "send", settings: settings)
        #expect(untrusted.shape == "failed(unavailable)*")
        settings["ca_file"] = .string(authority.authority)
        let outcome = await perform(
            action, "send", settings: settings, title: "Größer\r\nBcc: evil@c.example")
        #expect(outcome.shape == "ok", "\(outcome)")
        let mail = try mail(folder, 0)
        #expect(mail["to"] == ["ann@a.example", "bo@b.example"])
        #expect(mail["tls"] == true && mail["login"] == true)
        let content = try #require(mail["content"]?.stringValue)
        let parts = content.components(separatedBy: "\r\n\r\n")
        #expect(!parts[0].lowercased().contains("bcc"))
        let encoded = parts[1].replacingOccurrences(of: "\r\n", with: "")
        let text = String(decoding: try #require(Base64.decode(encoded)), as: UTF8.self)
        #expect(text.contains("Title: Größer\r\nBcc: evil@c.example"))
        settings["password"] = "wrong"
        #expect(await perform(action, "send", settings: settings).shape == "failed(invalid)")
    }

    @Test func mailThatIsNotTakenIsToldApart() async throws {
        let folder = try Fixtures.temporaryFolder().path(percentEncoded: false)
        let peer = try await Peer.start(
            "python3", [Fixtures.path("servers/mail.py"), "{port}", folder])
        let action = EmailAction(tools: TestCall.tools())
        let cases: [(JSONObject, String)] = [
            (["to": "nobody@a.example"], "failed(invalid)"), (["to": []], "failed(invalid)"),
            (["to": "a@b.example>\r\nDATA"], "failed(invalid)"),
            (["to": "a b@c.example"], "failed(invalid)"),
            (["to": "ann@a.example", "starttls": true], "failed(unavailable)*"),
            (["to": "ann@a.example", "from": "nonsense"], "failed(invalid)"),
            (["to": "ann@a.example", "server": "http://a.example"], "failed(invalid)"),
        ]
        for (more, shape) in cases {
            var settings: JSONObject = [
                "server": .string("smtp://127.0.0.1:\(peer.port)"), "from": "belay@a.example",
                "starttls": false,
            ]
            for member in more { settings[member.name] = member.value }
            let outcome = await perform(action, "send", settings: settings)
            #expect(outcome.shape == shape, "\(more): \(outcome)")
        }
    }

    @Test func aLineOfTheLogIsOneLine() async {
        let lines = Locked<[String]>([])
        let action = LogAction(tools: TestCall.tools(lines: lines))
        let inputs: JSONObject = ["subject": "a\u{1b}[2Jb", "message": "c\nd\u{202e}"]
        #expect(await perform(action, "write", inputs: inputs, settings: [:]).shape == "ok")
        #expect(lines.withLock { $0 } == ["a\\u{1b}[2Jb: c\\nd\\u{202e}"])
    }
}
