import BelayEngine
import BelayStore
import Cryptography

/// A verification's result in a line, or its faults, one each.
struct VerificationView {
    let text: String

    init(_ report: VerificationReport) {
        guard report.isSound else {
            let faults = report.faults.map { "  \($0)" }
            text =
                ([
                    "not verified: \(report.faults.count) fault\(report.faults.count == 1 ? "" : "s")"
                ] + faults)
                .joined(separator: "\n")
            return
        }
        var line = "verified: \(report.records) records"
        if let checkpoint = report.checkpoint {
            line += ", signed up to \(checkpoint.size), root \(checkpoint.root.hex.prefix(16))"
        }
        if report.unsigned > 0 { line += ", \(report.unsigned) not signed yet" }
        if report.forgotten > 0 { line += ", \(report.forgotten) payloads forgotten by order" }
        if report.missing > 0 { line += ", \(report.missing) payloads missing" }
        if let pruned = report.pruned { line += "; \(pruned)" }
        text = line
    }
}
