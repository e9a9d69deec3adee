/// One finding about the user's files: what is wrong, where, and what to do.
///
/// Messages are lower case without full stop, quote the user's text in backticks and say what was found and
/// expected; the cure stands in `help`.
package struct Diagnostic: Sendable, Hashable {
    /// How much a finding weighs; only errors keep a repository from being run.
    package enum Severity: String, Sendable, Hashable, CaseIterable {
        case error
        case warning
        case info
    }

    /// A place with what is to be said of it, which may be nothing.
    package struct Label: Sendable, Hashable {
        package var span: SourceSpan
        package var text: String

        package init(_ span: SourceSpan, _ text: String = "") {
            self.span = span
            self.text = text
        }
    }

    package var code: DiagnosticCode
    package var severity: Severity
    package var message: String
    /// The smallest place that is wrong; nil for findings about no file, such as an unknown environment.
    package var primary: Label?
    /// Further places that explain it, of any file.
    package var notes: [Label]
    package var help: [String]
    /// A change that is certain to be right, if there is one.
    package var fix: Fix?
    /// The lines are named and not shown: a secret may stand in them.
    package var hidesSource = false

    package init(
        _ code: DiagnosticCode, _ message: String, at span: SourceSpan?, label: String = "",
        notes: [Label] = [], help: [String] = [], fix: Fix? = nil
    ) {
        self.code = code
        self.severity = code.severity
        self.message = message
        self.primary = span.map { Label($0, label) }
        self.notes = notes
        self.help = help
        self.fix = fix
    }
}

extension Diagnostic: Comparable {
    /// Findings without a place first, then by file and place, then by code.
    package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        switch (left.primary?.span, right.primary?.span) {
        case (nil, nil): left.code.code < right.code.code
        case (nil, _): true
        case (_, nil): false
        case (let a?, let b?):
            if a < b { true } else if b < a { false } else { left.code.code < right.code.code }
        }
    }
}
