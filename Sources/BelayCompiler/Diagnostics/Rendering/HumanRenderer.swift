/// Findings for people, in the manner of rustc: message, place, the line with what is wrong underlined, help.
package struct HumanRenderer: DiagnosticRenderer {
    package static let format = "human"

    package init() {}

    package func render(_ diagnostics: [Diagnostic], options: RenderingOptions) -> String {
        var out = ""
        for diagnostic in diagnostics {
            if !out.isEmpty { out += "\n" }
            out += Page(diagnostic, Paint(on: options.color)).text
        }
        return out
    }
}

/// The ANSI colours of a page, or none.
private struct Paint {
    let on: Bool

    func severity(_ severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: "1;31"
        case .warning: "1;33"
        case .info: "1;36"
        }
    }

    let gutter = "1;34"
    let strong = "1"

    func callAsFunction(_ text: String, _ style: String) -> String {
        on && !text.isEmpty ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
    }
}

/// The text of one finding while it is written.
private struct Page {
    private(set) var text = ""
    private let paint: Paint
    private let diagnostic: Diagnostic
    private let gutter: Int

    init(_ diagnostic: Diagnostic, _ paint: Paint) {
        self.diagnostic = diagnostic
        self.paint = paint
        let labels = [diagnostic.primary].compactMap { $0 } + diagnostic.notes
        let last = labels.map(\.span.position.line).max() ?? 0
        gutter = max(4, String(last).utf8.count + 2)
        heading()
        if let primary = diagnostic.primary { places(primary) }
        for line in diagnostic.help { equals("help: \(shown(line))") }
        equals("belay check --explain \(diagnostic.code.code)")
    }

    private mutating func heading() {
        let severity = diagnostic.severity
        text += paint("\(severity.rawValue)[\(diagnostic.code.code)]", paint.severity(severity))
        text += paint(": \(shown(diagnostic.message))", paint.strong) + "\n"
    }

    private mutating func equals(_ line: String) {
        text += String(repeating: " ", count: gutter + 1) + paint("=", paint.gutter) + " \(line)\n"
    }

    /// The primary place's file first, each other file after it under its own place.
    private mutating func places(_ primary: Diagnostic.Label) {
        let notes = diagnostic.notes
        text += "  " + paint("-->", paint.gutter) + " \(shown(primary.span.description))\n"
        guard !diagnostic.hidesSource else { return }
        lines(
            [(primary, true)]
                + notes.filter { $0.span.file == primary.span.file }.map { ($0, false) })
        var seen: [SourceFile] = [primary.span.file]
        for note in notes where !seen.contains(note.span.file) {
            let file = note.span.file
            seen.append(file)
            text += "  " + paint(":::", paint.gutter) + " \(shown(note.span.description))\n"
            lines(notes.filter { $0.span.file == file }.map { ($0, false) })
        }
    }

    private mutating func lines(_ labels: [(label: Diagnostic.Label, isPrimary: Bool)]) {
        let placed = labels.map { (line: $0.label.span.position.line, mark: $0) }
            .sorted { ($0.line, $0.mark.label.span.start) < ($1.line, $1.mark.label.span.start) }
        var last = 0
        var excerpt: Excerpt?
        for entry in placed {
            let shown: Excerpt
            if let excerpt, entry.line == last, excerpt.holds(entry.mark.label.span) {
                shown = excerpt
            } else {
                shown = Excerpt(entry.mark.label.span, line: entry.line)
                source(entry.line, shown)
            }
            (last, excerpt) = (entry.line, shown)
            underline(shown, entry.mark.label, isPrimary: entry.mark.isPrimary)
        }
    }

    private mutating func source(_ line: Int, _ excerpt: Excerpt) {
        let number = String(line)
        let shown = excerpt.text
        text += String(repeating: " ", count: gutter - number.utf8.count)
        text += paint("\(number) |", paint.gutter) + (shown.isEmpty ? "" : " \(shown)") + "\n"
    }

    private mutating func underline(_ excerpt: Excerpt, _ label: Diagnostic.Label, isPrimary: Bool)
    {
        let (before, width) = excerpt.columns(of: label.span)
        var marks = String(repeating: isPrimary ? "^" : "-", count: width)
        if !label.text.isEmpty { marks += " \(shown(label.text))" }
        text += String(repeating: " ", count: gutter + 1) + paint("|", paint.gutter) + " "
        text += String(repeating: " ", count: before)
        text += paint(marks, isPrimary ? paint.severity(diagnostic.severity) : paint.gutter) + "\n"
    }

    /// Text that may hold the user's: control characters made visible, and not longer than a person reads.
    private func shown(_ text: String) -> String { DisplayText.shown(text, most: 600) }
}
