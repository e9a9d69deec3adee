extension ReadingContext {
    /// Text where a list is due, and the like.
    func wrongKind(_ node: YAMLNode, expected: String, help: [String] = [], fix: Fix? = nil) {
        guard !node.isDamaged else { return }
        let span = node.span.isEmpty ? node.span.startOnly : headline(node)
        report(
            .wrongKind, "expected \(expected), found \(node.kindName)", at: span, help: help,
            fix: fix)
    }

    /// The first line of a node: enough to point at.
    func headline(_ node: YAMLNode) -> SourceSpan {
        let bytes = node.span.file.bytes
        var end = node.span.start
        while end < node.span.end, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        return SourceSpan(file: node.span.file, start: node.span.start, end: end)
    }

    /// The items of a list; a single scalar where scalars are due is reported with the fix of brackets.
    func items(
        _ node: YAMLNode, of what: String, least: Int = 0, isOfScalars: Bool = false
    ) -> [YAMLNode]? {
        guard let items = node.items else {
            let isOne = isOfScalars && node.scalar != nil && !node.isNull
            let fix =
                isOne
                ? Fix("put it in a list", replace: node.span, with: "[\(node.span.text)]") : nil
            wrongKind(node, expected: "a list of \(what)", fix: fix)
            return nil
        }
        if items.count < least {
            report(
                .invalidValue, "the list of \(what) is empty", at: node.span,
                help: ["at least \(least) is needed"])
        }
        return items
    }

    /// The entries of a map whose keys are the user's.
    func entries(_ node: YAMLNode, of what: String) -> [YAMLEntry]? {
        guard let entries = node.entries else {
            wrongKind(node, expected: "a map of \(what)")
            return nil
        }
        return entries
    }
}
