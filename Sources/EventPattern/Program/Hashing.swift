/// Hashing and comparison of bytes eight at a time; eight bytes beyond the end of every text must be readable.
enum Hashing {
    @inline(__always)
    static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    @inline(__always)
    static func word(_ start: UnsafePointer<UInt8>) -> UInt64 {
        UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
    }

    /// The first eight bytes of a text, zeros after its end.
    @inline(__always)
    static func head(_ start: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        let word = UInt64(littleEndian: word(start))
        return length >= 8 ? word : word & ((1 &<< UInt64(truncatingIfNeeded: length &* 8)) &- 1)
    }

    /// The last eight bytes of a text longer than eight, else 0.
    @inline(__always)
    static func tail(_ start: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        length > 8 ? UInt64(littleEndian: word(start + (length - 8))) : 0
    }

    @inline(__always)
    static func bytes(_ start: UnsafePointer<UInt8>, _ length: Int, tag: UInt32) -> UInt64 {
        let seed = UInt64(tag) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: length)
        if length <= 16 {
            return mix(
                head(start, length) ^ 0xA076_1D64_78BD_642F,
                tail(start, length) ^ seed ^ 0xE703_7ED1_A0B4_28DB)
        }
        return long(start, length, seed)
    }

    private static func long(_ start: UnsafePointer<UInt8>, _ length: Int, _ seed: UInt64) -> UInt64
    {
        var hash = seed
        var at = 0
        while at + 16 < length {
            hash = mix(
                UInt64(littleEndian: word(start + at)) ^ 0xA076_1D64_78BD_642F,
                UInt64(littleEndian: word(start + (at + 8))) ^ hash ^ 0xE703_7ED1_A0B4_28DB)
            at += 16
        }
        return mix(
            UInt64(littleEndian: word(start + (length - 16))) ^ 0xE703_7ED1_A0B4_28DB,
            UInt64(littleEndian: word(start + (length - 8))) ^ hash ^ 0xE703_7ED1_A0B4_28DB)
    }

    @inline(__always)
    static func words(_ first: UInt64, _ second: UInt64, tag: UInt32) -> UInt64 {
        let seed = UInt64(tag) &* 0x9E37_79B9_7F4A_7C15
        return mix(
            mix(first ^ 0xA076_1D64_78BD_642F, seed ^ 0x8EBC_6AF0_9C88_C6E3) ^ second,
            0xE703_7ED1_A0B4_28DB)
    }

    /// Whether two stretches of bytes are equal.
    @inline(__always)
    static func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        if length >= 8 {
            var at = 0
            while at + 8 <= length {
                if word(a + at) != word(b + at) { return false }
                at += 8
            }
            return word(a + (length - 8)) == word(b + (length - 8))
        }
        return head(a, length) == head(b, length)
    }
}
