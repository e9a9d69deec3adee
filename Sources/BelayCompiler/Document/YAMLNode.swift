/// One node of a YAML document with its place; aliases have been replaced by what they name.
///
/// Copies share their children, so a node that is named by many aliases exists once.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    package let content: Content
    /// The bytes of the node, without anchor, without trailing blanks and comments.
    package let span: SourceSpan
    /// Whether it is written in `[]` or `{}`.
    package let isFlow: Bool
    /// Nodes in it, itself included, aliases expanded; at most the parser's budget.
    package let weight: Int
    /// Whether a finding has been made about it already, so that others would only repeat it.
    let isDamaged: Bool

    init(
        _ content: Content, at span: SourceSpan, isFlow: Bool = false, weight: Int = 1,
        isDamaged: Bool = false
    ) {
        self.content = content
        self.span = span
        self.isFlow = isFlow
        self.weight = weight
        self.isDamaged = isDamaged
    }
}

/// A key of a map with its value; keys are always scalars.
package struct YAMLEntry: Sendable {
    package let key: Located<String>
    package let keyStyle: YAMLScalar.Style
    package let value: YAMLNode
}

/// A scalar as it was written: its text is all that it is until its place gives it a type.
package struct YAMLScalar: Sendable {
    package enum Style: Sendable, Hashable {
        case plain
        case single
        case double
        case literal
        case folded
    }

    /// Decoded: quotes, escapes and folding removed.
    package let text: String
    package let style: Style

    package init(text: String, style: Style) {
        self.text = text
        self.style = style
    }
}

extension YAMLNode {
    package var scalar: YAMLScalar? { if case .scalar(let value) = content { value } else { nil } }

    package var items: [YAMLNode]? { if case .sequence(let value) = content { value } else { nil } }

    package var entries: [YAMLEntry]? {
        if case .mapping(let value) = content { value } else { nil }
    }

    /// The value of a key of a map.
    package subscript(key: String) -> YAMLNode? {
        entries?.first { $0.key.value.utf8.elementsEqual(key.utf8) }?.value
    }

    /// Whether it is a plain scalar that stands for nothing: empty, `~` or `null`.
    package var isNull: Bool {
        guard let scalar, scalar.style == .plain else { return false }
        return CoreSchema.isNull(scalar.text)
    }

    /// What it is, for messages: `text`, `a list`, `a map`, `nothing`.
    package var kindName: String {
        switch content {
        case .scalar: isNull ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a map"
        }
    }
}
