/// A moment between the years 1 and 9999, to the nanosecond.
public struct CELTimestamp: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64
    /// Nanoseconds past the second, 0 to 999,999,999.
    public let nanos: Int32

    static let bounds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// A moment; nil outside the years 1 to 9999 or if `nanos` is no part of a second.
    public init?(seconds: Int64, nanos: Int32 = 0) {
        guard Self.bounds.contains(seconds), nanos >= 0, nanos < 1_000_000_000 else { return nil }
        self.seconds = seconds
        self.nanos = nanos
    }

    /// Whether the left moment is earlier.
    @inline(__always)
    public static func < (left: CELTimestamp, right: CELTimestamp) -> Bool {
        left.seconds != right.seconds ? left.seconds < right.seconds : left.nanos < right.nanos
    }

    func adding(_ span: CELDuration) -> CELTimestamp? { shifted(by: span.nanoseconds) }

    func subtracting(_ span: CELDuration) -> CELTimestamp? {
        span.nanoseconds == .min
            ? shifted(by: .max)?.shifted(by: 1) : shifted(by: -span.nanoseconds)
    }

    private func shifted(by nanoseconds: Int64) -> CELTimestamp? {
        var seconds = seconds + nanoseconds / 1_000_000_000
        var nanos = Int64(nanos) + nanoseconds % 1_000_000_000
        if nanos < 0 {
            nanos += 1_000_000_000
            seconds -= 1
        } else if nanos >= 1_000_000_000 {
            nanos -= 1_000_000_000
            seconds += 1
        }
        return CELTimestamp(seconds: seconds, nanos: Int32(nanos))
    }

    /// The span from the other moment to this one; nil beyond a duration's range.
    func since(_ other: CELTimestamp) -> CELDuration? {
        guard let whole = CELDuration(seconds: seconds - other.seconds) else { return nil }
        return whole.adding(CELDuration(nanoseconds: Int64(nanos) - Int64(other.nanos)))
    }
}

extension CELTimestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with up to nine fraction digits.
    public var description: String {
        let civil = CivilTime(seconds: seconds)
        func padded(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        let date = "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
        let clock = "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
        return date + "T" + clock + fraction(UInt64(nanos)) + "Z"
    }

    /// Reads RFC 3339; nil if the text is none or lies outside the years 1 to 9999.
    public init?(_ text: String) {
        var text = text
        guard let moment = text.withUTF8({ Self.parse($0) }) else { return nil }
        self = moment
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> CELTimestamp? {
        guard bytes.count >= 20, bytes.count <= 64 else { return nil }
        func number(_ start: Int, _ count: Int) -> Int? {
            var value = 0
            for byte in bytes[start..<(start + count)] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        func marks(_ places: [(Int, Character)]) -> Bool {
            places.allSatisfy { Character(UnicodeScalar(bytes[$0.0])) == $0.1 }
        }
        guard marks([(4, "-"), (7, "-"), (13, ":"), (16, ":")]),
            bytes[10] | 0x20 == UInt8(ascii: "t"),
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
            let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
            month >= 1, month <= 12, day >= 1,
            day <= CivilTime.days(ofMonth: month, year: year), hour <= 23, minute <= 59,
            second <= 59
        else { return nil }
        var i = 19
        var nanos: Int32 = 0
        if bytes[i] == UInt8(ascii: ".") {
            i += 1
            let start = i
            var scale: Int32 = 100_000_000
            while i < bytes.count, bytes[i] >= 0x30, bytes[i] <= 0x39 {
                nanos += Int32(bytes[i] - 0x30) * scale
                scale /= 10
                i += 1
            }
            guard i > start else { return nil }
        }
        guard i < bytes.count else { return nil }
        var offset = 0
        if bytes[i] == UInt8(ascii: "+") || bytes[i] == UInt8(ascii: "-") {
            guard i + 6 == bytes.count, bytes[i + 3] == UInt8(ascii: ":"),
                let hours = number(i + 1, 2), let minutes = number(i + 4, 2), hours <= 23,
                minutes <= 59
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[i] == UInt8(ascii: "-") ? -60 : 60)
        } else {
            guard bytes[i] | 0x20 == UInt8(ascii: "z"), i + 1 == bytes.count else { return nil }
        }
        let days = CivilTime.daysFromEpoch(year: year, month: month, day: day)
        let clock = hour * 3600 + minute * 60 + second
        return CELTimestamp(seconds: Int64(days * 86_400 + clock - offset), nanos: nanos)
    }
}
