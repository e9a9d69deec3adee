import EventPattern
import Foundation

/// The measurements of one folder, as a line of a table.
struct Report {
    static let heading =
        "profile      rules   median/s     best/s  p50 ns  p99 ns  compile ms  build ms  bytes/rule  matches  checksum"

    let line: String

    init(folder: String, passes: Int) throws {
        let workload = try Workload(folder: folder)
        let before = CPUClock.now
        let patterns = try workload.rules.map { try EventPattern(json: $0.pattern) }
        let parsed = CPUClock.now
        var builder = MatcherBuilder()
        for (rule, pattern) in zip(workload.rules, patterns) { try builder.add(rule.name, pattern) }
        let matcher = builder.build()
        let built = CPUClock.now
        let heap = matcher.byteCount
        let scratch = matcher.makeScratch()
        var result = MatchCount()
        try workload.eachEvent { number, event in
            try matcher.match(event, using: scratch)
            result.add(number, scratch.rules.map { matcher.ruleNames[Int($0)] })
        }
        var rates: [Double] = []
        for _ in 0..<passes {
            let start = CPUClock.now
            try workload.eachEvent { _, event in try matcher.match(event, using: scratch) }
            rates.append(Double(workload.count) * 1e9 / Double(CPUClock.now - start))
        }
        var times: [UInt64] = []
        times.reserveCapacity(workload.count)
        let overhead = CPUClock.overhead
        try workload.eachEvent { _, event in
            let start = CPUClock.now
            try matcher.match(event, using: scratch)
            let time = CPUClock.now - start
            times.append(time > overhead ? time - overhead : 0)
        }
        rates.sort()
        times.sort()
        let columns: [(String, Int)] = [
            (String(workload.rules.count), 6), (String(Int(rates[rates.count / 2])), 11),
            (String(Int(rates.last!)), 11), (String(times[times.count / 2]), 8),
            (String(times[times.count * 99 / 100]), 8), (Report.milliseconds(built - before), 12),
            (Report.milliseconds(built - parsed), 10),
            (String(heap / max(workload.rules.count, 1)), 12),
            (String(result.total), 9), (" " + result.checksum, 18),
        ]
        line =
            workload.profile.padding(toLength: 12, withPad: " ", startingAt: 0)
            + columns.map { text, width in
                String(repeating: " ", count: max(0, width - text.count)) + text
            }.joined()
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        String(format: "%.1f", Double(nanoseconds) / 1e6)
    }
}
