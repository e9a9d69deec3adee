/// A range of bytes in a file: where something was written.
package struct SourceSpan: Sendable, Hashable {
    package let file: SourceFile
    private let first: Int32
    private let last: Int32

    /// Offsets in bytes from the file's first byte; `end` is exclusive.
    package init(file: SourceFile, start: Int, end: Int) {
        self.file = file
        first = Int32(clamping: start)
        last = Int32(clamping: max(start, end))
    }

    package var start: Int { Int(first) }
    package var end: Int { Int(last) }
    package var range: Range<Int> { start..<end }
    package var isEmpty: Bool { first == last }

    /// The place of the first byte.
    package var position: SourcePosition { file.position(of: start) }
    /// The place after the last byte.
    package var endPosition: SourcePosition { file.position(of: end) }

    /// What is written there.
    package var text: String { file.text(range) }

    /// The smallest span that holds both; they must be of one file.
    package func joined(_ other: SourceSpan) -> SourceSpan {
        precondition(file == other.file, "spans of two files have no common span")
        return SourceSpan(file: file, start: min(start, other.start), end: max(end, other.end))
    }

    /// The empty span at its beginning, where something is missing or is to be put in.
    package var startOnly: SourceSpan { SourceSpan(file: file, start: start, end: start) }
}

extension SourceSpan: Comparable {
    /// By path, then place: the order in which findings are shown.
    package static func < (left: SourceSpan, right: SourceSpan) -> Bool {
        if left.file != right.file, left.file.path != right.file.path {
            return left.file.path.utf8.lexicographicallyPrecedes(right.file.path.utf8)
        }
        return (left.first, left.last) < (right.first, right.last)
    }
}

extension SourceSpan: CustomStringConvertible {
    /// `path:line:column`.
    package var description: String { "\(file.path):\(position)" }
}
