import Cryptography

/// The name of a chain in 128 bits, so that a million of them are told apart without texts: a UUID itself, of any
/// other name the beginning of its SHA-256.
struct ChainKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64
    private let isUUID: Bool

    init(_ name: UnsafeBufferPointer<UInt8>) {
        if let (high, low) = Self.uuid(name) {
            (self.high, self.low, isUUID) = (high, low, true)
        } else {
            let words = SHA256.hash(UnsafeRawBufferPointer(name)).withUnsafeBytes {
                ($0.load(as: UInt64.self), $0.load(fromByteOffset: 8, as: UInt64.self))
            }
            (high, low, isUUID) = (words.0, words.1, false)
        }
    }

    init(_ name: String) {
        var name = name
        self = name.withUTF8 { ChainKey($0) }
    }

    /// Only the lower-case form with its four dashes: another spelling is another name.
    private static func uuid(_ name: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64)? {
        guard name.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for place in 0..<36 {
            let unit = name[place]
            if place == 8 || place == 13 || place == 18 || place == 23 {
                guard unit == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch unit {
            case 0x30...0x39: digit = unit - 0x30
            case 0x61...0x66: digit = unit - 0x61 + 10
            default: return nil
            }
            words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | UInt64(digit))
        }
        return words
    }

    static func == (a: ChainKey, b: ChainKey) -> Bool {
        a.high == b.high && a.low == b.low && a.isUUID == b.isUUID
    }

    /// The low half is random in a UUID and in a hash.
    func hash(into hasher: inout Hasher) { hasher.combine(low) }
}
