package import BelayCompiler
package import BelayEngine
import JSON

/// Looks into a Redis server and drops entries: gently by SCAN and UNLINK, never by KEYS.
package struct RedisAction: ActionProvider {
    package static let contract = ProviderContract(
        "redis", description: "A Redis server, with or without TLS.",
        settings: [
            InputContract(
                "host", .string, required: true, description: "Name or address of the server."),
            InputContract("port", .integer, standard: 6379),
            InputContract("user", .string, description: "For servers with access lists."),
            InputContract("password", .string, description: "A secret."),
            InputContract("database", .integer, standard: 0),
            InputContract("tls", .boolean, description: "Whether to speak TLS; default false."),
            InputContract("ca_file", .string, description: "PEM file of the authorities to trust."),
        ],
        operations: [flush, info, ping])

    private static let target = InputContract(
        "target", .string, standard: "${{ incident.target }}", description: "What is acted on.")

    private static let flush = OperationContract(
        "flush",
        action: ActionContract(
            "redis.flush", description: "Drop entries of a Redis server.", effect: .change,
            recovery: .idempotent,
            inputs: [
                target,
                InputContract(
                    "scope", .string, allowed: ["expired", "pattern", "database", "all"],
                    standard: "all",
                    description:
                        "`expired` visits every key, so that the server drops those whose time is "
                        + "over; `pattern` unlinks keys that match; `database` and `all` empty it."),
                InputContract("pattern", .string, description: "A glob such as `session:*`."),
            ],
            outputs: [
                OutputContract("freed", .integer, description: "Keys that were dropped."),
                OutputContract("memory_before", .integer, description: "Bytes used before."),
                OutputContract(
                    "memory_after", .integer,
                    description:
                        "Bytes used after; not there while the server is still freeing them."),
            ],
            timeout: .seconds(30)),
        serves: ["clear_cache"])

    private static let info = OperationContract(
        "info",
        action: ActionContract(
            "redis.info", description: "Read a section of the server's own figures.", effect: .read,
            recovery: .pure,
            inputs: [InputContract("section", .string, standard: "memory")],
            outputs: [
                OutputContract(
                    "info", .map, description: "Names to numbers where they are numbers, else text."
                )
            ],
            timeout: .seconds(10)))

    private static let ping = OperationContract(
        "ping",
        action: ActionContract(
            "redis.ping", description: "Ask whether the server answers.", effect: .read,
            recovery: .pure,
            outputs: [OutputContract("reply", .string)], timeout: .seconds(5)))

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut { call throws(Refusal) in
            let server = try await server(call)
            let changes = Locked(false)
            let work = try RedisAction.work(call, changes)
            let result = await RESPClient.session(with: server, timeout: call.timeLeft, work)
            switch result {
            case .success(let output): return .succeeded(.object(output))
            case .failure(let failure): return failure.outcome(hasChanged: changes.withLock { $0 })
            }
        }
    }

    private func server(_ call: ActionCall) async throws(Refusal) -> RESPServer {
        var server = RESPServer(host: try call.required("host"))
        server.port = try call.integer("port") ?? 6379
        server.user = call.text("user")
        server.password = call.text("password")
        server.database = try call.integer("database") ?? 0
        server.isTLS = try call.flag("tls")
        server.tls = HTTPSettings.tls(call)
        server.connectTimeout = min(.seconds(5), call.timeLeft)
        // The binding names the server, so its network is not judged; the metadata service is.
        let url = try RedisAction.address(server)
        var policy = HostPolicy()
        policy.trusted = [url.authority]
        do throws(TransferFailure) {
            server.addresses = try await tools.http.judged(
                url, policy, within: call.timeLeft, connect: server.connectTimeout)
        } catch {
            throw Refusal(error.outcome)
        }
        server.host = url.host
        return server
    }

    private static func address(_ server: RESPServer) throws(Refusal) -> WebAddress {
        let host = server.host.utf8.contains(UInt8(ascii: ":")) ? "[\(server.host)]" : server.host
        do throws(WebAddressError) {
            return try WebAddress("redis://\(host):\(server.port)")
        } catch {
            throw .invalid("the Redis server: \(error.message)")
        }
    }

    /// The commands of the operation; `changes` is set right before the first that changes something.
    private static func work(
        _ call: ActionCall, _ changes: Locked<Bool>
    ) throws(Refusal) -> @Sendable (RESPClient) throws(RESPFailure) -> JSONObject {
        switch call.request.operation {
        case "ping":
            return { client throws(RESPFailure) in
                ["reply": .string(try client.command(["PING"]).string ?? "")]
            }
        case "info":
            let section = call.text("section") ?? "memory"
            return { client throws(RESPFailure) in
                ["info": .object(try RedisFigures.read(client, section))]
            }
        case "flush":
            let flush = try RedisFlush(
                scope: call.text("scope") ?? "all", pattern: call.text("pattern"))
            return { client throws(RESPFailure) in try flush.run(client, changes) }
        case let other: preconditionFailure("redis has no operation \(other)")
        }
    }
}

extension RESPFailure {
    /// A connection that fails before anything was changed has done nothing.
    fileprivate func outcome(hasChanged: Bool) -> ActionOutcome {
        switch self {
        case .transfer(let failure):
            TransferFailure(
                failure.cause == .broken && !hasChanged ? .connect : failure.cause,
                sent: hasChanged, failure.message
            ).outcome
        case .reply(let message):
            switch message.prefix(while: { $0 != " " }) {
            case "NOAUTH", "WRONGPASS", "NOPERM":
                .failed(.denied, retryable: false, message: message)
            case "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN":
                .failed(.unavailable, retryable: true, message: message)
            case "READONLY", "MISCONF", "OOM":
                .failed(.conflict, retryable: false, message: message)
            default:
                message.contains("max number of clients")
                    ? .failed(.throttled, retryable: true, message: message)
                    : .failed(.invalid, retryable: false, message: message)
            }
        }
    }
}
