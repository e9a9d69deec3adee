/// Where readers put what they find while they keep going.
final class ReadingContext {
    private(set) var diagnostics = Diagnostics()

    func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    func report(
        _ code: DiagnosticCode, _ message: String, at span: SourceSpan, label: String = "",
        notes: [Diagnostic.Label] = [], help: [String] = [], fix: Fix? = nil
    ) {
        diagnostics.append(
            Diagnostic(code, message, at: span, label: label, notes: notes, help: help, fix: fix))
    }
}
