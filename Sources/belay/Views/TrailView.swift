import BelayCompiler
import BelayEngine
import JSON

/// A run's records as a story: one line each, with index, time and what was said; the heading has the day of the first,
/// and a line has each day that begins within. Last comes what the runs wait for that have not ended.
struct TrailView {
    let text: String

    init(_ records: [StoredRecord], now standings: [(run: String, RunStanding)] = []) {
        guard let first = records.first?.record else {
            text = "audit trail: no records"
            return
        }
        let of =
            first.run.map { " of run \($0)" } ?? first.incident.map { " of incident \($0)" } ?? ""
        var lines = ["audit trail\(of) from \(first.at.rfc3339.prefix(19))Z"]
        var day = first.at.shortDate
        for record in records {
            let next = record.record.at.shortDate
            if next != day { lines.append("      \(next) UTC") }
            day = next
            lines.append(Self.line(record))
        }
        for (run, standing) in standings {
            // Of a single run the heading has said which.
            lines += Self.lines(standing, of: first.run == run ? nil : run)
        }
        text = lines.joined(separator: "\n")
    }

    /// What a run waits for, and the orders that let it go on.
    private static func lines(_ standing: RunStanding, of run: String?) -> [String] {
        let of = run.map { "run \($0): " } ?? ""
        return standing.words.map { "   now  \(of)\($0)" }
            + standing.orders.map { "        \($0)" }
    }

    /// In one line, for those who have seen it happen.
    static func summary(
        _ records: [StoredRecord], of run: String, now standing: RunStanding?
    ) -> String {
        (["\(records.count) records in the audit trail: belay audit show \(run)"]
            + (standing.map { lines($0, of: nil) } ?? [])).joined(separator: "\n")
    }

    /// One record; with its date where the lines around it may be of any day.
    static func line(_ stored: StoredRecord, withDate: Bool = false) -> String {
        let record = stored.record
        var parts = [record.kind.rawValue.padded(18)]
        if let step = record.step { parts.append(step) }
        if let attempt = record.attempt { parts.append("attempt \(attempt)") }
        if let provider = record.provider { parts.append("by \(provider)") }
        if let outcome = record.outcome { parts.append(outcome) }
        if let error = record.error { parts.append(error.class) }
        if let reason = record.reason { parts.append(reason) }
        if let idem = record.idem { parts.append("key \(idem.prefix(12))") }
        parts.append(contentsOf: details(stored))
        let isProven = stored[payload: "event"]?["proof"]?.stringValue == Person.token
        let actor =
            record.actor.kind == .person
            ? "  by \(record.actor)" + (isProven ? " (token)" : "") : ""
        let index = String(stored.index)
        let place = String(repeating: " ", count: max(0, 4 - index.count)) + index
        let date = withDate ? record.at.shortDate + " " : ""
        return "\(place)  \(date)\(record.at.shortTime)  \(parts.joined(separator: "  "))\(actor)"
    }

    private static func details(_ stored: StoredRecord) -> [String] {
        var details: [String] = []
        if let input = stored[payload: "input"] {
            let action = input["action"]?.stringValue ?? ""
            details.append("\(action) \((input["inputs"] ?? .null).text().cut(to: 80))")
        }
        if let output = stored[payload: "output"] { details.append(output.text().cut(to: 80)) }
        if let message = stored[payload: "message"]?.stringValue {
            details.append(message.cut(to: 160))
        }
        if stored.record.kind == .retentionPruned, let cut = stored.record.item {
            details.append("before record \(cut)")
        }
        if stored.payloads.isEmpty, !stored.record.commitments.isEmpty {
            details.append("(forgotten)")
        }
        return details
    }
}

extension Timestamp {
    /// The day, in UTC.
    var shortDate: String { String(rfc3339.prefix(10)) }

    /// The time of day with milliseconds, in UTC.
    var shortTime: String { String(rfc3339.dropFirst(11).prefix(12)) }
}
