/// The two pieces of JSON's grammar that both the reader of trees and the scanner of events need.
enum JSONGrammar {
    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// The end of the number that begins at `start`, nil if it is not one.
    static func number(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var place = start
        func digits() -> Int {
            let from = place
            while place < bytes.count, isDigit(bytes[place]) { place += 1 }
            return place - from
        }
        if place < bytes.count, bytes[place] == UInt8(ascii: "-") { place += 1 }
        let first = place
        let count = digits()
        guard count == 1 || count > 1 && bytes[first] != UInt8(ascii: "0") else { return nil }
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            place += 1
            guard digits() > 0 else { return nil }
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            if place < bytes.count,
                bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+")
            {
                place += 1
            }
            guard digits() > 0 else { return nil }
        }
        return place
    }

    /// Decodes the escapes of a text's raw bytes; returns the offset of an escape that is not valid.
    ///
    /// A surrogate without its other half is not valid.
    @inline(__always)
    static func unescape(_ raw: UnsafeBufferPointer<UInt8>, into write: (UInt8) -> Void) -> Int? {
        var place = 0
        while place < raw.count {
            let byte = raw[place]
            guard byte == UInt8(ascii: "\\") else {
                write(byte)
                place += 1
                continue
            }
            guard place + 1 < raw.count else { return place }
            if raw[place + 1] == UInt8(ascii: "u") {
                guard let (scalar, length) = scalar(raw, at: place) else { return place }
                encode(scalar, into: write)
                place += length
                continue
            }
            guard let plain = single(raw[place + 1]) else { return place }
            write(plain)
            place += 2
        }
        return nil
    }

    private static func single(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        default: nil
        }
    }

    /// The scalar that `\uXXXX`, or a pair of them, spells, with its length in bytes.
    static func scalar(_ raw: UnsafeBufferPointer<UInt8>, at place: Int) -> (UInt32, Int)? {
        guard let high = unit(raw, at: place) else { return nil }
        guard high & 0xF800 == 0xD800 else { return (high, 6) }
        guard high < 0xDC00, let low = unit(raw, at: place + 6), low & 0xFC00 == 0xDC00 else {
            return nil
        }
        return (0x10000 + (high - 0xD800) << 10 + (low - 0xDC00), 12)
    }

    private static func unit(_ raw: UnsafeBufferPointer<UInt8>, at place: Int) -> UInt32? {
        guard place + 6 <= raw.count, raw[place] == UInt8(ascii: "\\"),
            raw[place + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt32 = 0
        for i in 2..<6 {
            let byte = raw[place + i]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32((byte | 0x20) - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }

    @inline(__always)
    static func encode(_ scalar: UInt32, into write: (UInt8) -> Void) {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | scalar >> shift & 0x3F) }
        switch scalar {
        case 0..<0x80: write(UInt8(scalar))
        case 0x80..<0x800:
            write(UInt8(0xC0 | scalar >> 6))
            write(tail(0))
        case 0x800..<0x10000:
            write(UInt8(0xE0 | scalar >> 12))
            write(tail(6))
            write(tail(0))
        default:
            write(UInt8(0xF0 | scalar >> 18))
            write(tail(12))
            write(tail(6))
            write(tail(0))
        }
    }
}
