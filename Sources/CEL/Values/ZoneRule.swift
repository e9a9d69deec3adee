/// What a zone does after its last listed change: the POSIX rule at the end of a TZif file, such as
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable {
    private let standard: Int
    private let summer: Int?
    private let start: Change
    private let end: Change

    /// One yearly change of the clock.
    private struct Change: Sendable {
        enum Day: Sendable {
            /// Day of the year 1 to 365, the leap day never counted.
            case julian(Int)
            /// Day of the year 0 to 365.
            case ordinal(Int)
            case weekday(month: Int, week: Int, day: Int)
        }
        var day = Day.ordinal(0)
        var seconds = 7200

        /// Local seconds since 1970 of the change in that year.
        func moment(_ year: Int) -> Int {
            let january = CivilTime.daysFromEpoch(year: year, month: 1, day: 1)
            let days: Int
            switch day {
            case .julian(let number):
                let leap = CivilTime.days(ofMonth: 2, year: year) == 29 && number >= 60
                days = january + number - 1 + (leap ? 1 : 0)
            case .ordinal(let number): days = january + number
            case .weekday(let month, let week, let day):
                let first = CivilTime.daysFromEpoch(year: year, month: month, day: 1)
                let weekday = ((first + 4) % 7 + 7) % 7
                var date = (day - weekday + 7) % 7 + 7 * (week - 1)
                if date >= CivilTime.days(ofMonth: month, year: year) { date -= 7 }
                days = first + date
            }
            return days * 86_400 + seconds
        }
    }

    func offset(at seconds: Int64) -> Int {
        guard let summer else { return standard }
        let year = CivilTime(seconds: seconds + Int64(standard)).year
        let begins = start.moment(year) - standard
        let ends = end.moment(year) - summer
        let now = Int(seconds)
        let inside = begins < ends ? now >= begins && now < ends : now >= begins || now < ends
        return inside ? summer : standard
    }

    /// Reads a rule; nil if the text is none.
    init?(_ text: [UInt8]) {
        var reader = Reader(bytes: text[...])
        guard reader.skipName(), let standard = reader.offset() else { return nil }
        self.standard = -standard
        guard !reader.bytes.isEmpty else {
            (summer, start, end) = (nil, Change(), Change())
            return
        }
        guard reader.skipName() else { return nil }
        if reader.bytes.first == UInt8(ascii: ",") {
            summer = self.standard + 3600
        } else {
            guard let offset = reader.offset() else { return nil }
            summer = -offset
        }
        guard let start = reader.change(), let end = reader.change(), reader.bytes.isEmpty else {
            return nil
        }
        (self.start, self.end) = (start, end)
    }

    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard bytes.first == UInt8(ascii: character) else { return false }
            bytes.removeFirst()
            return true
        }

        mutating func number() -> Int? {
            let digits = bytes.prefix { $0 >= 0x30 && $0 <= 0x39 }
            bytes = bytes.dropFirst(digits.count)
            return digits.count > 6 ? nil : Int(String(decoding: digits, as: UTF8.self))
        }

        mutating func skipName() -> Bool {
            if take("<") {
                bytes = bytes.drop { $0 != UInt8(ascii: ">") }
                return take(">")
            }
            let name = bytes.prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
            bytes = bytes.dropFirst(name.count)
            return name.count >= 3
        }

        mutating func offset() -> Int? {
            let sign = take("-") ? -1 : 1
            _ = sign == 1 && take("+")
            guard let hours = number() else { return nil }
            var seconds = hours * 3600
            if take(":") { seconds += (number() ?? 0) * 60 }
            if take(":") { seconds += number() ?? 0 }
            return sign * seconds
        }

        mutating func change() -> Change? {
            guard take(",") else { return nil }
            var change = Change()
            if take("M") {
                guard let month = number(), take("."), let week = number(), take("."),
                    let day = number(), (1...12).contains(month), (1...5).contains(week), day < 7
                else { return nil }
                change.day = .weekday(month: month, week: week, day: day)
            } else if take("J") {
                guard let day = number() else { return nil }
                change.day = .julian(day)
            } else {
                guard let day = number() else { return nil }
                change.day = .ordinal(day)
            }
            if take("/") {
                guard let seconds = offset() else { return nil }
                change.seconds = seconds
            }
            return change
        }
    }
}
