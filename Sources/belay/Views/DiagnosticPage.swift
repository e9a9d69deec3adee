import BelayCompiler

/// What `belay check --explain CODE` shows: the page beside the program if it is there, else its summary.
enum DiagnosticPage {
    static func text(of code: DiagnosticCode) -> String {
        for folder in ["docs/diagnostics", "../docs/diagnostics"] {
            let path = "\(folder)/\(code.code).md"
            if Files.exists(path), let bytes = try? Files.read(path) {
                return String(decoding: bytes, as: UTF8.self)
            }
        }
        return "\(code.code) \(code.name) (\(code.severity.rawValue))\n\n\(code.summary)"
    }
}
