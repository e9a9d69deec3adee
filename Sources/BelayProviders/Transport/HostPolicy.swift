package import Text

/// Which addresses a request may go to: schemes, hosts, ports and networks.
///
/// Names are judged before they are resolved, every address after; the connection then goes to a judged
/// address, so a name that answers differently the second time changes nothing.
package struct HostPolicy: Sendable, Hashable {
    package var schemes: Set<String> = ["https", "http"]
    /// Names, or `*.` and a suffix; nil allows any public host.
    package var hosts: [String]?
    package var ports: Set<Int> = [80, 443]
    /// Special networks (loopback, private, link-local) that are allowed all the same.
    package var networks: [CIDRBlock] = []
    /// The environment itself named the host: its network is not judged, the metadata service excepted.
    package var trusted: Set<String> = []

    package init() {}

    /// Why the address may not be called, before its name is resolved.
    package func objection(to url: WebAddress) -> String? {
        if trusted.contains(url.authority) { return nil }
        if !schemes.contains(url.scheme) { return "the scheme '\(url.scheme)' is not allowed" }
        if !ports.contains(url.port) { return "port \(url.port) is not allowed" }
        if let hosts, !hosts.contains(where: { HostPolicy.matches($0, url.host) }) {
            return "the host '\(url.host)' is not allowed"
        }
        if HostPolicy.isLocalName(url.host), networks.isEmpty {
            return "the host '\(url.host)' is a local name"
        }
        return nil
    }

    /// Why the connection may not be made to this address of the host.
    package func objection(to address: IPAddress, of url: WebAddress) -> String? {
        let real = address.embedded ?? address
        if networks.contains(where: { $0.contains(address) || $0.contains(real) }) { return nil }
        let isMetadata = HostPolicy.metadata.contains { $0.contains(real) }
        if trusted.contains(url.authority), !isMetadata { return nil }
        let isSpecial = HostPolicy.special.contains { $0.contains(real) || $0.contains(address) }
        guard isSpecial || isMetadata else { return nil }
        return "\(address) is in a private or special network, which is not allowed"
    }

    /// Allows networks such as `10.0.0.0/8`; gives back the first text that is none.
    package mutating func allow(networks texts: [String]) -> String? {
        for text in texts {
            let block =
                CIDRBlock(text)
                ?? IPAddress(text).flatMap { CIDRBlock(address: $0, prefixLength: $0.family.bits) }
            guard let block else { return text }
            networks.append(block)
        }
        return nil
    }

    private static func matches(_ pattern: String, _ host: String) -> Bool {
        let pattern = pattern.lowercased()
        return pattern.hasPrefix("*.") ? host.hasSuffix(pattern.dropFirst()) : host == pattern
    }

    private static func isLocalName(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host.hasSuffix(".internal")
    }

    /// Addresses where clouds hand out credentials.
    private static let metadata = ranges([
        "169.254.0.0/16", "fd00:ec2::/32", "fe80::/10", "100.100.100.200/32",
    ])

    /// IANA's special-purpose registries (RFC 6890 and its updates).
    private static let special = ranges([
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128",
        "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "fc00::/7", "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ])

    private static func ranges(_ texts: [String]) -> [CIDRBlock] {
        let ranges = texts.compactMap(CIDRBlock.init)
        precondition(ranges.count == texts.count, "a range of the table cannot be read")
        return ranges
    }
}
