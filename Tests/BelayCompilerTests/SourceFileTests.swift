import BelayCompiler
import Testing

struct SourceFileTests {
    @Test func placesAreCountedInCodePoints() {
        let file = SourceFile(path: "x", text: "aé🔥b\r\nc\rd\n\ne")
        #expect(file.position(of: 0) == SourcePosition(line: 1, column: 1))
        #expect(file.position(of: 3) == SourcePosition(line: 1, column: 3))
        #expect(file.position(of: 7) == SourcePosition(line: 1, column: 4))
        #expect(file.position(of: 10) == SourcePosition(line: 2, column: 1))
        #expect(file.position(of: 12) == SourcePosition(line: 3, column: 1))
        #expect(file.position(of: 15) == SourcePosition(line: 5, column: 1))
        #expect(file.position(of: 99) == SourcePosition(line: 5, column: 2))
    }

    @Test func byteOrderMarkTakesNoColumn() {
        let file = SourceFile(path: "x", text: "\u{FEFF}ab\nc")
        #expect(file.position(of: 3) == SourcePosition(line: 1, column: 1))
        #expect(file.position(of: 4) == SourcePosition(line: 1, column: 2))
        #expect(file.text(file.lineRange(1)) == "ab")
    }

    @Test func lineRangesLeaveLineBreaksOut() {
        let file = SourceFile(path: "x", text: "ab\r\ncd\n")
        #expect([1, 2, 3].map { file.text(file.lineRange($0)) } == ["ab", "cd", ""])
    }

    @Test func spansAreOrderedByPathAndPlace() {
        let a = SourceFile(path: "a", text: "0123456789")
        let b = SourceFile(path: "b", text: "0123456789")
        func span(_ file: SourceFile, _ start: Int, _ end: Int) -> SourceSpan {
            SourceSpan(file: file, start: start, end: end)
        }
        let sorted = [span(b, 0, 1), span(a, 5, 6), span(a, 2, 9), span(a, 2, 3)].sorted()
        #expect(sorted.map(\.description) == ["a:1:3", "a:1:3", "a:1:6", "b:1:1"])
        #expect(sorted[0].end == 3)
        #expect(span(a, 2, 3).joined(span(a, 5, 7)).range == 2..<7)
    }

    @Test func locatedValuesKeepTheirPlace() {
        let file = SourceFile(path: "a", text: "42")
        let located = Located("42", at: file.span).map { Int($0) }
        #expect(located.value == 42 && located.span == file.span)
    }
}
