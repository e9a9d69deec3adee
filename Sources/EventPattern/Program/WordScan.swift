/// Looks at eight bytes at once in one word, with integer arithmetic alone.
///
/// Swift's vectors of bytes compare element by element in this compiler; words do not, and most names and texts
/// are so short that wider vectors would gain little.
enum WordScan {
    @inline(__always)
    private static func all(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The high bits of the bytes at which a plain run of JSON text stops: a quote, a backslash, a control character,
    /// a byte beyond ASCII. Only the lowest bit set is sure to mean one; what stands above it may not.
    @inline(__always)
    static func stops(_ bytes: UInt64) -> UInt64 {
        let word = UInt64(littleEndian: bytes)
        let quotes = (word ^ all(UInt8(ascii: "\""))) &- all(1)
        let escapes = (word ^ all(UInt8(ascii: "\\"))) &- all(1)
        let controls = word &- all(0x20)
        return (quotes | escapes | controls | word) & all(0x80)
    }

    /// The high bits of exactly the bytes that are equal to one.
    @inline(__always)
    static func places(of byte: UInt8, in bytes: UInt64) -> UInt64 {
        let word = UInt64(littleEndian: bytes) ^ all(byte)
        return ~(((word & all(0x7F)) &+ all(0x7F)) | word | all(0x7F))
    }
}
