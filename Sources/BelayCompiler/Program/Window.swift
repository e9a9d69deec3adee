import CEL

/// A recurring time in which nothing is changed.
package struct Window: Sendable, Hashable {
    package var zone: String
    package var schedule: CronSchedule
    package var length: Duration

    /// Whether the latest beginning is no longer ago than the window is long.
    package func isOpen(at now: Timestamp) -> Bool {
        let minutes = min(length.milliseconds / 60_000, Self.longest)
        let current = now.microseconds / 60_000_000
        for back in 0...minutes {
            let minute = current - back
            guard let offset = TimeZones.offset(of: zone, at: minute * 60) else { return true }
            let local = minute + Int64(offset / 60)
            let date = CivilDate(daysSince1970: Int(local / 1440))
            let inDay = Int(local % 1440)
            if schedule.begins(date, hour: inDay / 60, minute: inDay % 60) {
                return Timestamp(microseconds: minute * 60_000_000) + length > now
            }
        }
        return false
    }

    /// Four weeks in minutes: how far back a beginning is looked for.
    private static let longest: Int64 = 28 * 1440
}
