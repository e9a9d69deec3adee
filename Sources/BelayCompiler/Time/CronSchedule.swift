/// Five fields of cron: minute, hour, day of month, month, weekday (0 or 7 is Sunday; names may be used).
package struct CronSchedule: Sendable, Hashable {
    private var minutes: Set<Int>
    private var hours: Set<Int>
    private var days: Set<Int>
    private var months: Set<Int>
    private var weekdays: Set<Int>
    private var anyDay: Bool
    private var anyWeekday: Bool

    /// Nil if the text is no such schedule.
    package init?(_ text: String) {
        let fields = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard fields.count == 5, let minutes = Self.field(fields[0], 0...59, []),
            let hours = Self.field(fields[1], 0...23, []),
            let days = Self.field(fields[2], 1...31, []),
            let months = Self.field(fields[3], 1...12, Self.monthNames),
            let weekdays = Self.field(fields[4], 0...7, Self.weekdayNames)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = Set(weekdays.map { $0 % 7 })
        anyDay = fields[2] == "*"
        anyWeekday = fields[4] == "*"
    }

    /// Whether it begins in the minute given by local date and time of day.
    package func begins(_ date: CivilDate, hour: Int, minute: Int) -> Bool {
        guard minutes.contains(minute), hours.contains(hour), months.contains(date.month) else {
            return false
        }
        let day = days.contains(date.day)
        let weekday = weekdays.contains(date.weekday)
        if anyDay { return weekday }
        if anyWeekday { return day }
        return day || weekday
    }

    private static let monthNames = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ].enumerated().map { ($0.element, $0.offset + 1) }
    private static let weekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"].enumerated()
        .map { ($0.element, $0.offset) }

    private static func field(
        _ text: String, _ range: ClosedRange<Int>, _ names: [(String, Int)]
    ) -> Set<Int>? {
        var values: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false).map(
                String.init)
            guard pieces.count <= 2, let span = span(pieces[0], range, names) else { return nil }
            guard let step = pieces.count == 2 ? Int(pieces[1]) : 1, step > 0 else { return nil }
            values.formUnion(stride(from: span.lowerBound, through: span.upperBound, by: step))
        }
        return values.isEmpty ? nil : values
    }

    private static func span(
        _ text: String, _ range: ClosedRange<Int>, _ names: [(String, Int)]
    ) -> ClosedRange<Int>? {
        if text == "*" { return range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end in
            names.first { $0.0 == end.uppercased() }?.1 ?? Int(end)
        }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
            range.contains(first), range.contains(last), first <= last
        else { return nil }
        return first...last
    }
}

extension CivilDate {
    /// 0 is Sunday.
    package var weekday: Int { ((daysSince1970 + 4) % 7 + 7) % 7 }
}
