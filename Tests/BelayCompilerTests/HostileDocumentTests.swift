import BelayCompiler
import Foundation
import JSON
import Testing

/// The hostile documents, each judged at the YAML layer by what is wanted of it, within a budget that is counted.
struct HostileDocumentTests {
    /// The findings of each document; none: it is accepted.
    static let wanted: [String: [String]] = [
        "alias bomb as value": ["RB1007"], "alias bomb as mapping key": ["RB1007"],
        "deep nesting": ["RB1008"], "duplicate key": ["RB1002"], "merge key": ["RB1011"],
        "undefined alias": ["RB1014"], "self alias": ["RB1015"], "Norway": [],
        "sexagesimal": [], "octal-looking": [], "tag": ["RB1010"],
        "two documents": ["RB1012"], "BOM and CRLF": [], "tab indent": ["RB1013"],
        "NUL": [], "bidi override": ["RB1017"],
    ]

    static func cases() throws -> [(name: String, yaml: String)] {
        let url = FrontFixtures.folder.appending(path: "yaml/hostile.json")
        let document = try JSONParser.parse(try FrontFixtures.bytes(url))
        return (document["cases"]?.arrayValue ?? []).map {
            ($0["name"]?.stringValue ?? "", $0["yaml"]?.stringValue ?? "")
        }
    }

    @Test func eachIsTreatedAsWanted() throws {
        let cases = try Self.cases()
        #expect(Set(cases.map(\.name)) == Set(Self.wanted.keys))
        for (name, yaml) in cases {
            var diagnostics = Diagnostics()
            var cost = YAMLParser.Cost()
            _ = YAMLParser.parse(SourceFile(path: "x", text: yaml), &diagnostics, cost: &cost)
            #expect(diagnostics.sorted.map(\.code.code) == Self.wanted[name], "\(name)")
            #expect(diagnostics.sorted.allSatisfy { $0.primary != nil }, "\(name) has no place")
            #expect(cost.events <= 200, "\(name): \(cost.events) events")
            #expect(cost.nodes <= DocumentBounds.nodes * 2, "\(name): \(cost.nodes) nodes")
        }
    }

    @Test func textStaysTextAndIsWarnedOfWhereFree() throws {
        for (yaml, text, isNumber) in [
            ("country: no\n", "no", false), ("at: 12:30:45\n", "12:30:45", false),
            ("mode: 0755\n", "0755", true),
        ] {
            var diagnostics = Diagnostics()
            let root = try #require(
                YAMLParser.parse(SourceFile(path: "x", text: yaml), &diagnostics))
            let node = try #require(root.entries?.first?.value)
            #expect(node.scalar?.text == text)
            var warnings: [Diagnostic] = []
            ImplicitTypes.check(node) { warnings.append($0) }
            #expect(warnings.map(\.code.code) == ["RB1004"])
            #expect(warnings[0].help[0].contains("\"\(text)\""), "it says how to quote it")
            #expect(
                CoreSchema.value(of: YAMLScalar(text: text, style: .plain)).stringValue
                    == (isNumber ? nil : text))
        }
    }

    @Test func accepted() throws {
        var diagnostics = Diagnostics()
        let root = YAMLParser.parse(SourceFile(path: "x", text: "\u{FEFF}a: 1\r\n"), &diagnostics)
        let entry = try #require(root?.entries?.first)
        #expect(entry.key.value == "a" && entry.value.scalar?.text == "1")
        #expect(entry.key.span.range == 3..<4)
        #expect(entry.value.span.position == SourcePosition(line: 1, column: 4))
    }

    /// A NUL is data in a test's incident and refused in what may become a command, path or header.
    @Test func nulIsJudgedByItsField() {
        let step =
            "rules:\n  - id: a\n    match: {type: x}\n    steps: [{uses: a, with: {b: [\"x\\0y\"]}}]\n"
        #expect(read(runbookHead + step).1.map(\.code.code) == ["RB1029"])
        let test =
            "apiVersion: belay/v1\nkind: RunbookTest\nmetadata: {name: x}\ncases:\n  - name: one\n"
            + "    incident: {type: x, details: {a: \"x\\0y\"}}\n    expect: {rule: none}\n"
        #expect(read(test).1.isEmpty)
    }

    @Test func tooLargeAFileIsNotParsed() {
        let text = String(repeating: "# 34567890123456\n", count: DocumentBounds.bytes / 17 + 1)
        var diagnostics = Diagnostics()
        var cost = YAMLParser.Cost()
        let root = YAMLParser.parse(SourceFile(path: "x", text: text), &diagnostics, cost: &cost)
        #expect(root == nil && cost.events == 0)
        #expect(diagnostics.sorted.map(\.code.code) == ["RB1009"])
    }

    @Test func aliasesAreReadWithinTheBudget() throws {
        let text = "a: &a [1, 2]\nb: *a\nc: {k: *a}\n&k d: &s x\n*k : *s\n"
        var diagnostics = Diagnostics()
        let root = try #require(YAMLParser.parse(SourceFile(path: "x", text: text), &diagnostics))
        #expect(root["b"]?.items?.count == 2)
        #expect(root["c"]?["k"]?.items?.count == 2)
        #expect(diagnostics.sorted.map(\.code.code) == ["RB1002"], "the alias of a key is that key")
    }

    /// Unquoted expressions are mended a bounded number of times.
    @Test func mendingIsBounded() {
        let step = "      - {uses: a, if: b[0]}\n"
        let text =
            runbookHead + "rules:\n  - id: a\n    match: {type: x}\n    steps:\n"
            + String(repeating: step, count: 200)
        var diagnostics = Diagnostics()
        var cost = YAMLParser.Cost()
        let root = YAMLParser.parse(SourceFile(path: "x", text: text), &diagnostics, cost: &cost)
        #expect(root == nil)
        #expect(diagnostics.sorted.map(\.code.code) == Array(repeating: "RB1210", count: 21))
        #expect(cost.events < 21 * 200, "\(cost.events)")
    }

    /// Keys are compared by their bytes, in small maps and in large ones.
    @Test(arguments: [1, 40])
    func keysAreComparedByTheirBytes(_ count: Int) throws {
        let keys = (0..<count).map { "k\($0): 1\n" }.joined()
        var diagnostics = Diagnostics()
        let text = keys + "\u{E9}: 1\ne\u{301}: 2\nk0: 3\n\u{E9}: 4\n"
        let root = try #require(YAMLParser.parse(SourceFile(path: "x", text: text), &diagnostics))
        #expect(root.entries?.count == count + 2)
        let lines = diagnostics.sorted.map {
            [$0.primary, $0.notes.first].map { $0?.span.position.line }
        }
        #expect(lines == [[count + 3, 1], [count + 4, count + 1]])
    }

    /// Whatever the bytes are, reading them ends with a tree or with findings.
    @Test func anyBytesEndInATreeOrAFinding() throws {
        let samples = try Self.cases().map { Array($0.yaml.utf8) }
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let alphabet = Array("{}[],:- \n\t!&*|>'\"#%@`a0~${}\u{e9}".utf8) + [0, 0xFF]
        for round in 0..<3_000 {
            var bytes = round % 2 == 0 ? Array(samples[next(samples.count)].prefix(200)) : []
            for _ in 0..<(1 + next(20)) {
                bytes.insert(alphabet[next(alphabet.count)], at: next(bytes.count + 1))
            }
            var diagnostics = Diagnostics()
            let root = YAMLParser.parse(SourceFile(path: "x", bytes: bytes), &diagnostics)
            #expect(root != nil || diagnostics.hasErrors, "\(bytes)")
            _ = HumanRenderer().render(diagnostics.sorted, options: RenderingOptions())
        }
    }
}
