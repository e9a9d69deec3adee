// The text of addresses: IPv4 as four decimal numbers without leading zeros, IPv6 as in RFC 4291,
// written as in RFC 5952. Zones (`%eth0`) are no part of an address and are refused.

extension IPAddress {
    /// Reads an address; nil unless the whole text is one.
    package init?(_ text: String) {
        var text = text
        guard let address = text.withUTF8({ IPAddress(utf8: $0) }) else { return nil }
        self = address
    }

    /// Reads an address from UTF-8 bytes; nil unless they are one as a whole.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 2, bytes.count <= 45 else { return nil }
        if bytes.contains(UInt8(ascii: ":")) {
            guard let address = Self.v6(bytes) else { return nil }
            self = address
        } else {
            guard let bits = Self.v4(bytes[...]) else { return nil }
            self.init(v4: bits)
        }
    }

    private static func v4(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
        var bits: UInt32 = 0
        var part: UInt32 = 0
        var digits = 0
        var dots = 0
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                bits = bits << 8 | part
                dots += 1
                (part, digits) = (0, 0)
            } else {
                guard byte >= 0x30, byte <= 0x39, !(digits > 0 && part == 0) else { return nil }
                part = part * 10 + UInt32(byte - 0x30)
                digits += 1
                guard part <= 255 else { return nil }
            }
        }
        return digits > 0 && dots == 3 ? bits << 8 | part : nil
    }

    private static func hexDigit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x37)
        case 0x61...0x66: UInt64(byte - 0x57)
        default: nil
        }
    }

    private static func v6(_ bytes: UnsafeBufferPointer<UInt8>) -> IPAddress? {
        let colon = UInt8(ascii: ":")
        var parts: [UInt64] = []
        var gap: Int?
        var i = 0
        if bytes[0] == colon {
            guard bytes[1] == colon else { return nil }
            gap = 0
            i = 2
        }
        while i < bytes.count {
            let start = i
            var part: UInt64 = 0
            while i < bytes.count, let digit = hexDigit(bytes[i]) {
                part = part << 4 | digit
                i += 1
                guard i - start <= 4 else { return nil }
            }
            if i < bytes.count, bytes[i] == UInt8(ascii: ".") {
                guard let bits = v4(bytes[start...]) else { return nil }
                parts += [UInt64(bits >> 16), UInt64(bits & 0xFFFF)]
                i = bytes.count
                break
            }
            guard i > start else { return nil }
            parts.append(part)
            guard i < bytes.count else { break }
            guard bytes[i] == colon, i + 1 < bytes.count else { return nil }
            i += 1
            if bytes[i] == colon {
                guard gap == nil else { return nil }
                gap = parts.count
                i += 1
            }
            guard parts.count < 8 else { return nil }
        }
        if let gap {
            guard parts.count < 8 else { return nil }
            parts.insert(contentsOf: repeatElement(0, count: 8 - parts.count), at: gap)
        }
        guard parts.count == 8 else { return nil }
        return IPAddress(
            v6High: parts[..<4].reduce(0) { $0 << 16 | $1 },
            low: parts[4...].reduce(0) { $0 << 16 | $1 })
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text: dotted decimal, or RFC 5952 (a mapped address ends in dotted decimal).
    package var description: String {
        guard family == .v6 else { return Self.dotted(low) }
        guard !isIPv4Mapped else { return "::ffff:" + Self.dotted(low & 0xFFFF_FFFF) }
        let parts = (0..<8).map { (i: Int) -> UInt64 in
            let word = i < 4 ? high : low
            let shift = UInt64(48 - 16 * (i % 4))
            return (word >> shift) & 0xFFFF
        }
        let gap = Self.longestZeros(parts)
        func joined(_ range: Range<Int>) -> String {
            parts[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        return gap.map { joined(0..<$0.lowerBound) + "::" + joined($0.upperBound..<8) }
            ?? joined(0..<8)
    }

    private static func dotted(_ bits: UInt64) -> String {
        "\(bits >> 24).\(bits >> 16 & 0xFF).\(bits >> 8 & 0xFF).\(bits & 0xFF)"
    }

    /// The first longest run of at least two zero groups.
    private static func longestZeros(_ parts: [UInt64]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        for i in 0...parts.count where i == parts.count || parts[i] != 0 {
            if i - start >= 2, i - start > (best?.count ?? 0) { best = start..<i }
            start = i + 1
        }
        return best
    }
}
