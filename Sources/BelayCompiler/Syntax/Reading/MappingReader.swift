/// Reads one map by its table: every key is known or reported, every missing one is named, and every key of the table
/// must be asked for, so that nothing is accepted and then ignored.
final class MappingReader {
    let table: KeyTable
    let context: ReadingContext
    /// The whole map.
    let span: SourceSpan
    /// Where each key stands that is there.
    private(set) var keys = KeyPlaces()
    /// Entries that the table does not name, if it allows others.
    private(set) var rest: [YAMLEntry] = []
    private var values: [YAMLNode?]
    private var asked: UInt64 = 0

    /// Nil, and reported, if the node is no map.
    init?(_ node: YAMLNode, _ table: KeyTable, _ context: ReadingContext) {
        self.table = table
        self.context = context
        span = node.span
        values = Array(repeating: nil, count: table.keys.count)
        guard let entries = node.entries else {
            context.wrongKind(node, expected: "a map for \(table.title)")
            asked = .max
            return nil
        }
        var rest = entries[...]
        while let entry = rest.popFirst() {
            take(entry, following: &rest, isFlow: node.isFlow)
        }
        reportMissing(node)
    }

    deinit {
        let all: UInt64 = table.keys.count == 64 ? .max : (1 << UInt64(table.keys.count)) - 1
        assert(asked & all == all, "keys of \(table.title) were never asked for: \(unasked)")
    }

    private var unasked: [String] {
        table.keys.indices.filter { asked & (1 << UInt64($0)) == 0 }.map { table.keys[$0].name }
    }

    /// The value of a key, and what the table says it takes; nil if it is not there.
    func value(_ name: String) -> (node: YAMLNode, shape: Shape)? {
        guard let place = table.places[name] else {
            preconditionFailure("\(table.title) has no key \(name)")
        }
        asked |= 1 << UInt64(place)
        return values[place].map { ($0, table.keys[place].shape) }
    }

    func has(_ name: String) -> Bool { keys[name] != nil }

    /// Where the key stands, or the whole map.
    func place(_ name: String) -> SourceSpan { keys[name] ?? span }

    private func take(_ entry: YAMLEntry, following: inout ArraySlice<YAMLEntry>, isFlow: Bool) {
        let name = entry.key.value
        guard let place = table.places[name] else {
            if table.rest != nil { rest.append(entry) } else { reportUnknown(entry) }
            return
        }
        let key = table.keys[place]
        if values[place] != nil {
            context.report(
                .conflictingKeys, "`\(name)` and `\(key.name)` are the same key",
                at: entry.key.span,
                notes: [Diagnostic.Label(keys[key.name]!, "set here")])
            return
        }
        if key.name != name { reportFormer(entry, key) }
        keys[key.name] = entry.key.span
        var value = entry.value
        if isFlow, key.shape.isExpression {
            value = joined(value, key.name, following: &following)
        }
        values[place] = value
    }

    /// An expression that a comma cut in a flow map: puts its pieces together again.
    private func joined(
        _ value: YAMLNode, _ key: String, following: inout ArraySlice<YAMLEntry>
    ) -> YAMLNode {
        guard let scalar = value.scalar, scalar.style == .plain,
            !BalanceScan.isBalanced(scalar.text.utf8)
        else {
            return value
        }
        let slip = ExpressionSlip(
            SourceSpan(
                file: value.span.file, start: value.span.start,
                end: ExpressionExtent.end(
                    value.span.file.bytes, from: value.span.start, isFlow: true)), .flow)
        guard slip.span.end > value.span.end else { return value }
        var diagnostic = slip.finding(key: key)
        while let tail = following.first, tail.key.span.start < slip.span.end {
            following.removeFirst()
            diagnostic.notes.append(
                Diagnostic.Label(
                    tail.key.span, "the rest of the expression, read as a key of its own"))
        }
        context.report(diagnostic)
        return YAMLNode(.scalar(YAMLScalar(text: slip.text, style: .plain)), at: slip.span)
    }
}

// MARK: - Findings about keys

extension MappingReader {
    private func reportUnknown(_ entry: YAMLEntry) {
        let name = entry.key.value
        let known = table.keys.map(\.name)
        var help: [String] = []
        var fix: Fix?
        if let hint = table.hints[name] {
            help = [hint]
        } else if let nearest = Suggestion.nearest(to: name, in: known) {
            help = ["did you mean `\(nearest)`?"]
            if keys[nearest] == nil {
                fix = Fix("rename it to `\(nearest)`", replace: entry.key.span, with: nearest)
            }
        } else {
            help = ["\(table.title) takes \(known.map { "`\($0)`" }.joined(separator: ", "))"]
        }
        context.report(
            .unknownKey, "no key `\(name)` in \(table.title)", at: entry.key.span, help: help,
            fix: fix)
    }

    private func reportFormer(_ entry: YAMLEntry, _ key: Key) {
        context.report(
            .deprecatedKey, "`\(entry.key.value)` is now called `\(key.name)`", at: entry.key.span,
            help: ["rename it to `\(key.name)`"],
            fix: Fix("rename it to `\(key.name)`", replace: entry.key.span, with: key.name))
    }

    private func reportMissing(_ node: YAMLNode) {
        for key in table.keys where key.isRequired && keys[key.name] == nil {
            reportMissing(key.name, node)
        }
        let isThere =
            table.alternatives.isEmpty
            || table.alternatives.contains { $0.allSatisfy { keys[$0] != nil } }
        guard !isThere else { return }
        let sets = table.alternatives.map { $0.map { "`\($0)`" }.joined(separator: " and ") }
        context.report(
            .missingKey, "\(table.title) needs \(sets.joined(separator: " or "))",
            at: beginning(node),
            label: "none of them is here")
    }

    private func reportMissing(_ name: String, _ node: YAMLNode) {
        context.report(
            .missingKey, "\(table.title) needs `\(name)`", at: beginning(node),
            label: "`\(name)` is missing",
            help: table.keys.first { $0.name == name }.map { ["`\(name)`: \($0.summary)"] } ?? [])
    }

    /// The first key, or the empty map.
    private func beginning(_ node: YAMLNode) -> SourceSpan {
        node.entries?.first?.key.span ?? node.span
    }
}
