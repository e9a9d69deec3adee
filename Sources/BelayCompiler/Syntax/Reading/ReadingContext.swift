/// Where readers put what they find while they keep going.
final class ReadingContext {
    private(set) var diagnostics = Diagnostics()
    private var hidesSource = false

    func report(_ diagnostic: Diagnostic) {
        var diagnostic = diagnostic
        if hidesSource { diagnostic.hidesSource = true }
        diagnostics.append(diagnostic)
    }

    /// Reads where a secret may stand in clear: no finding shows the lines.
    func hidingSource<Value>(_ read: () -> Value) -> Value {
        let before = hidesSource
        hidesSource = true
        defer { hidesSource = before }
        return read()
    }

    func report(
        _ code: DiagnosticCode, _ message: String, at span: SourceSpan, label: String = "",
        notes: [Diagnostic.Label] = [], help: [String] = [], fix: Fix? = nil
    ) {
        report(
            Diagnostic(code, message, at: span, label: label, notes: notes, help: help, fix: fix))
    }
}
