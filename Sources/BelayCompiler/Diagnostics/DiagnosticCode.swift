/// A kind of finding: its code, its name, its usual weight, and one sentence about it.
///
/// Each has a page `docs/diagnostics/<code>.md`, which `belay check --explain <code>` shows.
package struct DiagnosticCode: Sendable {
    /// `RB` and four digits.
    package let code: String
    /// Words joined by `-`, for people and for `# belay: ignore`.
    package let name: String
    package let severity: Diagnostic.Severity
    /// One sentence without full stop.
    package let summary: String

    init(_ code: String, _ name: String, _ severity: Diagnostic.Severity, _ summary: String) {
        self.code = code
        self.name = name
        self.severity = severity
        self.summary = summary
    }
}

extension DiagnosticCode: Hashable {
    package static func == (left: DiagnosticCode, right: DiagnosticCode) -> Bool {
        left.code == right.code
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
