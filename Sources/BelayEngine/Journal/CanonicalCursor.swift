import BelayCompiler
import Cryptography
import Glibc

/// A place in canonical JSON bytes that moves over what is there.
///
/// A member that is absent leaves the place where it was; one that is there and not of its form is false.
struct CanonicalCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    @inline(__always)
    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard place + count <= bytes.count, let base = bytes.baseAddress,
            memcmp(base + place, text.utf8Start, count) == 0
        else { return false }
        place += count
        return true
    }

    /// A quoted text without escapes.
    mutating func string(_ text: inout RecordView.Text) -> Bool {
        guard take("\"") else { return false }
        let start = place
        while place < bytes.count {
            let unit = bytes[place]
            if unit == UInt8(ascii: "\"") {
                text = RecordView.Text(start: Int32(start), count: Int32(place - start))
                place += 1
                return true
            }
            guard unit >= 0x20, unit < 0x80, unit != UInt8(ascii: "\\") else { return false }
            place += 1
        }
        return false
    }

    @inline(__always)
    mutating func text(_ name: StaticString, _ text: inout RecordView.Text) -> Bool {
        take(name) ? string(&text) : true
    }

    mutating func integer(_ name: StaticString, _ value: inout Int?) -> Bool {
        guard take(name) else { return true }
        let start = place
        var sum = 0
        while place < bytes.count, (0x30...0x39).contains(bytes[place]), place - start < 16 {
            sum = sum * 10 + Int(bytes[place] - 0x30)
            place += 1
        }
        let count = place - start
        guard count > 0, count == 1 || bytes[start] != 0x30, sum <= 1 << 53 else { return false }
        value = sum
        return true
    }

    mutating func digest() -> Digest? {
        let end = place + 2 + 2 * Digest.byteCount
        guard end <= bytes.count, bytes[place] == UInt8(ascii: "\""),
            bytes[end - 1] == UInt8(ascii: "\""),
            let digest = Digest(
                lowerCaseHex: UnsafeBufferPointer(rebasing: bytes[place + 1..<end - 1]))
        else { return nil }
        place = end
        return digest
    }

    mutating func digest(_ name: StaticString, _ value: inout Digest?) -> Bool {
        guard take(name) else { return true }
        value = digest()
        return value != nil
    }

    /// `"2026-03-01T02:00:00.000000Z"` and nothing else.
    mutating func time(_ time: inout Timestamp) -> Bool {
        guard place + 29 <= bytes.count, let base = bytes.baseAddress,
            let parsed = Self.time(base + place)
        else { return false }
        place += 29
        time = parsed
        return true
    }

    private static func time(_ text: UnsafePointer<UInt8>) -> Timestamp? {
        guard text[0] == UInt8(ascii: "\""), text[5] == UInt8(ascii: "-"),
            text[8] == UInt8(ascii: "-"), text[11] == UInt8(ascii: "T"),
            text[14] == UInt8(ascii: ":"), text[17] == UInt8(ascii: ":"),
            text[20] == UInt8(ascii: "."), text[27] == UInt8(ascii: "Z"),
            text[28] == UInt8(ascii: "\"")
        else { return nil }
        var holds = true
        func number(_ start: Int, _ count: Int) -> Int {
            var value = 0
            for place in start..<start + count {
                let digit = text[place] &- 0x30
                if digit > 9 { holds = false }
                value = value &* 10 &+ Int(digit)
            }
            return value
        }
        let (year, month, day) = (number(1, 4), number(6, 2), number(9, 2))
        let (hour, minute, second) = (number(12, 2), number(15, 2), number(18, 2))
        let micros = number(21, 6)
        guard holds, hour < 24, minute < 60, second < 60, (1...12).contains(month),
            (1...CivilDate.daysIn(month: month, of: year)).contains(day)
        else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        return Timestamp(microseconds: seconds * 1_000_000 + Int64(micros))
    }
}
