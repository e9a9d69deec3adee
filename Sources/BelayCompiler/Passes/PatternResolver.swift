import EventPattern
import JSON

/// Turns `match` into an event pattern: the YAML rules of its fields on one side, EventBridge's on the other.
///
/// Scalars are text where the incident's field is text; a single value or operator may stand without its list
/// where the field is text or a number.
struct PatternResolver {
    static let options = PatternOptions(
        contains: true, matches: true, exactly: true,
        keysAreWhole: [["labels"], ["annotations"], ["metrics"]], refuseOverriddenOr: true)

    /// A pattern with the places of its positions and the statuses that it names.
    struct Result {
        var pattern: EventPattern?
        var spans: [SourceSpan]
        var statuses: [String]
    }

    /// What may stand at a place of a pattern.
    private enum Leaf {
        case text
        case word([String])
        case number
        case any
    }

    private var spans: [SourceSpan] = []
    private var statuses: [String] = []
    private var found = Diagnostics()

    static func pattern(_ node: YAMLNode, _ diagnostics: inout Diagnostics) -> Result {
        var resolver = PatternResolver()
        let tree = resolver.fields(node)
        diagnostics.append(contentsOf: resolver.found)
        var result = Result(spans: resolver.spans, statuses: resolver.statuses)
        guard !resolver.found.hasErrors, let tree, node.entries?.isEmpty == false else {
            return result
        }
        do throws(PatternError) {
            result.pattern = try EventPattern(tree, options: options)
        } catch {
            let span =
                resolver.spans.indices.contains(error.position)
                ? resolver.spans[error.position] : node.span
            diagnostics.append(
                Diagnostic(.invalidValue, "`match`: \(error.message)", at: span))
        }
        return result
    }

    private mutating func position(_ span: SourceSpan) -> Int {
        spans.append(span)
        return spans.count - 1
    }

    private mutating func report(
        _ code: DiagnosticCode, _ message: String, _ span: SourceSpan, label: String = "",
        help: [String] = []
    ) {
        found.append(Diagnostic(code, message, at: span, label: label, help: help))
    }
}

// MARK: - Fields

extension PatternResolver {
    private mutating func fields(_ node: YAMLNode) -> PatternNode? {
        guard let entries = node.entries else {
            report(
                .wrongKind, "expected a map of fields, found \(node.kindName)", node.span)
            return nil
        }
        var members: [PatternNode.Member] = []
        for entry in entries {
            guard let value = field(entry) else { continue }
            members.append(
                .init(key: entry.key.value, position: position(entry.key.span), value: value))
        }
        return PatternNode(.object(members), at: position(node.span))
    }

    private mutating func field(_ entry: YAMLEntry) -> PatternNode? {
        let name = entry.key.value
        if name == "$or" { return alternatives(entry.value) { $0.fields($1) } }
        guard let field = IncidentShape.field(name) else {
            report(
                .unknownField, "an incident has no field `\(name)`", entry.key.span,
                help: Self.help(for: name))
            return nil
        }
        switch field.type {
        case .text, .timestamp: return leaf(entry.value, .text)
        case .word(let words):
            let value = leaf(entry.value, .word(words))
            if name == "status" { statuses += Self.plainTexts(entry.value) }
            return value
        case .textMap: return map(entry.value, name, .text)
        case .numberMap: return map(entry.value, name, .number)
        case .anyMap: return free(entry.value)
        case .links: return free(entry.value)
        }
    }

    static func help(for name: String) -> [String] {
        switch name {
        case "alertname": return ["the kind of problem is `type`"]
        case "severity": return ["did you mean `priority`?"]
        default: break
        }
        if name.hasPrefix("labels.") {
            return [
                "write `labels: {\(name.dropFirst(7)): …}`: a key under labels is one key, dots and all"
            ]
        }
        let names = IncidentShape.fields.map(\.name)
        return [
            Suggestion.nearest(to: name, in: names).map { "did you mean `\($0)`?" }
                ?? "fields are \(names.joined(separator: ", ")); what identifies an alert is under `labels`"
        ]
    }

    private mutating func alternatives(
        _ node: YAMLNode, _ read: (inout PatternResolver, YAMLNode) -> PatternNode?
    ) -> PatternNode? {
        guard let items = node.items else {
            report(
                .wrongKind, "`$or` takes a list of alternatives, found \(node.kindName)",
                node.span)
            return nil
        }
        var alternatives: [PatternNode] = []
        for item in items {
            if let alternative = read(&self, item) { alternatives.append(alternative) }
        }
        return PatternNode(.array(alternatives), at: position(node.span))
    }

    /// Fields of labels, annotations and metrics: every key is one key.
    private mutating func map(_ node: YAMLNode, _ name: String, _ leaf: Leaf) -> PatternNode? {
        guard let entries = node.entries else {
            // `labels: {exists: false}` and the like stand for the map itself only under details.
            report(
                .wrongKind,
                "expected a map of keys under `\(name)`, found \(node.kindName)", node.span)
            return nil
        }
        var members: [PatternNode.Member] = []
        for entry in entries {
            let value =
                entry.key.value == "$or"
                ? alternatives(entry.value) { $0.map($1, name, leaf) }
                : self.leaf(entry.value, leaf)
            guard let value else { continue }
            members.append(
                .init(key: entry.key.value, position: position(entry.key.span), value: value))
        }
        return PatternNode(.object(members), at: position(node.span))
    }

    /// Under `details` anything may stand, so values and operators need their list, as in EventBridge.
    private mutating func free(_ node: YAMLNode) -> PatternNode? {
        guard let entries = node.entries else { return leaf(node, .any) }
        if entries.count == 1, Self.options.operatorNames.contains(entries[0].key.value) {
            report(
                .wrongKind,
                "under `details` the operator `\(entries[0].key.value)` needs its list",
                node.span, help: ["write `[{\(entries[0].key.value): …}]`"])
            return nil
        }
        var members: [PatternNode.Member] = []
        for entry in entries {
            let value =
                entry.key.value == "$or"
                ? alternatives(entry.value) { $0.free($1) } : free(entry.value)
            guard let value else { continue }
            members.append(
                .init(key: entry.key.value, position: position(entry.key.span), value: value))
        }
        return PatternNode(.object(members), at: position(node.span))
    }
}

// MARK: - Leaves

extension PatternResolver {
    private mutating func leaf(_ node: YAMLNode, _ leaf: Leaf) -> PatternNode? {
        let items: [YAMLNode]
        if let list = node.items {
            items = list
        } else if case .any = leaf {
            items = [node]
        } else {
            items = [node]
        }
        var alternatives: [PatternNode] = []
        for item in items {
            if let alternative = alternative(item, leaf) { alternatives.append(alternative) }
        }
        guard !items.isEmpty else {
            report(
                .invalidValue, "an empty list matches nothing", node.span,
                help: ["list the values that may be, or remove the field"])
            return nil
        }
        return PatternNode(.array(alternatives), at: position(node.span))
    }

    private mutating func alternative(_ node: YAMLNode, _ leaf: Leaf) -> PatternNode? {
        switch node.content {
        case .scalar(let scalar):
            if case .word(let words) = leaf { checkWord(scalar.text, words, node.span) }
            return value(node, scalar, leaf)
        case .mapping(let entries): return operators(node, entries, leaf)
        case .sequence:
            report(.wrongKind, "expected a value or an operator, found a list", node.span)
            return nil
        }
    }

    private mutating func checkWord(_ text: String, _ words: [String], _ span: SourceSpan) {
        guard !words.contains(text) else { return }
        report(
            .unknownValue, "`\(text)` is none of \(words.joined(separator: ", "))", span,
            help: Suggestion.nearest(to: text, in: words).map { ["did you mean `\($0)`?"] } ?? [])
    }

    private mutating func value(_ node: YAMLNode, _ scalar: YAMLScalar, _ leaf: Leaf)
        -> PatternNode?
    {
        switch leaf {
        case .text, .word: return PatternNode(.text(scalar.text), at: position(node.span))
        case .number:
            let value = CoreSchema.value(of: scalar)
            guard value.doubleValue != nil else {
                report(
                    .invalidValue, "expected a number, found `\(scalar.text)`", node.span)
                return nil
            }
            return PatternNode(.number(literal: value.text()), at: position(node.span))
        case .any: return free(scalar, node)
        }
    }

    private mutating func free(_ scalar: YAMLScalar, _ node: YAMLNode) -> PatternNode {
        ImplicitTypes.check(node) { found.append($0) }
        let kind: PatternNode.Kind =
            switch CoreSchema.value(of: scalar) {
            case .null: .null
            case .bool(let value): .bool(value)
            case .string(let text): .text(text)
            case let number: .number(literal: number.text())
            }
        return PatternNode(kind, at: position(node.span))
    }

    private mutating func operators(
        _ node: YAMLNode, _ entries: [YAMLEntry], _ leaf: Leaf
    ) -> PatternNode? {
        var members: [PatternNode.Member] = []
        for entry in entries {
            let name = entry.key.value
            guard Self.options.operatorNames.contains(name) else {
                report(
                    .unknownKey, "unknown operator `\(name)`", entry.key.span,
                    help: [
                        (Self.otherNames[name]
                            ?? Suggestion.nearest(to: name, in: Self.options.operatorNames)).map {
                                "did you mean `\($0)`?"
                            }
                            ?? "operators are \(Self.options.operatorNames.joined(separator: ", "))"
                    ])
                continue
            }
            guard let value = operand(entry.value, of: name, leaf) else { continue }
            members.append(.init(key: name, position: position(entry.key.span), value: value))
        }
        return PatternNode(.object(members), at: position(node.span))
    }

    /// What other languages call the operators.
    private static let otherNames = [
        "regex": "matches", "regexp": "matches", "not": "anything-but", "glob": "wildcard",
        "ends_with": "suffix", "starts_with": "prefix", "range": "numeric",
        "iequals": "equals-ignore-case",
    ]

    /// Text for the operators over text, the field's own type for `anything-but`, the core schema for the rest.
    private mutating func operand(_ node: YAMLNode, of name: String, _ leaf: Leaf) -> PatternNode? {
        switch node.content {
        case .mapping(let entries):
            return operators(node, entries, name == "anything-but" ? leaf : .text)
        case .sequence(let items):
            var values: [PatternNode] = []
            for item in items {
                if let value = operand(item, of: name, leaf) { values.append(value) }
            }
            return PatternNode(.array(values), at: position(node.span))
        case .scalar(let scalar):
            switch name {
            case "exists", "numeric": return free(scalar, node)
            case "anything-but": return value(node, scalar, leaf)
            default: return PatternNode(.text(scalar.text), at: position(node.span))
            }
        }
    }

    private static func plainTexts(_ node: YAMLNode) -> [String] {
        (node.items ?? [node]).compactMap { $0.scalar?.text }
    }
}
