import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The offsets of one time zone over time, from a TZif file of the system's zone database.
struct TimeZoneTable: Sendable {
    private let times: [Int64]
    private let offsets: [Int]
    private let first: Int
    private let rule: ZoneRule?

    /// Seconds to add to UTC at that moment.
    func offset(at seconds: Int64) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        if low == times.count, let rule { return rule.offset(at: seconds) }
        return low == 0 ? first : offsets[low - 1]
    }

    /// Seconds to add to UTC for `+11:00`, `-02:30`, `02:00` or an IANA name; nil if it is neither.
    static func offset(of zone: String, at seconds: Int64) -> Int? {
        if let fixed = fixedOffset(zone) { return fixed }
        return named(zone)?.offset(at: seconds)
    }

    private static func fixedOffset(_ zone: String) -> Int? {
        var bytes = Array(zone.utf8)
        var sign = 1
        if bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") {
            sign = bytes.removeFirst() == UInt8(ascii: "-") ? -1 : 1
        }
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
            let hours = Int(String(decoding: bytes[..<2], as: UTF8.self)), hours >= 0, hours <= 23,
            let minutes = Int(String(decoding: bytes[3...], as: UTF8.self)), minutes >= 0,
            minutes <= 59
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static let cache = Mutex<[String: TimeZoneTable]>([:])

    private static func named(_ zone: String) -> TimeZoneTable? {
        if zone == "UTC" { return TimeZoneTable() }
        if let known = cache.withLock({ $0[zone] }) { return known }
        guard isPlainName(zone), let bytes = read("/usr/share/zoneinfo/" + zone),
            let table = TimeZoneTable(file: bytes)
        else { return nil }
        cache.withLock { $0[zone] = table }
        return table
    }

    private static func isPlainName(_ zone: String) -> Bool {
        guard let head = zone.utf8.first, zone.utf8.count <= 64, head != 0x2F, head != 0x2E else {
            return false
        }
        let allowed = zone.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2F, 0x2B, 0x2D, 0x5F: true
            default: false
            }
        }
        return allowed
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 17)
        let count = fread(&bytes, 1, bytes.count, file)
        return count > 44 && count < bytes.count ? Array(bytes[..<count]) : nil
    }

    private init() {
        (times, offsets, first, rule) = ([], [], 0, nil)
    }

    /// Reads the 64-bit part of a TZif file (RFC 8536).
    private init?(file: [UInt8]) {
        func long(_ at: Int) -> Int64? {
            guard at >= 0, at + 8 <= file.count else { return nil }
            return file[at..<(at + 8)].reduce(0) { $0 << 8 | Int64($1) }
        }
        func word(_ at: Int) -> Int? {
            guard at >= 0, at + 4 <= file.count else { return nil }
            return Int(
                Int32(truncatingIfNeeded: file[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }))
        }
        func counts(_ at: Int) -> [Int]? {
            guard at + 44 <= file.count, file[at..<(at + 4)].elementsEqual("TZif".utf8) else {
                return nil
            }
            return (0..<6).compactMap { word(at + 20 + 4 * $0) }
        }
        guard let old = counts(0), old.count == 6, file[4] >= UInt8(ascii: "2") else { return nil }
        let head = 44 + old[3] * 5 + old[4] * 6 + old[5] + old[2] * 8 + old[1] + old[0]
        guard let new = counts(head), new.count == 6 else { return nil }
        let (timeCount, typeCount) = (new[3], new[4])
        let timesAt = head + 44
        let indicesAt = timesAt + 8 * timeCount
        let typesAt = indicesAt + timeCount
        let footerAt = typesAt + 6 * typeCount + new[5] + new[2] * 12 + new[1] + new[0]
        let types = (0..<typeCount).compactMap { word(typesAt + 6 * $0) }
        guard types.count == typeCount, typeCount > 0, footerAt <= file.count else { return nil }
        var times: [Int64] = []
        var offsets: [Int] = []
        for i in 0..<timeCount {
            guard let time = long(timesAt + 8 * i), Int(file[indicesAt + i]) < typeCount else {
                return nil
            }
            times.append(time)
            offsets.append(types[Int(file[indicesAt + i])])
        }
        self.times = times
        self.offsets = offsets
        first = types[0]
        let footer = file[footerAt...].dropFirst().prefix { $0 != 0x0A }
        rule = ZoneRule(Array(footer))
    }
}

/// Offsets of time zones, for callers that compute with local time.
package enum TimeZones {
    /// Seconds to add to UTC for `+11:00`, `02:00` or an IANA name at a moment; nil if the zone is unknown.
    package static func offset(of zone: String, at seconds: Int64) -> Int? {
        TimeZoneTable.offset(of: zone, at: seconds)
    }
}
