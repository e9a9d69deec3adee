import Glibc
package import Text

/// Turns host names into addresses; the system's resolver, or a table in tests.
package struct Resolver: Sendable {
    /// Addresses of a name in order of preference; empty if it has none.
    package let addresses: @Sendable (_ host: String) async -> [IPAddress]

    package init(_ addresses: @escaping @Sendable (_ host: String) async -> [IPAddress]) {
        self.addresses = addresses
    }

    /// Answers from a table, for stand-ins; text that is no address is left out.
    package static func table(_ answers: @escaping @Sendable (String) -> [String]) -> Resolver {
        Resolver { host in answers(host).compactMap { IPAddress($0) } }
    }

    /// The system's resolver, with answers kept for a few seconds and one question at a time for each name.
    package static func system(keeping lifetime: Duration = .seconds(5)) -> Resolver {
        let cache = ResolverCache(lifetime: lifetime)
        return Resolver { await cache.addresses(of: $0) }
    }
}

/// Answers of the system's resolver, and the questions under way.
private actor ResolverCache {
    private struct Entry {
        let question: Task<[IPAddress], Never>
        let asked: ContinuousClock.Instant
    }

    private let lifetime: Duration
    private var entries: [String: Entry] = [:]

    init(lifetime: Duration) { self.lifetime = lifetime }

    func addresses(of host: String) async -> [IPAddress] {
        let now = ContinuousClock.now
        entries = entries.filter { now - $0.value.asked < lifetime }
        if let entry = entries[host] { return await entry.question.value }
        let question = Task { await OwnThread.run { lookUp(host) } }
        entries[host] = Entry(question: question, asked: now)
        let addresses = await question.value
        if addresses.isEmpty { entries[host] = nil }
        return addresses
    }
}

/// Asks the system; blocks for as long as its name servers take.
private func lookUp(_ host: String) -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var addresses: [IPAddress] = []
    var next = list
    while let entry = next {
        if let address = IPAddress(entry.pointee.ai_addr), !addresses.contains(address) {
            addresses.append(address)
        }
        next = entry.pointee.ai_next
    }
    return addresses
}

extension IPAddress {
    /// The address of a socket address of either family.
    fileprivate init?(_ pointer: UnsafeMutablePointer<sockaddr>?) {
        guard let pointer else { return nil }
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET:
            let address = UnsafeRawPointer(pointer).load(as: sockaddr_in.self).sin_addr
            self.init(networkBytes: withUnsafeBytes(of: address) { Array($0) })
        case AF_INET6:
            let address = UnsafeRawPointer(pointer).load(as: sockaddr_in6.self).sin6_addr
            self.init(networkBytes: withUnsafeBytes(of: address) { Array($0) })
        default: return nil
        }
    }
}
