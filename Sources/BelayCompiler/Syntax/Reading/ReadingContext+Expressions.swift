extension ReadingContext {
    /// A CEL expression; what YAML made of an unquoted one is told and mended.
    func expression(_ node: YAMLNode, key: String) -> ExpressionText? {
        guard let node = mended(node, key), let scalar = node.scalar else { return nil }
        let bytes = Array(scalar.text.utf8)[...]
        let inner = bytes.trimmed
        guard !inner.isEmpty else {
            if node.isDamaged { return nil }
            report(.emptyExpression, "`\(key)` holds no expression", at: node.span)
            return nil
        }
        checkNUL(node, scalar)
        if scalar.text.firstOffset(of: "${{") != nil { return unwrapped(node, scalar, key) }
        return ExpressionText(
            text: String(decoding: inner, as: UTF8.self), node: node, offset: inner.startIndex)
    }

    /// The scalar of an expression; one that YAML read as a list, a map, or cut at a comment is put together again.
    private func mended(_ node: YAMLNode, _ key: String) -> YAMLNode? {
        let bytes = node.span.file.bytes
        guard let scalar = node.scalar else {
            let slip =
                node.isFlow
                ? ExpressionSlip(node.span.file, at: node.span.start, isFlow: false) : nil
            guard let slip else {
                wrongKind(node, expected: "an expression")
                return nil
            }
            report(slip.finding(key: key))
            return nil
        }
        guard scalar.style == .plain, !BalanceScan.isBalanced(scalar.text.utf8) else { return node }
        let blanks = bytes[node.span.end...].prefix { $0 == 0x20 || $0 == 0x09 }
        guard !blanks.isEmpty, blanks.endIndex < bytes.count,
            bytes[blanks.endIndex] == UInt8(ascii: "#")
        else {
            return node
        }
        let end = ExpressionExtent.end(bytes, from: node.span.start, isFlow: false)
        let slip = ExpressionSlip(
            SourceSpan(file: node.span.file, start: node.span.start, end: end), .comment)
        report(slip.finding(key: key))
        return YAMLNode(.scalar(YAMLScalar(text: slip.text, style: .plain)), at: slip.span)
    }

    /// `${{ }}` in a field that is an expression already: as text it would always be true.
    private func unwrapped(_ node: YAMLNode, _ scalar: YAMLScalar, _ key: String) -> ExpressionText?
    {
        let pieces = TemplateScanner.scan(scalar.text)
        var fix: Fix?
        var inner: ExpressionText?
        if pieces.count == 1, case .expression(let range) = pieces[0] {
            let bytes = Array(scalar.text.utf8)[range].trimmed
            let text = String(decoding: bytes, as: UTF8.self)
            inner = ExpressionText(text: text, node: node, offset: bytes.startIndex)
            let isBlock = scalar.style == .literal || scalar.style == .folded
            let written =
                isBlock
                ? nil : ExpressionSlip.needsQuotes(text) ? ExpressionSlip.quoted(text) : text
            fix = written.map { Fix("remove `${{ }}`", replace: node.span, with: $0) }
        }
        let place = scalar.text.firstOffset(of: "${{") ?? 0
        report(
            .expressionInExpression, "`\(key)` is an expression already",
            at: node.span(ofDecoded: place..<place + 3),
            label: "`${{ }}` belongs into text only",
            help: ["write the expression without `${{ }}`"], fix: fix)
        return inner
    }
}

extension ExpressionSlip {
    /// Whether an expression cannot stand as a plain scalar, wherever it stands.
    static func needsQuotes(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { return true }
        if "!\"'[{}]&*|>%@`#,?:-".utf8.contains(first) { return true }
        if bytes.contains(where: { "[]{},".utf8.contains($0) }) { return true }
        return text.firstOffset(of: ": ") != nil || text.firstOffset(of: " #") != nil
            || bytes.last == UInt8(ascii: ":")
    }
}
