/// An IP address that a text spells, IPv4 and IPv6 apart.
///
/// Read as EventBridge does: four decimal octets with or without leading zeros (15 characters at most), or
/// hexadecimal groups with `::`; the form `::ffff:10.0.0.1` is not an address.
struct Address: Hashable, Sendable {
    let isV6: Bool
    /// The first and last 64 bits; IPv4 in the last 32.
    let high: UInt64
    let low: UInt64

    @inline(__always)
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let first = text.first, text.count >= 2, text.count <= 64,
            first == UInt8(ascii: ":") || Address.hex(first) != nil
        else { return nil }
        self.init(likely: text)
    }

    init(isV6: Bool, high: UInt64, low: UInt64) {
        self.isV6 = isV6
        self.high = high
        self.low = low
    }

    init?(_ text: String) {
        var text = text
        guard let result = text.withUTF8({ Address($0) }) else { return nil }
        self = result
    }

    @inline(never)
    private init?(likely text: UnsafeBufferPointer<UInt8>) {
        var hasColon = false
        for byte in text {
            if byte == UInt8(ascii: ":") {
                hasColon = true
                continue
            }
            guard byte == UInt8(ascii: ".") || Address.hex(byte) != nil else { return nil }
        }
        guard let result = hasColon ? Address.six(text) : Address.four(text) else { return nil }
        self = result
    }

    private static func hex(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private static func four(_ text: UnsafeBufferPointer<UInt8>) -> Address? {
        guard text.count <= 15 else { return nil }
        var value: UInt64 = 0
        var octet: UInt64?
        var octets = 0
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard let done = octet, octets < 3 else { return nil }
                value = value << 8 | done
                octets += 1
                octet = nil
            } else {
                guard let digit = hex(byte), digit < 10 else { return nil }
                octet = (octet ?? 0) * 10 + UInt64(digit)
                guard octet! <= 255 else { return nil }
            }
        }
        guard let done = octet, octets == 3 else { return nil }
        return Address(isV6: false, high: 0, low: value << 8 | done)
    }

    private static func six(_ text: UnsafeBufferPointer<UInt8>) -> Address? {
        var groups: (UInt64, UInt64) = (0, 0)
        var count = 0
        var gap: Int?
        var place = 0
        if text[0] == UInt8(ascii: ":") {
            guard text[1] == UInt8(ascii: ":") else { return nil }
            gap = 0
            place = 2
        }
        while place < text.count {
            var value: UInt32 = 0
            let start = place
            while place < text.count, let digit = hex(text[place]) {
                value = value << 4 | digit
                guard value <= 0xFFFF else { return nil }
                place += 1
            }
            guard place > start, count < 8 else { return nil }
            groups = (groups.0 << 16 | groups.1 >> 48, groups.1 << 16 | UInt64(value))
            count += 1
            if place == text.count { break }
            guard text[place] == UInt8(ascii: ":") else { return nil }
            place += 1
            guard place < text.count else { return nil }
            if text[place] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = count
                place += 1
            }
        }
        guard let gap else {
            return count == 8 ? Address(isV6: true, high: groups.0, low: groups.1) : nil
        }
        guard count < 8 else { return nil }
        return expanded(groups, gap: gap, after: count - gap, missing: 8 - count)
    }

    /// Puts the missing zero groups where `::` stood, `after` groups before the end.
    private static func expanded(
        _ groups: (UInt64, UInt64), gap: Int, after: Int, missing: Int
    ) -> Address {
        let value = UInt128(groups.0) << 64 | UInt128(groups.1)
        let tail = after == 8 ? value : value & ((UInt128(1) << UInt128(16 * after)) - 1)
        let head = (value >> UInt128(16 * after)) << UInt128(16 * (after + missing))
        let whole = head | tail
        return Address(
            isV6: true, high: UInt64(truncatingIfNeeded: whole >> 64),
            low: UInt64(truncatingIfNeeded: whole))
    }
}

/// A block of addresses, `10.0.0.0/8`: the masked base and the number of leading bits that count.
struct AddressBlock: Hashable, Sendable {
    let base: Address
    let bits: Int

    init(_ address: Address, bits: Int) {
        base = AddressBlock.masked(address, bits: bits)
        self.bits = bits
    }

    @inline(__always)
    func contains(_ address: Address) -> Bool {
        address.isV6 == base.isV6 && AddressBlock.masked(address, bits: bits) == base
    }

    @inline(__always)
    static func masked(_ address: Address, bits: Int) -> Address {
        guard address.isV6 else {
            let keep = bits == 0 ? 0 : UInt64(UInt32.max) << UInt64(32 - bits) & 0xFFFF_FFFF
            return Address(isV6: false, high: 0, low: address.low & keep)
        }
        let high = bits >= 64 ? UInt64.max : bits == 0 ? 0 : UInt64.max << UInt64(64 - bits)
        let low = bits <= 64 ? 0 : bits == 128 ? UInt64.max : UInt64.max << UInt64(128 - bits)
        return Address(isV6: true, high: address.high & high, low: address.low & low)
    }
}
