import CYAML

/// Makes the tree of one document from libyaml's events and holds it within the bounds.
struct TreeBuilder {
    private let file: SourceFile
    /// Slips of earlier attempts, by their first byte: each stands for the text that it should have been.
    private let mended: [Int: NamedSlip]
    /// The unquoted expression at which libyaml stopped.
    private(set) var slip: NamedSlip?
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var cost = YAMLParser.Cost()
    private var frames: [Frame] = []
    private var anchors: [String: Anchor] = [:]
    private var root: YAMLNode?
    private var documents = 0
    /// Set when the rest of the file is not read.
    private var isOver = false

    private enum Anchor {
        case open
        case node(YAMLNode)
    }

    init(_ file: SourceFile, mended: [NamedSlip] = []) {
        self.file = file
        self.mended = Dictionary(mended.map { ($0.slip.span.start, $0) }) { first, _ in first }
    }

    /// The root, or nil after a finding that leaves no tree.
    mutating func build() -> YAMLNode? {
        var bytes = file.bytes
        for slip in mended.values {
            for place in slip.slip.span.range { bytes[place] = UInt8(ascii: "x") }
        }
        let base = file.byteOrderMark
        let isWhole = bytes.withUnsafeBufferPointer { run(EventStream($0, base: base)) }
        guard isWhole else { return nil }
        guard let root, !(root.isNull && root.span.isEmpty) else {
            report(
                .emptyDocument, "the file is empty", file.span.startOnly,
                help: ["it begins with `apiVersion: belay/v1` and `kind: Runbook`"])
            return nil
        }
        return root
    }

    private mutating func run(_ stream: EventStream) -> Bool {
        while !isOver {
            guard let event = stream.next() else {
                stopped(stream.failure)
                return false
            }
            cost.events += 1
            take(event.pointee, stream)
            if event.pointee.type == YAML_STREAM_END_EVENT { return true }
        }
        return documents > 1
    }

    private mutating func stopped(_ failure: EventStream.Failure) {
        if !failure.isUnreadable {
            slip = SlipSearch.find(file, at: failure.offset, context: failure.contextOffset)
            if let found = slip, mended[found.slip.span.start] != nil { slip = nil }
        }
        if slip == nil { diagnostics.append(SyntaxFinding.make(failure, in: file)) }
    }

    private mutating func take(_ event: yaml_event_t, _ stream: EventStream) {
        let start = stream.offset(event.start_mark)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: document(at: start)
        case YAML_ALIAS_EVENT:
            let name = text(event.data.alias.anchor)
            alias(name, SourceSpan(file: file, start: start, end: stream.offset(event.end_mark)))
        case YAML_SCALAR_EVENT: scalar(event, start, stream.offset(event.end_mark))
        case YAML_SEQUENCE_START_EVENT:
            let data = event.data.sequence_start
            open(
                isMapping: false, isFlow: data.style == YAML_FLOW_SEQUENCE_STYLE, start,
                data.anchor, data.tag)
        case YAML_MAPPING_START_EVENT:
            let data = event.data.mapping_start
            open(
                isMapping: true, isFlow: data.style == YAML_FLOW_MAPPING_STYLE, start, data.anchor,
                data.tag)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: close(stream.offset(event.end_mark))
        default: break
        }
    }

    private mutating func document(at start: Int) {
        documents += 1
        guard documents > 1 else { return }
        report(
            .multipleDocuments, "a second document begins here",
            SourceSpan(file: file, start: start, end: min(start + 3, file.bytes.count)),
            help: ["put it into a file of its own: one file holds one document"])
        isOver = true
    }
}

// MARK: - Nodes

extension TreeBuilder {
    private mutating func scalar(_ event: yaml_event_t, _ start: Int, _ end: Int) {
        let data = event.data.scalar
        let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
        let scalar = YAMLScalar(
            text: String(decoding: bytes, as: UTF8.self), style: style(data.style))
        var node: YAMLNode
        if data.anchor == nil, data.tag == nil {
            node = YAMLNode(.scalar(scalar), at: span(start, end, scalar.style))
        } else {
            node = YAMLNode(.scalar(scalar), at: span(contentStart(start, end), end, scalar.style))
            if let tag = data.tag { node = tagged(text(tag), start, node) }
        }
        if let slip = mended[node.span.start]?.slip {
            node = YAMLNode(.scalar(YAMLScalar(text: slip.text, style: .plain)), at: slip.span)
        }
        if let anchor = data.anchor { anchors[text(anchor)] = .node(node) }
        count(1, node.span)
        add(node)
    }

    private func style(_ style: yaml_scalar_style_t) -> YAMLScalar.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .single
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .double
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }

    /// Blocks end before their trailing blanks and not, as for libyaml, after them.
    private func span(_ start: Int, _ end: Int, _ style: YAMLScalar.Style) -> SourceSpan {
        var end = end
        if style == .literal || style == .folded {
            while end > start + 1, ScalarWalk.isBlank(file.bytes[end - 1]) { end -= 1 }
        }
        return SourceSpan(file: file, start: start, end: end)
    }

    private mutating func open(
        isMapping: Bool, isFlow: Bool, _ start: Int, _ anchor: UnsafePointer<UInt8>?,
        _ tag: UnsafePointer<UInt8>?
    ) {
        let first = anchor == nil && tag == nil ? start : contentStart(start, file.bytes.count)
        let place = SourceSpan(file: file, start: first, end: min(first + 1, file.bytes.count))
        guard frames.count < DocumentBounds.depth else {
            report(
                .tooDeep, "lists and maps are nested more than \(DocumentBounds.depth) levels deep",
                place)
            isOver = true
            return
        }
        if let tag { refuseTag(text(tag), start) }
        let name = anchor.map(text)
        if let name { anchors[name] = .open }
        if let frame = frames.last, frame.isMapping, frame.key == nil {
            report(
                .complexKey, "a key must be text, this is \(isMapping ? "a map" : "a list")", place,
                help: ["quote it if its brackets are part of the text"])
        }
        count(1, place)
        frames.append(
            Frame(
                isMapping: isMapping, isFlow: isFlow, start: first, anchor: name,
                isDamaged: tag != nil))
    }

    private mutating func close(_ mark: Int) {
        let frame = frames.removeLast()
        let end = frame.isFlow ? mark : max(frame.end, frame.start)
        let content: YAMLNode.Content =
            frame.isMapping ? .mapping(frame.entries) : .sequence(frame.items)
        let node = YAMLNode(
            content, at: SourceSpan(file: file, start: frame.start, end: end), isFlow: frame.isFlow,
            weight: frame.weight, isDamaged: frame.isDamaged)
        if let anchor = frame.anchor { anchors[anchor] = .node(node) }
        add(node)
    }

    private mutating func alias(_ name: String, _ span: SourceSpan) {
        switch anchors[name] {
        case .node(let node)?:
            count(node.weight, span)
            add(node, at: span)
        case .open?:
            report(
                .aliasCycle, "`*\(name)` stands inside the node that `&\(name)` names", span,
                help: ["a node cannot hold itself; write the inner value out"])
            add(.nothing(at: span))
        case nil:
            let nearest =
                anchors.count > 100 ? [] : Suggestion.help(for: name, in: anchors.keys.sorted())
            report(
                .undefinedAlias, "no anchor `&\(name)` is defined before this", span, help: nearest)
            add(.nothing(at: span))
        }
    }

    /// Puts a finished node where it belongs; `place` is where it stands if that is not where it was written.
    private mutating func add(_ node: YAMLNode, at place: SourceSpan? = nil) {
        guard let last = frames.indices.last else {
            root = node
            return
        }
        let place = place ?? node.span
        frames[last].end = max(frames[last].end, place.end)
        guard frames[last].isMapping else {
            frames[last].items.append(node)
            frames[last].weight += node.weight
            return
        }
        guard let key = frames[last].key else {
            frames[last].key = key(node, at: place)
            return
        }
        frames[last].key = nil
        guard key.isKept else { return }
        frames[last].weight += node.weight + 1
        frames[last].entries.append(YAMLEntry(key: key.text, keyStyle: key.style, value: node))
    }

    private mutating func count(_ nodes: Int, _ span: SourceSpan) {
        cost.nodes += nodes
        guard cost.nodes > DocumentBounds.nodes, !isOver else { return }
        report(
            .aliasBudget, "the document has more than \(DocumentBounds.nodes) nodes", span,
            label: "passes it, aliases counted with all that they name",
            help: ["write values out, or split the file"])
        isOver = true
    }
}

// MARK: - Keys

extension TreeBuilder {
    private mutating func key(_ node: YAMLNode, at place: SourceSpan) -> Frame.Key {
        guard let scalar = node.scalar else {
            if node.span != place {
                report(.complexKey, "a key must be text, this is \(node.kindName)", place)
            }
            return Frame.Key(text: Located("", at: place), style: .plain, isKept: false)
        }
        let text = Located(scalar.text, at: place)
        if scalar.text == "<<", scalar.style == .plain {
            report(
                .mergeKey, "the merge key `<<` is not part of YAML 1.2", place,
                help: ["write the keys out; `defaults` and chains are there for what rules share"])
            return Frame.Key(text: text, style: .plain, isKept: false)
        }
        if let first = frames[frames.count - 1].note(text) {
            report(
                .duplicateKey, "`\(scalar.text)` is set twice in this map", place,
                label: "set again here", notes: [Diagnostic.Label(first, "first set here")],
                help: ["remove one of the two; YAML tools silently keep only one"])
            return Frame.Key(text: text, style: scalar.style, isKept: false)
        }
        return Frame.Key(text: text, style: scalar.style, isKept: true)
    }
}

// MARK: - Tags

extension TreeBuilder {
    /// A scalar with a tag: an expression that begins with `!`, or a finding.
    private mutating func tagged(_ tag: String, _ start: Int, _ node: YAMLNode) -> YAMLNode {
        if let frame = frames.last, let key = frame.key, frame.isMapping, tag.hasPrefix("!"),
            ExpressionSlip.keys.contains(key.text.value),
            let slip = ExpressionSlip(file, at: start, isFlow: frame.isFlow)
        {
            diagnostics.append(slip.finding(key: key.text.value))
            return YAMLNode(.scalar(YAMLScalar(text: slip.text, style: .plain)), at: slip.span)
        }
        refuseTag(tag, start)
        return YAMLNode(node.content, at: node.span, isDamaged: true)
    }

    private mutating func refuseTag(_ tag: String, _ start: Int) {
        let end = tokenEnd(start)
        let span = SourceSpan(file: file, start: start, end: end)
        report(
            .customTag, "the tag `\(span.text)` is not read", span,
            help: [
                "remove it: a value's type comes from where it stands; quote text that begins with `!`"
            ])
    }

    /// Skips anchors and tags, which libyaml counts to the node.
    private func contentStart(_ start: Int, _ end: Int) -> Int {
        var place = start
        while place < end, "&!".utf8.contains(file.bytes[place]) {
            place = tokenEnd(place)
            while place < end, ScalarWalk.isBlank(file.bytes[place]) { place += 1 }
            while place < end, file.bytes[place] == UInt8(ascii: "#") {
                while place < end, file.bytes[place] != 0x0A { place += 1 }
                while place < end, ScalarWalk.isBlank(file.bytes[place]) { place += 1 }
            }
        }
        return min(place, end)
    }

    private func tokenEnd(_ start: Int) -> Int {
        var place = start
        while place < file.bytes.count, !ScalarWalk.isBlank(file.bytes[place]) { place += 1 }
        return place
    }

    private func text(_ pointer: UnsafePointer<UInt8>) -> String {
        String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
    }

    private func text(_ pointer: UnsafeMutablePointer<UInt8>) -> String {
        text(UnsafePointer(pointer))
    }

    private mutating func report(
        _ code: DiagnosticCode, _ message: String, _ span: SourceSpan, label: String = "",
        notes: [Diagnostic.Label] = [], help: [String] = []
    ) {
        diagnostics.append(
            Diagnostic(code, message, at: span, label: label, notes: notes, help: help))
    }
}
