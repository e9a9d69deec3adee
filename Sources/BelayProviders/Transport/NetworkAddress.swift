import Glibc

/// An IPv4 or IPv6 address in its canonical text and its bytes.
package struct NetworkAddress: Sendable, Hashable {
    /// Four or sixteen.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        precondition(bytes.count == 4 || bytes.count == 16, "an address has 4 or 16 bytes")
        self.bytes = bytes
    }

    /// Reads dotted decimal of four numbers, or an IPv6 address without zone.
    package init?(_ text: String) {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 {
                self.bytes = bytes
                return
            }
        }
        return nil
    }

    package var text: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The IPv4 address that a mapped, translated or 6to4 address leads to.
    package var embedded: NetworkAddress? {
        guard bytes.count == 16 else { return nil }
        let isMapped = bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        let isCompatible = bytes[0..<12].allSatisfy { $0 == 0 } && bytes[12...] != [0, 0, 0, 1]
        let isTranslated = bytes[0..<12] == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
        if isMapped || isCompatible || isTranslated { return NetworkAddress(bytes: Array(bytes[12...])) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return NetworkAddress(bytes: Array(bytes[2..<6])) }
        return nil
    }
}

/// A block of addresses such as `10.0.0.0/8`.
package struct NetworkRange: Sendable, Hashable {
    private let base: NetworkAddress
    private let bits: Int

    /// Reads `address/bits`, or one address alone.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let base = NetworkAddress(String(parts[0])) else { return nil }
        let all = base.bytes.count * 8
        guard let bits = parts.count == 2 ? Int(parts[1]) : all, (0...all).contains(bits) else {
            return nil
        }
        self.base = base
        self.bits = bits
    }

    package func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        let whole = bits / 8
        guard address.bytes[..<whole] == base.bytes[..<whole] else { return false }
        let rest = bits % 8
        if rest == 0 { return true }
        let mask = UInt8(truncatingIfNeeded: 0xff00 >> rest)
        return address.bytes[whole] & mask == base.bytes[whole] & mask
    }
}
