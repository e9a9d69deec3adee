extension ReadingContext {
    /// Text in which `${{ }}` may stand.
    func template(_ node: YAMLNode) -> TemplateText? {
        guard let scalar = node.scalar, !node.isNull else {
            wrongKind(node, expected: "text")
            return nil
        }
        checkNUL(node, scalar)
        return pieces(node, scalar)
    }

    /// Any value, with `${{ }}` anywhere in it.
    func templateValue(_ node: YAMLNode, allowsNUL: Bool = false) -> TemplateValue {
        switch node.content {
        case .scalar(let scalar):
            if !allowsNUL { checkNUL(node, scalar) }
            guard scalar.text.firstOffset(of: "${{") != nil, let template = pieces(node, scalar)
            else {
                return .constant(ScalarConstant(node: node))
            }
            return .template(template)
        case .sequence(let items):
            return .list(items.map { templateValue($0, allowsNUL: allowsNUL) }, node.span)
        case .mapping(let entries):
            return .map(members(entries, allowsNUL: allowsNUL), node.span)
        }
    }

    /// A value whose scalars have no type but that of the core schema.
    func freeValue(_ node: YAMLNode) -> TemplateValue {
        ImplicitTypes.check(node) { report($0) }
        return templateValue(node, allowsNUL: true)
    }

    func members(_ entries: [YAMLEntry], allowsNUL: Bool = false) -> [TemplateMember] {
        entries.map {
            TemplateMember(name: $0.key, value: templateValue($0.value, allowsNUL: allowsNUL))
        }
    }

    private func pieces(_ node: YAMLNode, _ scalar: YAMLScalar) -> TemplateText? {
        let text = scalar.text
        guard text.firstOffset(of: "${{") != nil else {
            return TemplateText(pieces: text.isEmpty ? [] : [.literal(text)], node: node)
        }
        let utf8 = Array(text.utf8)
        var pieces: [TemplateText.Piece] = []
        for piece in TemplateScanner.scan(text) {
            switch piece {
            case .literal(let range):
                pieces.append(.literal(String(decoding: utf8[range], as: UTF8.self)))
            case .expression(let range):
                guard let piece = expressionPiece(utf8[range], node) else { return nil }
                pieces.append(piece)
            case .unclosed(let range):
                report(
                    .unclosedTemplate, "`${{` without its `}}`",
                    at: node.span(ofDecoded: range.lowerBound..<range.lowerBound + 3),
                    label: "opens here",
                    help: ["close it, and mind quotes and braces inside"])
                return nil
            }
        }
        return TemplateText(pieces: pieces, node: node)
    }

    private func expressionPiece(_ bytes: ArraySlice<UInt8>, _ node: YAMLNode) -> TemplateText
        .Piece?
    {
        let inner = bytes.trimmed
        guard !inner.isEmpty else {
            report(
                .emptyExpression, "`${{ }}` holds no expression",
                at: node.span(ofDecoded: bytes.startIndex - 3..<bytes.endIndex + 2))
            return nil
        }
        let text = String(decoding: inner, as: UTF8.self)
        if let name = Self.secret(text) {
            let start = inner.startIndex + "secrets.".utf8.count
            return .secret(Located(name, at: node.span(ofDecoded: start..<inner.endIndex)))
        }
        return .expression(ExpressionText(text: text, node: node, offset: inner.startIndex))
    }

    /// The name in `secrets.NAME`.
    private static func secret(_ text: String) -> String? {
        guard text.hasPrefix("secrets.") else { return nil }
        let name = text.utf8.dropFirst("secrets.".utf8.count)
        let isName =
            !name.isEmpty
            && name.allSatisfy { byte in
                byte == UInt8(ascii: "_") || CoreSchema.isDigit(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
        return isName ? String(Substring(name)) : nil
    }
}

extension ArraySlice<UInt8> {
    /// Without blanks at both ends.
    var trimmed: ArraySlice<UInt8> {
        var slice = self
        while let first = slice.first, ScalarWalk.isBlank(first) { slice = slice.dropFirst() }
        while let last = slice.last, ScalarWalk.isBlank(last) { slice = slice.dropLast() }
        return slice
    }
}
