import BelayProviders
import JSON

/// The findings of `belay doctor`, for people and programs.
struct DoctorView {
    let environment: String
    let findings: [Finding]

    init(_ environment: String, _ findings: [Finding]) {
        self.environment = environment
        self.findings = findings
    }

    /// `{schema_version, environment, findings: [{check, status, message, cure}]}`.
    var json: JSONValue {
        [
            "schema_version": "1.0", "environment": .string(environment),
            "findings": .array(findings.map(\.json)),
        ]
    }

    var text: String {
        var lines: [String] = []
        for finding in findings {
            lines.append(
                "\(finding.status.rawValue.padded(8))\(finding.check.padded(12))\(finding.message)")
            if finding.status != .ok, let cure = finding.cure {
                lines.append("\("".padded(20))cure: \(cure)")
            }
        }
        return (lines + [summary]).joined(separator: "\n")
    }

    private var summary: String {
        let counts = [(Finding.Status.problem, "problem"), (.warning, "warning")].compactMap {
            status, word -> String? in
            let count = findings.count { $0.status == status }
            return count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
        }
        return "\(environment): "
            + (counts.isEmpty ? "nothing is in the way" : counts.joined(separator: ", "))
    }
}
