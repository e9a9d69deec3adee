import Glibc
import JSON

/// The ways of dropping entries, from the gentlest to the hardest.
struct RedisFlush: Sendable {
    private enum Scope: Sendable {
        case expired
        case pattern(String)
        case database
        case all
    }

    private let scope: Scope
    /// Keys looked at in one SCAN: small, so that the server serves others in between.
    private static let batch = "500"

    init(scope: String, pattern: String?) throws(Refusal) {
        switch (scope, pattern) {
        case ("expired", _): self.scope = .expired
        case ("pattern", let pattern?) where !pattern.isEmpty: self.scope = .pattern(pattern)
        case ("pattern", _): throw .invalid("scope 'pattern' needs a 'pattern'")
        case ("database", _): self.scope = .database
        case ("all", _): self.scope = .all
        default:
            throw .invalid("'scope' is '\(scope)'; expired, pattern, database or all is expected")
        }
    }

    func run(_ client: RESPClient, _ changes: Locked<Bool>) throws(RESPFailure) -> JSONObject {
        let before = try RedisFigures.number(client, "memory", "used_memory")
        let freed: Int64
        switch scope {
        case .expired: freed = try dropExpired(client)
        case .pattern(let pattern): freed = try unlink(client, pattern, changes)
        case .database:
            freed = try client.command(["DBSIZE"]).integerValue ?? 0
            changes.withLock { $0 = true }
            _ = try client.command(["FLUSHDB", "ASYNC"])
        case .all:
            freed = try RedisFigures.keys(client)
            changes.withLock { $0 = true }
            _ = try client.command(["FLUSHALL", "ASYNC"])
        }
        var output: JSONObject = ["freed": .integer(freed), "memory_before": .integer(before)]
        if let after = try RedisFlush.memoryAfter(client) {
            output["memory_after"] = .integer(after)
        }
        return output
    }

    /// The server frees in the background: asked until it has, for a second at most; nil if it still has not.
    private static func memoryAfter(_ client: RESPClient) throws(RESPFailure) -> Int64? {
        for _ in 0..<50 {
            let figures = try RedisFigures.read(client, "memory")
            if figures["lazyfree_pending_objects"]?.integerValue ?? 0 == 0 {
                return figures["used_memory"]?.integerValue
            }
            usleep(20_000)
        }
        return nil
    }

    /// A visit makes the server notice that a key's time is over.
    private func dropExpired(_ client: RESPClient) throws(RESPFailure) -> Int64 {
        let before = try RedisFigures.number(client, "stats", "expired_keys")
        try scan(client, []) { _ throws(RESPFailure) in }
        return try RedisFigures.number(client, "stats", "expired_keys") - before
    }

    private func unlink(
        _ client: RESPClient, _ pattern: String, _ changes: Locked<Bool>
    ) throws(RESPFailure) -> Int64 {
        var freed: Int64 = 0
        try scan(client, ["MATCH", pattern]) { keys throws(RESPFailure) in
            changes.withLock { $0 = true }
            freed += try client.command([Array("UNLINK".utf8)] + keys).integerValue ?? 0
        }
        return freed
    }

    private func scan(
        _ client: RESPClient, _ options: [String], _ visit: ([[UInt8]]) throws(RESPFailure) -> Void
    ) throws(RESPFailure) {
        var cursor = "0"
        repeat {
            let reply = try client.command(
                ["SCAN", cursor] + options + ["COUNT", RedisFlush.batch])
            guard let items = reply.items, items.count == 2, let next = items[0].string else {
                throw .transfer(
                    TransferFailure(.broken, sent: true, "SCAN was answered with no cursor"))
            }
            let keys = (items[1].items ?? []).compactMap { item -> [UInt8]? in
                if case .bytes(let bytes) = item { bytes } else { nil }
            }
            if !keys.isEmpty { try visit(keys) }
            cursor = next
        } while cursor != "0"
    }
}

/// The server's own figures, as INFO tells them.
enum RedisFigures {
    static func read(_ client: RESPClient, _ section: String) throws(RESPFailure) -> JSONObject {
        let text = try client.command(["INFO", section]).string ?? ""
        var figures = JSONObject()
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = String(line[line.index(after: colon)...])
            let number = Int64(value).map(JSONValue.integer) ?? Double(value).map(JSONValue.number)
            figures[String(line[..<colon])] = number ?? .string(value)
        }
        return figures
    }

    static func number(
        _ client: RESPClient, _ section: String, _ name: String
    ) throws(RESPFailure) -> Int64 {
        try read(client, section)[name]?.integerValue ?? 0
    }

    /// Keys of all databases, from lines such as `db0:keys=12,expires=3,avg_ttl=0`.
    static func keys(_ client: RESPClient) throws(RESPFailure) -> Int64 {
        try read(client, "keyspace").reduce(0) { sum, member in
            let text = member.value.stringValue ?? ""
            return sum + (Int64(text.drop { $0 != "=" }.dropFirst().prefix { $0 != "," }) ?? 0)
        }
    }
}
