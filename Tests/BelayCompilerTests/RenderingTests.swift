import Foundation
import JSON
import Testing

@testable import BelayCompiler

struct RenderingTests {
    static let folder = FrontFixtures.folder.appending(path: "rendering")

    /// Two files with notes across them, a fix, a finding without a place, tabs and wide characters.
    private var diagnostics: [Diagnostic] {
        let first = SourceFile(
            path: "runbooks/cache.yaml",
            text:
                "rules:\n  - id: cache-any\n    match: {type: x}\n  - id: cache-critical\n    match: {type: y}\n"
        )
        let second = SourceFile(path: "b, c:d %.yaml", text: "\tname: データ\tx\n")
        func span(_ file: SourceFile, _ text: String) -> SourceSpan {
            let whole = file.text(0..<file.bytes.count)
            let range = whole.range(of: text)!
            let start = whole.utf8.distance(from: whole.startIndex, to: range.lowerBound)
            return SourceSpan(file: file, start: start, end: start + text.utf8.count)
        }
        var collected = Diagnostics()
        collected.append(
            Diagnostic(
                .overlappingRules, "rules `a` and `b` tie", at: span(second, "x"), label: "here",
                notes: [
                    Diagnostic.Label(span(first, "cache-any"), "one"),
                    Diagnostic.Label(span(first, "cache-critical"), "another"),
                    Diagnostic.Label(span(second, "データ")),
                ]))
        collected.append(
            Diagnostic(
                .unreachableRule, "rule `cache-critical` can never be reached",
                at: span(first, "match: {type: y}"),
                label: "`cache-any` matches all of these too",
                notes: [
                    Diagnostic.Label(span(first, "cache-any"), "takes every such incident first")
                ],
                help: ["raise its precedence", "or narrow `cache-any`\nwith a pattern"],
                fix: Fix("raise it", replace: span(first, "type: y"), with: "type: z")))
        collected.append(Diagnostic(.noCatchAll, "no rule takes everything", at: nil))
        return collected.sorted
    }

    @Test(arguments: Renderers.all.map { type(of: $0).format })
    func golden(_ format: String) throws {
        let renderer = try #require(Renderers.named(format))
        let text = renderer.render(diagnostics, options: RenderingOptions(version: "1.2.3"))
        try FrontFixtures.check(text, against: Self.folder.appending(path: "findings.\(format)"))
    }

    @Test func colours() throws {
        let text = HumanRenderer().render(diagnostics, options: RenderingOptions(color: true))
        try FrontFixtures.check(text, against: Self.folder.appending(path: "findings.human-color"))
        var plain = ""
        var isCode = false
        for scalar in text.unicodeScalars {
            if scalar == "\u{1B}" { isCode = true }
            if !isCode { plain.unicodeScalars.append(scalar) }
            if scalar == "m" { isCode = false }
        }
        #expect(plain == HumanRenderer().render(diagnostics, options: RenderingOptions()))
    }

    @Test func formatsAreSortedAndJSONParses() throws {
        let formats = Renderers.all.map { type(of: $0).format }
        #expect(formats == formats.sorted() && formats.contains("sarif"))
        for format in ["json", "sarif"] {
            let text = try #require(Renderers.named(format)).render(
                diagnostics, options: RenderingOptions())
            #expect(try JSONParser.parse(text).objectValue != nil)
        }
        #expect(Renderers.named("xml") == nil)
    }

    @Test func manyFindingsAreCapped() {
        let file = SourceFile(path: "x", text: "x")
        var diagnostics = Diagnostics()
        for _ in 0..<(Diagnostics.cap + 5) {
            diagnostics.append(Diagnostic(.implicitType, "x", at: file.span))
        }
        #expect(
            diagnostics.count == Diagnostics.cap && diagnostics.dropped == 5
                && !diagnostics.hasErrors)
        diagnostics.append(Diagnostic(.syntax, "x", at: file.span))
        #expect(diagnostics.hasErrors && diagnostics.dropped == 6)
    }

    @Test func codesAreSortedAndUnique() {
        let codes = DiagnosticCodes.all.map(\.code)
        #expect(codes == codes.sorted() && Set(codes).count == codes.count)
        #expect(Set(DiagnosticCodes.all.map(\.name)).count == codes.count)
        #expect(DiagnosticCodes.find("rb1003")?.name == "unknown-key")
        #expect(DiagnosticCodes.find("unknown-key")?.code == "RB1003")
        #expect(DiagnosticCodes.find("RB9999") == nil)
    }

    @Test func fixesThatOverlapAreLeftOut() {
        let file = SourceFile(path: "x", text: "abcdef")
        func fix(_ start: Int, _ end: Int, _ text: String) -> Fix {
            Fix("x", replace: SourceSpan(file: file, start: start, end: end), with: text)
        }
        let fixed = Fix.apply(
            [fix(4, 5, "E"), fix(1, 3, "__"), fix(2, 4, "!"), fix(0, 0, ">")], to: file)
        #expect(String(decoding: fixed, as: UTF8.self) == ">a__dEf")
    }
}
