import Foundation
import Testing

@testable import BelayProviders

/// The Redis protocol, bytes and a real server.
@Suite struct RESPTests {
    @Test func repliesAreReadHoweverTheyAreCut() throws {
        let text =
            "+OK\r\n-ERR no\r\n:-7\r\n$3\r\na\r\n\r\n$-1\r\n*2\r\n:1\r\n*1\r\n$0\r\n\r\n*-1\r\n"
        let bytes = Array(text.utf8)
        let want: [RESPValue] = [
            .text("OK"), .error("ERR no"), .integer(-7), .bytes(Array("a\r\n".utf8)), .bytes(nil),
            .array([.integer(1), .array([.bytes([])])]), .array(nil),
        ]
        for size in 1...bytes.count {
            var decoder = RESPDecoder()
            var got: [RESPValue] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                decoder.feed(Array(bytes[start..<min(start + size, bytes.count)]))
                while let value = try decoder.next() { got.append(value) }
            }
            #expect(got == want, "in parts of \(size)")
        }
    }

    @Test(arguments: [
        "!x\r\n", "$x\r\n", "$99999999999\r\n", "*99999999\r\n", "\r\n:1\r\n",
        String(repeating: "*1\r\n", count: 20),
    ])
    func whatIsNoReplyIsAnError(_ text: String) {
        var decoder = RESPDecoder()
        decoder.feed(Array(text.utf8))
        #expect(throws: RESPError.self) { try decoder.next() }
    }

    private func run(
        _ server: RESPServer, timeout: Duration = .seconds(5), _ commands: [[String]]
    ) async -> Result<[RESPValue], RESPFailure> {
        await RESPClient.session(with: server, timeout: timeout) { client throws(RESPFailure) in
            var replies: [RESPValue] = []
            for command in commands { replies.append(try client.command(command)) }
            return replies
        }
    }

    private func server(_ peer: Peer) -> RESPServer {
        var server = RESPServer(host: "127.0.0.1")
        server.port = peer.port
        return server
    }

    @Test func commandsReachARealServer() async throws {
        let peer = try await Peer.redis(["--requirepass", "geheim wort"])
        var server = server(peer)
        guard case .failure(.reply(let message)) = await run(server, [["PING"]]) else {
            Issue.record("a command without a password was answered")
            return
        }
        #expect(message.hasPrefix("NOAUTH"))
        server.password = "wrong"
        guard case .failure(.reply(let refusal)) = await run(server, [["PING"]]) else {
            Issue.record("a wrong password was accepted")
            return
        }
        #expect(refusal.hasPrefix("WRONGPASS"))
        server.password = "geheim wort"
        server.database = 3
        let replies = try await run(
            server,
            [["SET", "k", "v\r\n\0"], ["GET", "k"], ["DBSIZE"], ["SELECT", "0"], ["DBSIZE"]]
        ).get()
        #expect(
            replies == [
                .text("OK"), .bytes(Array("v\r\n\0".utf8)), .integer(1), .text("OK"), .integer(0),
            ])
        server.user = "default"
        #expect(try await run(server, [["PING"]]).get() == [.text("PONG")])
    }

    @Test func aLargeReplyComesWhole() async throws {
        let peer = try await Peer.redis()
        let big = String(repeating: "x", count: 5_000_000)
        let replies = try await run(server(peer), [["SET", "k", big], ["GET", "k"]]).get()
        #expect(replies[1] == .bytes(Array(big.utf8)))
    }

    @Test func nobodyThereIsNotSent() async throws {
        var server = RESPServer(host: "127.0.0.1")
        server.port = try Peer.freePort()
        guard case .failure(.transfer(let failure)) = await run(server, [["PING"]]) else {
            Issue.record("answered by nobody")
            return
        }
        #expect(failure.cause == .connect && !failure.sent)
    }

    @Test func aServerThatHangsMeetsTheDeadline() async throws {
        let peer = try await Peer.redis()
        let result = await run(server(peer), timeout: .milliseconds(300), [["BLPOP", "none", "0"]])
        guard case .failure(.transfer(let failure)) = result else {
            Issue.record("a blocked command was answered")
            return
        }
        #expect(failure.cause == .timeout && failure.sent)
    }

    @Test func cancellationEndsTheWait() async throws {
        let peer = try await Peer.redis()
        let server = server(peer)
        let task = Task { await run(server, timeout: .seconds(30), [["BLPOP", "none", "0"]]) }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        guard case .failure(.transfer(let failure)) = await task.value else {
            Issue.record("a cancelled command was answered")
            return
        }
        #expect(failure.cause == .cancelled)
    }

    @Test func tlsIsCheckedAgainstTheAuthority() async throws {
        let authority = try TestAuthority()
        let peer = try await Peer.redis([
            "--tls-port", "{port}", "--port", "0", "--tls-cert-file", authority.certificate,
            "--tls-key-file", authority.key, "--tls-ca-cert-file", authority.authority,
            "--tls-auth-clients", "no",
        ])
        var server = server(peer)
        server.isTLS = true
        guard case .failure(.transfer(let failure)) = await run(server, [["PING"]]) else {
            Issue.record("an unknown authority was trusted")
            return
        }
        #expect(failure.cause == .tls && !failure.sent)
        server.tls.authorityFile = authority.authority
        #expect(try await run(server, [["PING"]]).get() == [.text("PONG")])
        server.host = "wrong.example"
        server.addresses = ["127.0.0.1"]
        guard case .failure(.transfer(let wrong)) = await run(server, [["PING"]]) else {
            Issue.record("a certificate of another name was trusted")
            return
        }
        #expect(wrong.cause == .tls)
    }
}
