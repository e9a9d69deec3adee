package import BelayCompiler
import Cryptography

/// Time-ordered identifiers (RFC 9562, version 7) from an injected clock and injected randomness.
package enum UUIDv7 {
    /// How many random bytes `make` takes.
    package static let randomByteCount = 10

    /// Lower-case text of 36 characters; times before 1970 count as 1970.
    package static func make(at time: Timestamp, random: [UInt8]) -> String {
        precondition(random.count == randomByteCount, "a UUIDv7 takes ten random bytes")
        let milliseconds = UInt64(max(0, time.microseconds / 1000))
        var bytes = [UInt8](repeating: 0, count: 16)
        for place in 0..<6 {
            bytes[place] = UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * place))
        }
        bytes.replaceSubrange(6..., with: random)
        bytes[6] = 0x70 | bytes[6] & 0x0f
        bytes[8] = 0x80 | bytes[8] & 0x3f
        return text(bytes)
    }

    /// The same with clock and randomness of a world.
    package static func make(_ world: some World) -> String {
        make(at: world.now(), random: world.randomBytes(randomByteCount))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        var units: [UInt8] = []
        units.reserveCapacity(36)
        for (place, byte) in bytes.enumerated() {
            if place == 4 || place == 6 || place == 8 || place == 10 {
                units.append(UInt8(ascii: "-"))
            }
            withUnsafeBytes(of: byte) { Hex.append($0, to: &units) }
        }
        return String(decoding: units, as: UTF8.self)
    }
}
