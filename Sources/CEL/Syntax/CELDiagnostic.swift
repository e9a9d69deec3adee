/// A mistake in an expression, found while it is read or checked.
public struct CELDiagnostic: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes of the source that are meant.
    public let range: Range<Int>
    /// What is wrong: lower case, no full stop.
    public let message: String
    /// How to cure it, if that is known.
    public let help: String?
    /// A certain cure as an edit of the source.
    public let fix: CELFix?

    /// A mistake at a place.
    public init(
        _ message: String, at range: Range<Int>, help: String? = nil, fix: CELFix? = nil
    ) {
        self.range = range
        self.message = message
        self.help = help
        self.fix = fix
    }

    /// The place and the message.
    public var description: String {
        "\(range.lowerBound): \(message)" + (help.map { " (\($0))" } ?? "")
    }
}

/// An edit of the source that cures a mistake.
public struct CELFix: Sendable, Hashable {
    /// The bytes to replace; empty for an insertion.
    public let range: Range<Int>
    /// What to put there.
    public let replacement: String

    /// Replaces the bytes.
    public init(range: Range<Int>, replacement: String) {
        self.range = range
        self.replacement = replacement
    }
}

/// The bounds of an expression's text and shape.
public struct CELSyntaxBounds: Sendable {
    /// The most bytes of source.
    public var size = 100_000
    /// The most levels, of nesting and of left-deep chains alike.
    public var depth = 250
    /// The most terms of one `&&` or `||` chain, elements of one literal, arguments of one call.
    public var breadth = 32_768
    /// The most mistakes that are reported.
    public var diagnostics = 30

    /// The bounds that apply unless said otherwise.
    public init() {}
}
