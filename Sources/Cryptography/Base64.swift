/// Base64 (RFC 4648), strict: no line breaks, no stray bits, padding as the alphabet asks.
package enum Base64 {
    /// The two alphabets of RFC 4648; `url` is written without padding and read with or without it.
    package enum Alphabet: Sendable {
        case standard
        case url
    }

    private static let standardDigits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlDigits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let padding = UInt8(ascii: "=")

    package static func encode(_ bytes: [UInt8], _ alphabet: Alphabet = .standard) -> String {
        let digits = alphabet == .standard ? standardDigits : urlDigits
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        var i = 0
        while i < bytes.count {
            let left = bytes.count - i
            let b1 = left > 1 ? bytes[i + 1] : 0
            let b2 = left > 2 ? bytes[i + 2] : 0
            out.append(digits[Int(bytes[i] >> 2)])
            out.append(digits[Int((bytes[i] & 3) << 4 | b1 >> 4)])
            if left > 1 { out.append(digits[Int((b1 & 15) << 2 | b2 >> 6)]) }
            if left > 2 { out.append(digits[Int(b2 & 63)]) }
            if alphabet == .standard, left < 3 {
                out += repeatElement(padding, count: 3 - left)
            }
            i += 3
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `nil` for characters outside the alphabet, wrong padding, or bits that belong to no byte.
    package static func decode(
        _ text: some StringProtocol, _ alphabet: Alphabet = .standard
    ) -> [UInt8]? {
        var units = Array(text.utf8)
        if alphabet == .standard || units.last == padding {
            guard units.count.isMultiple(of: 4) else { return nil }
            if units.last == padding { units.removeLast() }
            if units.last == padding { units.removeLast() }
        }
        guard units.count % 4 != 1 else { return nil }
        return decode(units: units, alphabet)
    }

    private static func decode(units: [UInt8], _ alphabet: Alphabet) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(units.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var held = 0
        for unit in units {
            guard let value = value(of: unit, alphabet) else { return nil }
            bits = bits << 6 | value
            held += 6
            if held >= 8 {
                held -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> held))
                bits &= (1 << held) - 1
            }
        }
        return bits == 0 ? out : nil
    }

    private static func value(of unit: UInt8, _ alphabet: Alphabet) -> UInt32? {
        switch (unit, alphabet) {
        case (0x41...0x5a, _): UInt32(unit) - 0x41
        case (0x61...0x7a, _): UInt32(unit) - 0x61 + 26
        case (0x30...0x39, _): UInt32(unit) - 0x30 + 52
        case (0x2b, .standard), (0x2d, .url): 62
        case (0x2f, .standard), (0x5f, .url): 63
        default: nil
        }
    }
}
