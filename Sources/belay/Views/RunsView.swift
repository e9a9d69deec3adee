import BelayCompiler
import BelayEngine

/// Runs as a table: id, state and what for, age, rule.
struct RunsView {
    let text: String

    init(_ runs: [RunRow], at now: Timestamp) {
        guard !runs.isEmpty else {
            text = "no runs"
            return
        }
        let rows = runs.map { run in
            [
                run.id, run.phase.rawValue + (run.reason.map { " (\($0))" } ?? ""),
                Self.age(now - run.createdAt), "\(run.runbook.name)/\(run.rule)",
            ]
        }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        text = rows.map { row in
            zip(row, widths).map { $0.padded($1) }.joined(separator: "  ").trimmingEnd
        }.joined(separator: "\n")
    }

    /// In whole seconds, and coarser where it is long.
    private static func age(_ length: Duration) -> String {
        let seconds = max(0, length.components.seconds)
        if seconds < 120 { return "\(seconds)s" }
        if seconds < 7200 { return "\(seconds / 60)m" }
        return seconds < 172_800 ? "\(seconds / 3600)h" : "\(seconds / 86_400)d"
    }
}
