extension Timestamp {
    /// Reads RFC 3339 text with 0 to 9 fraction digits and any offset (`Z`, `+02:00`); nil if it is no such time.
    package init?(rfc3339 text: String) {
        var reader = DigitReader(bytes: Array(text.utf8))
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2),
            reader.take("-"),
            let day = reader.digits(2), reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.digits(2), reader.take(":"), let minute = reader.digits(2),
            reader.take(":"),
            let second = reader.digits(2)
        else { return nil }
        guard (1...12).contains(month),
            (1...CivilDate.daysIn(month: month, of: year)).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let fraction = reader.take(".") ? reader.fraction() : 0
        guard let fraction, let offset = reader.offset(), reader.isAtEnd else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        let seconds =
            Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second) - Int64(offset)
        self.init(microseconds: seconds * 1_000_000 + Int64(fraction))
    }

    /// RFC 3339 in UTC with six fraction digits, the journal's form: `2026-03-01T02:00:00.000000Z`.
    package var rfc3339: String { text(fraction: 6) }

    /// RFC 3339 in UTC with as many fraction digits as needed, for people and incidents.
    package var shortRFC3339: String {
        let micros = Int(microseconds.euclideanRemainder(1_000_000))
        return text(fraction: micros == 0 ? 0 : micros % 1000 == 0 ? 3 : 6)
    }

    private func text(fraction digits: Int) -> String {
        let micros = microseconds.euclideanRemainder(1_000_000)
        let seconds = (microseconds - micros) / 1_000_000
        let inDay = seconds.euclideanRemainder(86_400)
        let date = CivilDate(daysSince1970: Int((seconds - inDay) / 86_400))
        let (h, m, s) = (inDay / 3600, inDay / 60 % 60, inDay % 60)
        var text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        text += "T\(padded(Int(h), 2)):\(padded(Int(m), 2)):\(padded(Int(s), 2))"
        if digits > 0 { text += "." + padded(Int(micros), 6).prefix(digits) }
        return text + "Z"
    }
}

private func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}

extension Int64 {
    fileprivate func euclideanRemainder(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

/// Reads the fixed fields of a written time from left to right.
private struct DigitReader {
    let bytes: [UInt8]
    var place = 0

    var isAtEnd: Bool { place == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        guard place + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[place..<place + count] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        place += count
        return value
    }

    /// One to nine digits after the point, as microseconds.
    mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while place < bytes.count, count < 10, let digit = digits(1) {
            if count < 6 { value = value * 10 + digit }
            count += 1
        }
        guard (1...9).contains(count) else { return nil }
        for _ in min(count, 6)..<6 { value *= 10 }
        return value
    }

    /// `Z`, `+hh:mm` or `-hh:mm`, in seconds east of UTC.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = digits(2), take(":"), let minutes = digits(2), hours < 24,
            minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
