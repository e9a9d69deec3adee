/// The part of a line that is shown: all of it, or what lies around a place in a very long one.
struct Excerpt {
    /// Lines up to so many bytes are shown whole.
    private static let longest = 240
    /// What is shown before the place in a longer line.
    private static let before = 60

    private let file: SourceFile
    private let range: Range<Int>
    private let isCutBefore: Bool
    private let isCutAfter: Bool

    init(_ span: SourceSpan, line: Int) {
        file = span.file
        let whole = file.lineRange(line)
        guard whole.count > Self.longest else {
            range = whole
            (isCutBefore, isCutAfter) = (false, false)
            return
        }
        let start = max(whole.lowerBound, min(span.start, whole.upperBound) - Self.before)
        let end = min(whole.upperBound, start + Self.longest)
        range = Self.whole(start, file)..<Self.whole(end, file)
        isCutBefore = range.lowerBound > whole.lowerBound
        isCutAfter = range.upperBound < whole.upperBound
    }

    /// As a terminal shows it, with `…` where it is cut.
    var text: String {
        (isCutBefore ? "…" : "") + DisplayText(file.bytes[range]).text + (isCutAfter ? "…" : "")
    }

    /// Whether a place is shown, as far as its line is.
    func holds(_ span: SourceSpan) -> Bool {
        !isCutBefore && !isCutAfter || range.contains(span.start)
    }

    /// The columns before a span, and those that it takes, at least one.
    func columns(of span: SourceSpan) -> (before: Int, width: Int) {
        let start = min(max(span.start, range.lowerBound), range.upperBound)
        let end = min(max(span.end, start), range.upperBound)
        let before = DisplayText(file.bytes[range.lowerBound..<start]).width + (isCutBefore ? 1 : 0)
        return (before, max(1, DisplayText(file.bytes[start..<end]).width))
    }

    /// The beginning of the character that holds a byte.
    private static func whole(_ offset: Int, _ file: SourceFile) -> Int {
        var offset = offset
        while offset > 0, offset < file.bytes.count, file.bytes[offset] & 0xC0 == 0x80 {
            offset -= 1
        }
        return offset
    }
}
