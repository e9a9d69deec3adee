/// Text with `${{ }}` in it, cut into pieces; without any it is a constant.
package struct TemplateText: Sendable {
    package enum Piece: Sendable {
        case literal(String)
        case expression(ExpressionText)
        /// The exact piece `${{ secrets.NAME }}`: the name.
        case secret(Located<String>)
    }

    package let pieces: [Piece]
    /// The scalar that it is.
    package let node: YAMLNode

    package var span: SourceSpan { node.span }

    /// The decoded text as written, `${{ }}` included.
    package var text: String { node.scalar?.text ?? "" }

    /// The text if there is no `${{ }}` in it.
    package var constant: String? {
        for piece in pieces {
            guard case .literal = piece else { return nil }
        }
        return text
    }

    /// The expression if it is the whole scalar: such a template keeps the expression's type.
    package var whole: ExpressionText? {
        if pieces.count == 1, case .expression(let expression) = pieces[0] {
            expression
        } else {
            nil
        }
    }

    /// All expressions in it.
    package var expressions: [ExpressionText] {
        pieces.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
    }

    /// All secrets that it names.
    package var secrets: [Located<String>] {
        pieces.compactMap { if case .secret(let name) = $0 { name } else { nil } }
    }
}
