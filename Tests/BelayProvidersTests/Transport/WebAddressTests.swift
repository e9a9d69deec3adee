import JSON
import Testing

@testable import BelayProviders

/// Addresses that could lead to places that nobody meant.
@Suite struct WebAddressTests {
    /// As an environment would allow one partner's host; `rebind.test` changes its answer.
    private func outcome(of text: String, allowing hosts: [String]) async throws -> TransferFailure? {
        var policy = HostPolicy()
        policy.hosts = hosts
        let answers = Locked(0)
        let resolver = Resolver { host in
            switch host {
            case "allowed.example": return [NetworkAddress(bytes: [93, 184, 216, 34])]
            case "rebind.test":
                let asked = answers.withLock { count in
                    count += 1
                    return count
                }
                return [NetworkAddress(bytes: asked == 1 ? [93, 184, 216, 34] : [127, 0, 0, 1])]
            default: return [NetworkAddress(bytes: [127, 0, 0, 1])]
            }
        }
        let client = JudgedClient(curl: CurlClient(), resolver: resolver)
        do {
            let url = try WebAddress(text)
            _ = try await client.judged(url, policy, within: .seconds(5), connect: .seconds(5))
            return nil
        } catch let error as TransferFailure {
            return error
        } catch let error as WebAddressError {
            return TransferFailure(.forbidden, sent: false, error.message)
        }
    }

    @Test func hostileAddressesAreRefused() async throws {
        let cases = try #require(try Fixtures.json("vectors/ssrf-urls.json")["urls"]?.arrayValue)
        #expect(cases.count == 36)
        for item in cases {
            let url = try #require(item["url"]?.stringValue)
            let want = try #require(item["want"]?.stringValue)
            // The redirect's own address is harmless; that it is not followed is tested below.
            if url.contains("/redirect") { continue }
            let open = ["allowed.example", "2606:4700::1111"]
            let failure = try await outcome(of: url, allowing: open)
            #expect((failure == nil) == want.hasPrefix("allow"), "\(url): \(failure?.message ?? "allowed")")
        }
    }

    /// The same without a list of hosts: networks alone must stop all but public names.
    @Test func networksAreJudgedWithoutAListOfHosts() async throws {
        var policy = HostPolicy()
        policy.hosts = nil
        for text in ["10.0.0.1", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]", "[::a00:1]"] {
            let url = try WebAddress("http://\(text)/")
            let address = try #require(NetworkAddress(url.host))
            #expect(policy.objection(to: address, of: url) != nil, "\(text)")
        }
        let url = try WebAddress("http://93.184.216.34/")
        #expect(policy.objection(to: try #require(NetworkAddress(url.host)), of: url) == nil)
    }

    @Test func everyDeniedRangeIsDenied() throws {
        let table = try Fixtures.json("vectors/ssrf-urls.json")
        let texts =
            try #require(table["denyRanges4"]?.arrayValue) + #require(table["denyRanges6"]?.arrayValue)
        #expect(texts.count == 28)
        let policy = HostPolicy()
        for text in texts.compactMap(\.stringValue) {
            let range = String(text.prefix { $0 != " " })
            let base = String(range.prefix { $0 != "/" })
            guard !text.contains("embedded"), let address = NetworkAddress(base) else { continue }
            let url = WebAddress(scheme: "http", host: base, port: 80)
            #expect(policy.objection(to: address, of: url) != nil, "\(range)")
        }
    }

    @Test func oneBadAddressOfANameSpoilsIt() async throws {
        let resolver = Resolver { _ in
            [NetworkAddress(bytes: [93, 184, 216, 34]), NetworkAddress(bytes: [10, 0, 0, 1])]
        }
        let client = JudgedClient(curl: CurlClient(), resolver: resolver)
        await #expect(throws: TransferFailure.self) {
            _ = try await client.judged(
                try WebAddress("https://two.example/"), HostPolicy(), within: .seconds(1),
                connect: .seconds(1))
        }
    }

    @Test func trustDoesNotReachTheMetadataService() throws {
        var policy = HostPolicy()
        let url = try WebAddress("http://inside.example/")
        policy.trusted = [url.authority]
        #expect(policy.objection(to: NetworkAddress(bytes: [10, 0, 0, 1]), of: url) == nil)
        #expect(policy.objection(to: NetworkAddress(bytes: [169, 254, 169, 254]), of: url) != nil)
    }

    @Test func redirectsAreJudgedAgain() async throws {
        let peer = try Peer.weather()
        var policy = HostPolicy()
        policy.ports = [peer.port]
        policy.networks = [try #require(NetworkRange("127.0.0.0/8"))]
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
