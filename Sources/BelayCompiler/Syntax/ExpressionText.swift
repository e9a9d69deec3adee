/// A CEL expression as it stands in a file, with the way back from its bytes to the file's.
package struct ExpressionText: Sendable {
    /// The expression without surrounding blanks.
    package let text: String
    /// The scalar that holds it.
    package let node: YAMLNode
    /// Where `text` begins in the scalar's decoded text, in bytes.
    package let offset: Int

    init(text: String, node: YAMLNode, offset: Int) {
        self.text = text
        self.node = node
        self.offset = offset
    }

    /// Where it stands in the file.
    package var span: SourceSpan { span(of: 0..<text.utf8.count) }

    /// Where a range of bytes of `text` stands in the file.
    package func span(of range: Range<Int>) -> SourceSpan {
        node.span(ofDecoded: range.lowerBound + offset..<range.upperBound + offset)
    }
}
