/// An expression or `${{ }}` that YAML reads as something else because it is not quoted.
struct ExpressionSlip {
    /// Why YAML does not read it as one text.
    enum Reason: Hashable {
        case exclamation
        case quote
        case bracket
        case colon
        case comment
        case flow
        case template
    }

    /// The keys whose value is an expression.
    static let keys: Set<String> = ["when", "if", "expect", "deny"]

    let span: SourceSpan
    let reason: Reason

    var text: String { span.text }

    /// What stands at `start` if it is such a slip.
    init?(_ file: SourceFile, at start: Int, isFlow: Bool) {
        let end = ExpressionExtent.end(file.bytes, from: start, isFlow: isFlow)
        let bytes = file.bytes[start..<end]
        guard let reason = Self.reason(bytes, isFlow: isFlow) else { return nil }
        span = SourceSpan(file: file, start: start, end: end)
        self.reason = reason
    }

    init(_ span: SourceSpan, _ reason: Reason) {
        self.span = span
        self.reason = reason
    }

    private static func reason(_ bytes: ArraySlice<UInt8>, isFlow: Bool) -> Reason? {
        switch bytes.first {
        case UInt8(ascii: "!"): return .exclamation
        case UInt8(ascii: "["), UInt8(ascii: "{"): return .bracket
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return closesAtEnd(bytes) ? nil : .quote
        case nil: return nil
        default: break
        }
        if isFlow, bytes.contains(where: { "[]{},".utf8.contains($0) }) { return .flow }
        if holds(bytes, UInt8(ascii: ":"), UInt8(ascii: " ")) { return .colon }
        if holds(bytes, UInt8(ascii: " "), UInt8(ascii: "#")) { return .comment }
        return nil
    }

    /// Whether the quote that opens the text is closed by its last byte: then YAML reads it as it was meant.
    private static func closesAtEnd(_ bytes: ArraySlice<UInt8>) -> Bool {
        var scan = BalanceScan()
        for (place, byte) in zip(bytes.indices, bytes) {
            scan.take(byte)
            if scan.isBalanced { return place == bytes.endIndex - 1 }
        }
        return true
    }

    private static func holds(_ bytes: ArraySlice<UInt8>, _ first: UInt8, _ second: UInt8) -> Bool {
        zip(bytes, bytes.dropFirst()).contains { $0 == first && $1 == second }
    }
}

// MARK: - Findings

extension ExpressionSlip {
    func finding(key: String) -> Diagnostic {
        Diagnostic(
            .unquotedExpression, message(key), at: span, label: label,
            help: ["quote it: `\(quoted)`, or write it as a block after `|`"],
            fix: Fix("quote the expression", replace: span, with: quoted))
    }

    /// The text in the quotes that need the fewest changes.
    var quoted: String { Self.quoted(text) }

    static func quoted(_ text: String) -> String {
        let bytes = text.utf8
        if bytes.contains(UInt8(ascii: "'")), !bytes.contains(UInt8(ascii: "\"")),
            !bytes.contains(UInt8(ascii: "\\"))
        {
            return "\"\(text)\""
        }
        var inner = ""
        for scalar in text.unicodeScalars {
            if scalar == "'" { inner += "'" }
            inner.unicodeScalars.append(scalar)
        }
        return "'\(inner)'"
    }

    private func message(_ key: String) -> String {
        switch reason {
        case .exclamation: "the expression of `\(key)` begins with `!`, which YAML reads as a tag"
        case .quote:
            "the expression of `\(key)` begins with a quote, which YAML takes for the whole text"
        case .bracket:
            "the expression of `\(key)` begins with a bracket, which YAML reads as a list or map"
        case .colon: "the expression of `\(key)` holds `: `, which YAML reads as the end of a key"
        case .comment: "the expression of `\(key)` is cut at ` #`, where YAML begins a comment"
        case .flow:
            "the expression of `\(key)` holds a comma or bracket, which ends a value in a flow map"
        case .template: "`${{ }}` holds characters that YAML reads as its own"
        }
    }

    private var label: String {
        switch reason {
        case .comment: "what follows `#` is lost"
        default: "must be quoted"
        }
    }
}
