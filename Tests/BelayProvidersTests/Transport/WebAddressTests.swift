import JSON
import Testing

@testable import BelayProviders

/// Addresses that could lead to places that nobody meant.
@Suite struct WebAddressTests {
    /// Whether an address may be called, with names answered from a table.
    private func objection(
        _ text: String, _ policy: HostPolicy, _ answers: @escaping @Sendable (String) -> [String]
    ) async -> String? {
        let client = JudgedClient(curl: CurlClient(), resolver: .table(answers))
        do {
            let url = try WebAddress(text)
            _ = try await client.judged(url, policy, within: .seconds(5), connect: .seconds(5))
            return nil
        } catch let error as TransferFailure {
            return error.message
        } catch {
            return "\(error)"
        }
    }

    @Test func hostileAddressesAreRefused() async throws {
        let cases = try #require(try Fixtures.json("vectors/ssrf-urls.json")["urls"]?.arrayValue)
        #expect(cases.count == 36)
        var policy = HostPolicy()
        policy.hosts = ["allowed.example", "2606:4700::1111"]
        for item in cases {
            let url = try #require(item["url"]?.stringValue)
            let want = try #require(item["want"]?.stringValue)
            // The redirect's own address is harmless; that it is not followed is tested below.
            if url.contains("/redirect") { continue }
            let found = await objection(url, policy) { host in
                host == "allowed.example" ? ["93.184.216.34"] : ["127.0.0.1"]
            }
            #expect((found == nil) == want.hasPrefix("allow"), "\(url): \(found ?? "allowed")")
        }
    }

    /// The same without a list of hosts: networks alone must stop all but public addresses.
    @Test func networksAreJudgedWithoutAListOfHosts() async throws {
        for text in [
            "10.0.0.1", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]", "[::a00:1]",
            "metadata.google.internal", "localhost", "a.localhost", "inside.example",
        ] {
            let found = await objection("http://\(text)/", HostPolicy()) { _ in ["10.0.0.1"] }
            #expect(found != nil, "\(text)")
        }
        #expect(await objection("http://93.184.216.34/", HostPolicy()) { _ in [] } == nil)
        #expect(await objection("http://[2606:4700::1111]/", HostPolicy()) { _ in [] } == nil)
    }

    @Test func everyDeniedRangeIsDenied() async throws {
        let table = try Fixtures.json("vectors/ssrf-urls.json")
        let texts =
            try #require(table["denyRanges4"]?.arrayValue) + #require(
                table["denyRanges6"]?.arrayValue)
        #expect(texts.count == 28)
        for text in texts.compactMap(\.stringValue) where !text.contains("embedded") {
            let base = String(text.prefix { $0 != "/" })
            let found = await objection("http://any.example/", HostPolicy()) { _ in [base] }
            #expect(found != nil, "\(base)")
        }
    }

    @Test func aNameThatChangesItsAnswerIsAskedOnce() async throws {
        let peer = try await Peer.weather()
        let asked = Locked(0)
        let resolver = Resolver.table { _ in
            let count = asked.withLock { count in
                count += 1
                return count
            }
            return [count == 1 ? "127.0.0.1" : "10.0.0.1"]
        }
        var policy = HostPolicy()
        policy.ports = [peer.port]
        #expect(policy.allow(networks: ["127.0.0.0/8"]) == nil)
        let client = JudgedClient(curl: CurlClient(), resolver: resolver)
        let request = HTTPRequest("GET", try WebAddress("http://rebind.test:\(peer.port)/echo"))
        #expect(try await client.send(request, policy: policy).status == 200)
        #expect(asked.withLock { $0 } == 1)
        await #expect(throws: TransferFailure.self) {
            try await client.send(request, policy: policy)
        }
    }

    @Test func oneBadAddressOfANameSpoilsIt() async throws {
        let found = await objection("https://two.example/", HostPolicy()) { _ in
            ["93.184.216.34", "10.0.0.1"]
        }
        #expect(found?.contains("10.0.0.1") == true)
    }

    @Test func trustDoesNotReachTheMetadataService() async throws {
        var policy = HostPolicy()
        policy.trusted = ["inside.example"]
        #expect(await objection("http://inside.example/", policy) { _ in ["10.0.0.1"] } == nil)
        #expect(
            await objection("http://inside.example/", policy) { _ in ["169.254.169.254"] } != nil)
        #expect(policy.allow(networks: ["169.254.169.254"]) == nil)
        #expect(
            await objection("http://inside.example/", policy) { _ in ["169.254.169.254"] } == nil)
        #expect(policy.allow(networks: ["10.0.0.0/8", "nonsense"]) == "nonsense")
    }

    @Test func redirectsAreJudgedAgain() async throws {
        let peer = try await Peer.weather()
        var policy = HostPolicy()
        policy.ports = [peer.port]
        #expect(policy.allow(networks: ["127.0.0.0/8"]) == nil)
        let client = JudgedClient(curl: CurlClient(), resolver: .system())
        let base = "http://127.0.0.1:\(peer.port)"
        var request = HTTPRequest(
            "GET", try WebAddress("\(base)/redirect?to=http://169.254.169.254/latest/"))
        #expect(try await client.send(request, policy: policy).status == 302)
        await #expect(throws: TransferFailure.self) {
            _ = try await client.send(request, policy: policy, redirects: 3)
        }
        request.url = try WebAddress("\(base)/redirect?to=/echo")
        #expect(try await client.send(request, policy: policy, redirects: 3).status == 200)
        request.url = try WebAddress("\(base)/redirect?to=/redirect%3Fto=/echo")
        #expect(try await client.send(request, policy: policy, redirects: 1).status == 302)
    }

    @Test(arguments: [
        ("https://Example.COM./a?b=%20", "https://example.com/a?b=%20"),
        ("http://example.com:80", "http://example.com/"),
        ("http://example.com:8080?x", "http://example.com:8080/?x"),
        ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"),
    ])
    func addressesAreNormalised(_ text: String, _ normal: String) throws {
        #expect(try WebAddress(text).text == normal)
    }
}
