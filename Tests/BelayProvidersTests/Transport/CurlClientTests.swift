import Foundation
import JSON
import Testing

@testable import BelayProviders

/// The client against a server of bad weather: what was sent and what was not is never confused.
@Suite struct CurlClientTests {
    private let curl = CurlClient()

    private func request(
        _ method: String, _ peer: Peer, _ path: String, timeout: Duration = .seconds(10)
    ) throws -> HTTPRequest {
        var request = HTTPRequest(method, try WebAddress("http://127.0.0.1:\(peer.port)\(path)"))
        request.timeout = timeout
        return request
    }

    private func sendFailure(_ request: HTTPRequest) async -> TransferFailure? {
        do throws(TransferFailure) {
            _ = try await curl.send(request)
            return nil
        } catch { return error }
    }

    @Test func requestAndAnswerPassUnchanged() async throws {
        let peer = try await Peer.weather()
        var request = try request("PUT", peer, "/echo/a%20b?x=1&y")
        request.headers = [HTTPHeader("X-Empty", ""), HTTPHeader("X-Word", "grüße")]
        request.body = Array("{\"a\": 1}".utf8)
        let response = try await curl.send(request)
        #expect(response.status == 200)
        #expect(response.header("CONTENT-type") == "application/json")
        let seen = try JSONParser.parse(#require(response.body.whole))
        #expect(seen["method"] == "PUT")
        #expect(seen["target"] == "/echo/a%20b?x=1&y")
        #expect(seen["body"] == "{\"a\": 1}")
        let names = seen["headers"]?.arrayValue?.compactMap { $0.arrayValue?[0].stringValue } ?? []
        #expect(names.contains("X-Empty"))
        #expect(!names.contains("Expect") && !names.contains("Content-Type"))
    }

    @Test func aRefusedConnectionWasNotSent() async throws {
        let port = try Peer.freePort()
        let failure = await sendFailure(
            HTTPRequest("POST", try WebAddress("http://127.0.0.1:\(port)/")))
        #expect(failure?.cause == .connect)
        #expect(failure?.sent == false)
    }

    @Test func aFailedHandshakeWasNotSent() async throws {
        // Who greets first answers a handshake at once; one that waits for a line may wait for ever.
        let folder = try Fixtures.temporaryFolder().path(percentEncoded: false)
        let peer = try await Peer.start(
            "python3", [Fixtures.path("servers/mail.py"), "{port}", folder])
        var request = HTTPRequest("POST", try WebAddress("https://127.0.0.1:\(peer.port)/echo"))
        request.timeout = .seconds(30)
        let failure = await sendFailure(request)
        #expect(failure?.sent == false)
        #expect(failure?.cause == .tls)
    }

    @Test(arguments: [
        ("/reset", "broken"), ("/close", "broken"), ("/half", "broken"), ("/garbage", "broken"),
    ])
    func whatComesAfterTheRequestWasSent(_ path: String, _ cause: String) async throws {
        let peer = try await Peer.weather()
        let failure = await sendFailure(try request("POST", peer, path))
        #expect(failure?.sent == true)
        #expect(failure?.cause.rawValue == cause)
    }

    @Test(arguments: ["/silent", "/drip"])
    func aDeadlineEndsTheWait(_ path: String) async throws {
        let peer = try await Peer.weather()
        let failure = await sendFailure(
            try request("POST", peer, path, timeout: .milliseconds(400)))
        #expect(failure?.cause == .timeout)
        #expect(failure?.sent == true)
    }

    @Test func endlessHeadersAreCut() async throws {
        let peer = try await Peer.weather()
        let failure = await sendFailure(try request("GET", peer, "/headers"))
        #expect(failure?.cause == .broken)
        #expect(failure?.message.contains("headers") == true)
    }

    @Test func aBodyOfOneGigabyteIsCutAndDigested() async throws {
        let peer = try await Peer.weather()
        let response = try await curl.send(
            try request("GET", peer, "/big/1000000000", timeout: .seconds(60)))
        #expect(response.body.isCut)
        #expect(response.body.isUnfinished)
        #expect(response.body.whole == nil)
        #expect(response.body.count <= TransportBounds.body)
        #expect(response.body.text.utf8.count < TransportBounds.output + 1000)
    }

    @Test func aLargeBodyIsCutInTheMiddle() async throws {
        let peer = try await Peer.weather()
        let response = try await curl.send(try request("GET", peer, "/big/3000000"))
        #expect(response.body.isCut && !response.body.isUnfinished)
        #expect(response.body.count == 3_000_000)
        // sha256 of 3,000,000 times "x", by sha256sum.
        #expect(
            response.body.digest
                == "e55b8bdf621ddaa8f462c74745db9680d3bb7536a9cf854f8d6668b34a287890")
    }

    @Test func cancellationReachesTheTransfer() async throws {
        let peer = try await Peer.weather()
        let request = try request("POST", peer, "/silent", timeout: .seconds(30))
        let task = Task { await sendFailure(request) }
        while try await curl.send(try self.request("GET", peer, "/count/silent")).body.text == "0" {
        }
        task.cancel()
        let failure = await task.value
        #expect(failure?.cause == .cancelled)
        #expect(failure?.sent == true)
    }

    @Test func aTaskThatIsCancelledAlreadySendsNothingForLong() async throws {
        let peer = try await Peer.weather()
        let request = try request("POST", peer, "/silent", timeout: .seconds(30))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await sendFailure(request)
        }
        #expect(await task.value?.cause == .cancelled)
    }

    @Test func aRequestThatMustNotRepeatIsNotRepeatedOnADeadConnection() async throws {
        let peer = try await Peer.weather()
        _ = try await curl.send(try request("POST", peer, "/once/single"))
        _ = try await curl.send(try request("POST", peer, "/once/single"))
        let count = try await curl.send(try request("GET", peer, "/count/single"))
        #expect(count.body.text == "2")
    }

    @Test func aRequestThatMayRepeatKeepsItsConnection() async throws {
        let peer = try await Peer.weather()
        var numbers: Set<Int64> = []
        for _ in 0..<5 {
            var request = try request("POST", peer, "/echo")
            request.mayRepeat = true
            let seen = try JSONParser.parse(#require(try await curl.send(request).body.whole))
            numbers.insert(try #require(seen["connection"]?.integerValue))
        }
        #expect(numbers.count == 1)
    }

    @Test func theConnectionGoesToTheJudgedAddress() async throws {
        let peer = try await Peer.weather()
        var request = HTTPRequest("GET", try WebAddress("http://pinned.example:\(peer.port)/echo"))
        request.addresses = ["127.0.0.1"]
        let seen = try JSONParser.parse(#require(try await curl.send(request).body.whole))
        let host = seen["headers"]?.arrayValue?.first { $0.arrayValue?[0] == "Host" }
        #expect(host?.arrayValue?[1] == .string("pinned.example:\(peer.port)"))
    }

    @Test func theNextAddressIsTriedIfNobodyListens() async throws {
        let peer = try await Peer.weather()
        var request = HTTPRequest("POST", try WebAddress("http://two.example:\(peer.port)/echo"))
        request.addresses = ["127.0.0.2", "127.0.0.1"]
        #expect(try await curl.send(request).status == 200)
    }

    @Test func proxiesOfTheEnvironmentHaveNoSay() async throws {
        let peer = try await Peer.weather()
        // Other tests of this process talk to 127.0.0.1, and their clients heed these variables.
        setenv("no_proxy", "127.0.0.1", 1)
        setenv("http_proxy", "http://127.0.0.1:1", 1)
        setenv("ALL_PROXY", "http://127.0.0.1:1", 1)
        defer {
            unsetenv("http_proxy")
            unsetenv("ALL_PROXY")
            unsetenv("no_proxy")
        }
        var request = HTTPRequest("GET", try WebAddress("http://direct.example:\(peer.port)/echo"))
        request.addresses = ["127.0.0.1"]
        #expect(try await curl.send(request).status == 200)
    }

    @Test func aLineBreakInAHeaderIsRefused() async throws {
        let peer = try await Peer.weather()
        var request = try request("GET", peer, "/echo")
        request.headers = [HTTPHeader("X-Title", "a\r\nX-Evil: 1")]
        let failure = await sendFailure(request)
        #expect(failure?.cause == .forbidden)
        #expect(failure?.sent == false)
    }

    @Test func manyAtOnceAllArrive() async throws {
        let peer = try await Peer.weather()
        let request = try request("POST", peer, "/tally/many", timeout: .seconds(30))
        let statuses = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<300 { group.addTask { try? await curl.send(request).status } }
            return await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(statuses.filter { $0 == 200 }.count == 300)
        let count = try await curl.send(try self.request("GET", peer, "/count/many"))
        #expect(count.body.text == "300")
    }
}
