/// The 32 bytes of a SHA-256 or HMAC-SHA256 result, held in place so that trees of them stay flat in memory.
package struct Digest: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// Takes exactly 32 bytes; any other number gives `nil`.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        self.init()
        withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    }

    /// Takes 64 hexadecimal digits of either case; anything else gives `nil`.
    package init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    /// Takes 64 lower-case digits as they stand in a text; anything else gives `nil`.
    package init?(lowerCaseHex digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 2 * Digest.byteCount else { return nil }
        self.init()
        let holds = withUnsafeMutableBytes { out in
            for place in 0..<Digest.byteCount {
                let high = Hex.lowerCaseValues[Int(digits[2 * place])]
                let low = Hex.lowerCaseValues[Int(digits[2 * place + 1])]
                guard high | low < 16 else { return false }
                out[place] = high << 4 | low
            }
            return true
        }
        if !holds { return nil }
    }

    init() { words = (0, 0, 0, 0) }

    package static let byteCount = 32

    package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// 64 lower-case hexadecimal digits.
    package var hex: String { withUnsafeBytes { Hex.encode($0) } }

    /// 44 characters with padding.
    package var base64: String { Base64.encode(bytes) }

    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try Swift.withUnsafeBytes(of: words, body)
    }

    mutating func withUnsafeMutableBytes<R>(
        _ body: (UnsafeMutableRawBufferPointer) throws -> R
    ) rethrows -> R {
        try Swift.withUnsafeMutableBytes(of: &words, body)
    }

    package static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Digest: CustomStringConvertible {
    package var description: String { hex }
}
