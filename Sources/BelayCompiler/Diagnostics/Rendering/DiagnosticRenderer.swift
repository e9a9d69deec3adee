/// One format in which findings are written; adding one is a file here and a line in `Renderers.all`.
package protocol DiagnosticRenderer: Sendable {
    /// The word for `--format`.
    static var format: String { get }

    /// The whole output, with its last line break, for findings already sorted.
    func render(_ diagnostics: [Diagnostic], options: RenderingOptions) -> String
}

/// What a renderer may be told.
package struct RenderingOptions: Sendable {
    /// Whether to use ANSI colours, where the format has them.
    package var color: Bool
    /// The program's version, where the format has a place for it.
    package var version: String

    package init(color: Bool = false, version: String = "0") {
        self.color = color
        self.version = version
    }
}

/// All formats of findings, sorted by their word.
package enum Renderers {
    package static let all: [any DiagnosticRenderer] = [
        GitHubRenderer(), HumanRenderer(), JSONRenderer(), SARIFRenderer(),
    ]

    /// The renderer for a word such as `sarif`.
    package static func named(_ format: String) -> (any DiagnosticRenderer)? {
        all.first { type(of: $0).format == format }
    }
}
