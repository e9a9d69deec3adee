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
    private let entries: [YAMLEntry]
    /// For each key of the table, the place of its entry, or -1.
    private var places: [Int32]
    /// Values that were put together again, by the key's place in the table.
    private var mended: [Int: YAMLNode] = [:]
    private var asked: UInt64 = 0

    /// Nil, and reported, if the node is no map.
    init?(_ node: YAMLNode, _ table: KeyTable, _ context: ReadingContext) {
        self.table = table
        self.context = context
        span = node.span
        places = Array(repeating: -1, count: table.keys.count)
        entries = node.entries ?? []
        guard node.entries != nil else {
            context.wrongKind(node, expected: "a map for \(table.title)")
            asked = .max
            return nil
        }
        keys.reserveCapacity(entries.count)
        var index = 0
        while index < entries.count { index = take(index, isFlow: node.isFlow) }
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
        guard places[place] >= 0 else { return nil }
        let node = mended[place] ?? entries[Int(places[place])].value
        return (node, table.keys[place].shape)
    }

    func has(_ name: String) -> Bool { keys[name] != nil }

    /// Where the key stands, or the whole map.
    func place(_ name: String) -> SourceSpan { keys[name] ?? span }

    /// Takes an entry; gives the index of the next.
    private func take(_ index: Int, isFlow: Bool) -> Int {
        let entry = entries[index]
        let name = entry.key.value
        guard let place = table.places[name] else {
            if table.rest != nil { rest.append(entry) } else { reportUnknown(entry) }
            return index + 1
        }
        let key = table.keys[place]
        guard places[place] < 0 else {
            context.report(
                .conflictingKeys, "`\(name)` and `\(key.name)` are the same key",
                at: entry.key.span, notes: [Diagnostic.Label(self.place(key.name), "set here")])
            return index + 1
        }
        if key.name != name { reportFormer(entry, key) }
        keys.append(key.name, at: entry.key.span)
        places[place] = Int32(index)
        guard isFlow, key.shape.isExpression else { return index + 1 }
        return join(index, place)
    }

    /// An expression that a comma cut in a flow map: puts its pieces together again.
    private func join(_ index: Int, _ place: Int) -> Int {
        let value = entries[index].value
        guard let scalar = value.scalar, scalar.style == .plain,
            !BalanceScan.isBalanced(scalar.text.utf8)
        else { return index + 1 }
        let (file, start) = (value.span.file, value.span.start)
        let end = ExpressionExtent.end(file.bytes, from: start, isFlow: true)
        let slip = ExpressionSlip(SourceSpan(file: file, start: start, end: end), .flow)
        guard slip.span.end > value.span.end else { return index + 1 }
        var diagnostic = slip.finding(key: table.keys[place].name)
        var next = index + 1
        while next < entries.count, entries[next].key.span.start < slip.span.end {
            diagnostic.notes.append(
                Diagnostic.Label(
                    entries[next].key.span, "the rest of the expression, read as a key of its own"))
            next += 1
        }
        context.report(diagnostic)
        mended[place] = YAMLNode(
            .scalar(YAMLScalar(text: slip.text, style: .plain)), at: slip.span)
        return next
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
