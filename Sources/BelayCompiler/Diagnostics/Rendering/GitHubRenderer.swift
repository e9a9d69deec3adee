/// Findings as workflow commands, which GitHub shows beside the changed lines.
package struct GitHubRenderer: DiagnosticRenderer {
    package static let format = "github"

    package init() {}

    package func render(_ diagnostics: [Diagnostic], options: RenderingOptions) -> String {
        diagnostics.map { command($0) + "\n" }.joined()
    }

    private func command(_ diagnostic: Diagnostic) -> String {
        var properties: [(String, String)] = []
        if let span = diagnostic.primary?.span {
            let (start, end) = (span.position, span.endPosition)
            properties = [
                ("file", span.file.path), ("line", "\(start.line)"), ("endLine", "\(end.line)"),
            ]
            if start.line == end.line {
                properties += [("col", "\(start.column)"), ("endColumn", "\(end.column)")]
            }
        }
        properties.append(("title", "\(diagnostic.code.code) \(diagnostic.code.name)"))
        let list = properties.map { "\($0)=\(escaped($1, isProperty: true))" }.joined(
            separator: ",")
        let text = ([diagnostic.message, diagnostic.primary?.text ?? ""] + diagnostic.help)
            .filter { !$0.isEmpty }.joined(separator: "\n")
        return "::\(word(diagnostic.severity)) \(list)::\(escaped(text, isProperty: false))"
    }

    private func word(_ severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .info: "notice"
        }
    }

    private func escaped(_ text: String, isProperty: Bool) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": out += "%25"
            case "\r": out += "%0D"
            case "\n": out += "%0A"
            case ":" where isProperty: out += "%3A"
            case "," where isProperty: out += "%2C"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
