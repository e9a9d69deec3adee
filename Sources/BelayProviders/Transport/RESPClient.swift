/// Where a Redis server is and how to get in.
package struct RESPServer: Sendable {
    package var host: String
    package var port = 6379
    /// Connected to instead of resolving the host.
    package var addresses: [String] = []
    package var isTLS = false
    package var tls = TLSSettings()
    package var user: String?
    package var password: String?
    package var database = 0
    package var connectTimeout: Duration = .seconds(5)

    package init(host: String) { self.host = host }
}

/// A connection to a Redis server. It blocks: `RESPClient.session` gives it a thread of its own.
package final class RESPClient {
    private let connection: StreamConnection
    private var decoder = RESPDecoder()

    /// Connects, authenticates and selects the database, then runs `body`; closed when that returns.
    package static func session<Value: Sendable>(
        with server: RESPServer, timeout: Duration,
        _ body: @escaping @Sendable (RESPClient) throws(RESPFailure) -> Value
    ) async -> Result<Value, RESPFailure> {
        let deadline = ContinuousClock.now + timeout
        let cancelled = Locked(false)
        return await withTaskCancellationHandler {
            await OwnThread.run { () -> Result<Value, RESPFailure> in
                do throws(RESPFailure) {
                    let client = try RESPClient(server, deadline) { cancelled.withLock { $0 } }
                    return .success(try body(client))
                } catch {
                    return .failure(error)
                }
            }
        } onCancel: {
            cancelled.withLock { $0 = true }
        }
    }

    private init(
        _ server: RESPServer, _ deadline: ContinuousClock.Instant,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(RESPFailure) {
        do {
            connection = try RESPClient.connect(server, deadline, isCancelled)
        } catch {
            throw .transfer(error)
        }
        if let password = server.password {
            _ = try command(["AUTH"] + (server.user.map { [$0] } ?? []) + [password])
        }
        if server.database != 0 { _ = try command(["SELECT", String(server.database)]) }
    }

    private static func connect(
        _ server: RESPServer, _ deadline: ContinuousClock.Instant,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(TransferFailure) -> StreamConnection {
        var failure = TransferFailure(.connect, sent: false, "no address")
        let addresses = server.addresses.prefix(TransportBounds.addresses)
        for address in addresses.isEmpty ? [nil] : addresses.map(Optional.some) {
            do throws(TransferFailure) {
                return try StreamConnection(
                    host: server.host, port: server.port, address: address, isTLS: server.isTLS,
                    tls: server.tls, connectTimeout: server.connectTimeout, deadline: deadline,
                    isCancelled: isCancelled)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Sends one command and waits for its reply; a reply that is an error is thrown.
    package func command(_ parts: [String]) throws(RESPFailure) -> RESPValue {
        try command(parts.map { Array($0.utf8) })
    }

    package func command(_ parts: [[UInt8]]) throws(RESPFailure) -> RESPValue {
        do {
            try connection.write(RESPValue.command(parts))
        } catch {
            throw .transfer(error)
        }
        let reply = try nextReply()
        if case .error(let message) = reply { throw .reply(message) }
        return reply
    }

    private func nextReply() throws(RESPFailure) -> RESPValue {
        while true {
            do throws(RESPError) {
                if let reply = try decoder.next() { return reply }
            } catch {
                throw .transfer(
                    TransferFailure(.broken, sent: true, "not a Redis reply: \(error.message)"))
            }
            do {
                decoder.feed(try connection.read())
            } catch {
                throw .transfer(error)
            }
        }
    }
}

/// Why a command has no result.
package enum RESPFailure: Error, Sendable, Hashable {
    case transfer(TransferFailure)
    /// The server's own word, beginning with its code: `NOAUTH Authentication required.`
    case reply(String)
}
