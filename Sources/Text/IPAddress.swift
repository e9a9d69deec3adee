/// An IPv4 or IPv6 address, 128 bits and a family; the families never equal one another.
package struct IPAddress: Hashable, Sendable {
    /// The two kinds of addresses.
    package enum Family: UInt8, Hashable, Sendable {
        case v4 = 4
        case v6 = 6

        /// How many bits an address of the family has.
        package var bits: Int { self == .v4 ? 32 : 128 }
    }

    package let family: Family
    /// The upper 64 bits of an IPv6 address; zero for IPv4.
    package let high: UInt64
    /// The lower 64 bits of an IPv6 address; the 32 bits of IPv4.
    package let low: UInt64

    /// An IPv4 address from its 32 bits.
    package init(v4 bits: UInt32) {
        family = .v4
        high = 0
        low = UInt64(bits)
    }

    /// An IPv6 address from its upper and lower 64 bits.
    package init(v6High high: UInt64, low: UInt64) {
        family = .v6
        self.high = high
        self.low = low
    }

    /// The address whose network-order bytes these are: 4 or 16 of them, else nil.
    package init?(networkBytes bytes: some Collection<UInt8>) {
        func number(_ part: some Collection<UInt8>) -> UInt64 {
            part.reduce(0) { $0 << 8 | UInt64($1) }
        }
        switch bytes.count {
        case 4: self.init(v4: UInt32(number(bytes)))
        case 16: self.init(v6High: number(bytes.prefix(8)), low: number(bytes.dropFirst(8)))
        default: return nil
        }
    }

    /// The address in network byte order, 4 or 16 bytes.
    package var networkBytes: [UInt8] {
        func split(_ word: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64(count - 1 - $0))) }
        }
        return family == .v4 ? split(low, 4) : split(high, 8) + split(low, 8)
    }

    /// The address with all but its first `length` bits cleared; `length` is 0 to the family's bits.
    package func masked(to length: Int) -> IPAddress {
        precondition(
            length >= 0 && length <= family.bits, "prefix length outside the family's bits")
        if family == .v4 {
            let mask = length == 0 ? 0 : UInt32.max << UInt32(32 - length)
            return IPAddress(v4: UInt32(low) & mask)
        }
        let highMask = length == 0 ? 0 : UInt64.max << UInt64(max(0, 64 - length))
        let lowMask = length <= 64 ? 0 : UInt64.max << UInt64(128 - length)
        return IPAddress(v6High: high & highMask, low: low & lowMask)
    }
}

// MARK: - What an address is for

extension IPAddress {
    /// An IPv6 address that stands for an IPv4 one (`::ffff:0:0/96`).
    package var isIPv4Mapped: Bool { family == .v6 && high == 0 && low >> 32 == 0xFFFF }

    /// The IPv4 address that a mapped address stands for, else the address itself.
    package var unmapped: IPAddress {
        isIPv4Mapped ? IPAddress(v4: UInt32(truncatingIfNeeded: low)) : self
    }

    /// `0.0.0.0` or `::`.
    package var isUnspecified: Bool { high == 0 && low == 0 }

    /// `127.0.0.0/8` or `::1`.
    package var isLoopback: Bool { family == .v4 ? low >> 24 == 127 : high == 0 && low == 1 }

    /// `224.0.0.0/4` or `ff00::/8`.
    package var isMulticast: Bool { family == .v4 ? low >> 28 == 0xE : high >> 56 == 0xFF }

    /// `169.254.0.0/16` or `fe80::/10`.
    package var isLinkLocalUnicast: Bool {
        family == .v4 ? low >> 16 == 0xA9FE : high >> 54 == 0xFE80 >> 6
    }

    /// `224.0.0.0/24` or `ff02::/16` with any flags.
    package var isLinkLocalMulticast: Bool {
        family == .v4 ? low >> 8 == 0xE00000 : high >> 48 & 0xFF0F == 0xFF02
    }

    /// A link-local unicast or multicast address.
    package var isLinkLocal: Bool { isLinkLocalUnicast || isLinkLocalMulticast }

    /// RFC 1918 (`10/8`, `172.16/12`, `192.168/16`) or RFC 4193 (`fc00::/7`).
    package var isPrivate: Bool {
        guard family == .v4 else { return high >> 57 == 0xFC >> 1 }
        return low >> 24 == 10 || low >> 20 == 0xAC1 || low >> 16 == 0xC0A8
    }

    /// Unicast and neither unspecified, loopback, link-local nor broadcast; private ones count too.
    package var isGlobalUnicast: Bool {
        if family == .v4, low == 0xFFFF_FFFF { return false }
        return !isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast
    }
}
