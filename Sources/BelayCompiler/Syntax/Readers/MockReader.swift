/// Reads what calls are answered with in a test.
struct MockReader {
    let context: ReadingContext

    /// The mocks under `mocks` of a file or case.
    func read(_ reader: MappingReader) -> [MockSyntax] {
        reader.map("mocks", of: "mocks", mock) ?? []
    }

    private func mock(_ entry: YAMLEntry) -> MockSyntax? {
        let parts = entry.key.value.split(
            separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let action = context.checked(Located(String(parts[0]), at: entry.key.span), .action)
        let place = parts.count > 1 ? Located(String(parts[1]), at: entry.key.span) : nil
        let nodes = entry.value.items ?? [entry.value]
        if nodes.isEmpty {
            context.report(
                .invalidValue, "a mock without a reply", at: entry.value.span,
                help: ["give at least one: `{return: {}}`"])
        }
        let replies = nodes.compactMap(reply)
        guard let action, !replies.isEmpty else { return nil }
        return MockSyntax(action: action, place: place, replies: replies, span: entry.key.span)
    }

    private func reply(_ node: YAMLNode) -> ReplySyntax? {
        guard let reader = MappingReader(node, Tables.reply, context) else { return nil }
        let after = reader.duration("after")
        let answers = ["return", "throw", "hang", "approve", "deny", "resolve_notice"]
        let given = answers.filter(reader.has)
        if given.count > 1 { context.exclude(given[0], given[1], reader) }
        let value = reader.node("return").map { context.templateValue($0, allowsNUL: true) }
        let failure = reader.text("throw")
        let hang = reader.duration("hang")
        let approve = reader.node("approve").flatMap { decision($0, Tables.approve) }
        let deny = reader.node("deny").flatMap { decision($0, Tables.approve) }
        let notice = reader.node("resolve_notice").flatMap { decision($0, Tables.delay) }
        var answer: ReplySyntax.Answer?
        var delay = after
        if let value { answer = .value(value) }
        if let failure { answer = .failure(failure) }
        if let hang { answer = .hang(hang) }
        if let approve { (answer, delay) = (.approve(by: approve.by), approve.after ?? after) }
        if let deny { (answer, delay) = (.deny(by: deny.by), deny.after ?? after) }
        if let notice { (answer, delay) = (.resolveNotice, notice.after ?? after) }
        return answer.map { ReplySyntax(answer: $0, after: delay, span: node.span) }
    }

    /// `{by, after}`, or `true` alone.
    private func decision(
        _ node: YAMLNode, _ table: KeyTable
    ) -> (by: Located<String>?, after: Located<Duration>?)? {
        if node.scalar != nil, !node.isNull {
            guard let isSo = context.boolean(node) else { return nil }
            if isSo.value { return (nil, nil) }
            context.report(
                .invalidValue, "`false` is no reply", at: node.span,
                help: ["remove it, or write `true`"])
            return nil
        }
        guard let reader = MappingReader(node, table, context) else { return nil }
        let by = table.places["by"] == nil ? nil : reader.text("by")
        return (by, reader.duration("after"))
    }
}
