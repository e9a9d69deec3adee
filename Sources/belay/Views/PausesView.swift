import BelayCompiler
import BelayEngine

/// Pauses as a table: scope, since when, by whom, until when, why.
struct PausesView {
    let text: String

    init(_ pauses: [PauseRow]) {
        guard !pauses.isEmpty else {
            text = "no pauses in force"
            return
        }
        let rows = pauses.map { row -> [String] in
            let pause = Pause(row)
            return [
                row.scope, "since \(row.at.shortRFC3339)",
                "by \(pause.owner.isEmpty ? "the engine" : pause.owner)",
                "until \(pause.expires.map { $0.shortRFC3339 } ?? "resumed")",
                pause.reason.cut(to: 160),
            ]
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        text = rows.map { row in
            zip(row, widths).map { $0.padded($1) }.joined(separator: "  ").trimmingEnd
        }.joined(separator: "\n")
    }
}
