import Foundation
import Testing

@testable import BelayCompiler

/// Where things stand, asserted by marks in the text.
struct SpanTests {
    /// The value under the first key.
    private func value(_ marked: MarkedText) throws -> YAMLNode {
        var diagnostics = Diagnostics()
        let root = try #require(YAMLParser.parse(marked.file, &diagnostics))
        return try #require(root.entries?.first?.value)
    }

    @Test(arguments: [
        "é: ⟦plain text⟧  # comment\nb: 1\n", "a: ⟦'it''s'⟧\n", "a: ⟦\"x\\ty\"⟧\n",
        "a: ⟦[1, {b: c}]⟧\n",
        "a: &x ⟦[1]⟧\n", "a: &x ⟦text⟧\nb: *x\n", "a:\n  ⟦b: 1\n  c: 🔥⟧\n\nd: 2\n",
        "a:\n⟦- 1\n- 2⟧\nb: 1\n",
        "a: ⟦|\n  one\n  two⟧\n\n\nb: 1\n", "a:⟦⟧\nb: 1\n", "? a\n: ⟦b⟧\n", "a: ⟦one\n  two⟧\n",
    ])
    func nodes(_ text: String) throws {
        let marked = MarkedText(text)
        #expect(try value(marked).span.range == marked.range)
    }

    /// The needle's place in the decoded text leads to the marked place in the file.
    @Test(arguments: [
        ("a: one ⟦two⟧ three\n", "two"), ("a: one\n  ⟦two⟧ three\n", "two"),
        ("a: 'it''s ⟦two⟧'\n", "two"), ("a: \"\\t\\u00e9\\x41 ⟦two⟧\"\n", "two"),
        ("a: \"one\n   ⟦two⟧\"\n", "two"), ("a: \"one\\\n   ⟦two⟧\"\n", "two"),
        ("a: 'one\n\n  ⟦two⟧'\n", "two"),
        ("a: |\n  one\n  ⟦two⟧ three\n", "two"), ("a: |2-\n    one\n  ⟦two⟧\n", "two"),
        ("a: >\n  one\n  ⟦two⟧\n\n  three\n", "two"),
        ("a: >\n  one\n\n    ⟦two⟧\n  three\n", "two"),
        ("a: |\n  é🔥 ⟦two⟧\n", "two"), ("a: |  # why\n  one ⟦two⟧\n", "two"),
        ("a: \"\\U0001F525 ⟦two⟧\"\n", "two"), ("a: |\r\n  one\r\n  ⟦two⟧\r\n", "two"),
        ("a: \"x ⟦\\u00e9⟧ y\"\n", "é"), ("a: 'x ⟦''⟧ y'\n", "'"),
    ])
    func insideScalars(_ text: String, _ needle: String) throws {
        let marked = MarkedText(text)
        let node = try value(marked)
        let decoded = try #require(node.scalar?.text)
        let range = try #require(decoded.range(of: needle))
        let start = decoded.utf8.distance(from: decoded.startIndex, to: range.lowerBound)
        let span = node.span(ofDecoded: start..<start + needle.utf8.count)
        #expect(span.range == marked.range, "\(span.text)")
    }

    /// For every scalar the map has one place for each decoded byte, in order.
    @Test func offsetsAreInOrder() throws {
        for text in [
            "a: 'x  y\n\n\n z '\n", "a: \"x \\\n  y\\n\\\n\\  z\"\n",
            "a: >+\n\n  x\n   y\n\n  z\n\n\n", "a: |-\n\n  x\n\n   y\n",
        ] {
            var diagnostics = Diagnostics()
            let file = SourceFile(path: "x", text: text)
            let node = try #require(YAMLParser.parse(file, &diagnostics)?.entries?.first?.value)
            let scalar = try #require(node.scalar)
            let offsets = try #require(ScalarOffsets(scalar, at: node.span).offsets, "\(text)")
            #expect(offsets.count == scalar.text.utf8.count + 1)
            #expect(offsets == offsets.sorted())
        }
    }

    @Test(arguments: [
        "    when: ⟦a > 1⟧  # c\n", "    when: '  ⟦a > 1⟧ '\n", "    when: |\n      ⟦a > 1⟧\n",
        "    when: {expr: ⟦a > 1⟧}\n",
    ])
    func expressions(_ line: String) throws {
        let marked = MarkedText(
            runbookHead + "rules:\n  - id: a\n    match: {type: x}\n" + line
                + "    steps: [{uses: b}]\n")
        let (repository, diagnostics) = read(marked.text)
        #expect(diagnostics.isEmpty)
        let when = try #require(repository.runbooks.first?.rules.first?.when)
        #expect(when.text == "a > 1" && when.span.range == marked.range)
        #expect(when.span(of: 4..<5).range == marked.range.upperBound - 1..<marked.range.upperBound)
    }

    @Test(arguments: ["a ${{ ⟦b⟧ }} c", "${{⟦b⟧}}", "'it''s ${{ ⟦b⟧ }}'", "\"\\u00e9${{ ⟦b⟧ }}\""])
    func templates(_ value: String) throws {
        let marked = MarkedText(
            runbookHead
                + "rules:\n  - id: a\n    match: {type: x}\n    steps:\n      - uses: b\n        with:\n          c: "
                + value + "\n")
        let (repository, diagnostics) = read(marked.text)
        #expect(diagnostics.isEmpty)
        guard case .uses(let uses)? = repository.runbooks.first?.rules.first?.steps.first?.kind,
            case .template(let template)? = uses.with.first?.value
        else {
            Issue.record("no template")
            return
        }
        #expect(template.expressions.map(\.text) == ["b"])
        #expect(template.expressions[0].span.range == marked.range)
    }
}
