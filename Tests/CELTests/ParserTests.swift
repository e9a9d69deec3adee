import CEL
import Testing

@Suite struct ParserTests {
    /// The mistakes of a source as `start..<end: message`.
    private func mistakes(_ source: String) -> [String] {
        CELParser.parse(source).diagnostics.map { "\($0.range): \($0.message)" }
    }

    @Test(arguments: [
        ("", "0..<0: expected an expression"),
        ("1 +", "3..<3: expected an expression, found the end"),
        ("a = 1", "2..<3: '=' is no operator"),
        ("a & b", "2..<3: '&' is no operator"),
        ("a and b", "2..<5: expected an operator or the end, found \"and\""),
        ("(1", "2..<2: expected ')', found the end"),
        ("[1, 2", "5..<5: expected ',' or ']', found the end"),
        ("'abc", "0..<4: this text literal has no closing quote"),
        ("'a\\q'", "2..<4: unknown escape sequence"),
        ("'\\ud800'", "1..<7: this escape is no Unicode character"),
        ("b'\\u0041'", "2..<4: unknown escape sequence"),
        ("9223372036854775808", "0..<19: the number is out of range"),
        ("18446744073709551616u", "0..<21: the number is out of range"),
        ("if", "0..<2: \"if\" is a reserved word"),
        ("has(a['k'])", "4..<10: has() takes a field selection such as has(a.b)"),
        ("a.in", "2..<4: \"in\" cannot be a field name"),
        ("[1].map(x.y, x)", "8..<11: map() takes a plain name as its variable"),
        ("1.", "2..<2: expected a field name after '.', found the end"),
        ("a ? b", "5..<5: expected ':' of the conditional, found the end"),
        ("€", "0..<3: unexpected character \"€\""),
    ])
    func mistake(_ source: String, _ expected: String) { #expect(mistakes(source) == [expected]) }

    @Test func severalMistakesAreCollected() {
        let found = mistakes("f('\\q', [1 2], g(if), 99999999999999999999)")
        #expect(found.count == 4, "\(found)")
    }

    @Test func certainSlipsHaveAFix() {
        let fix = CELParser.parse("a = 1").diagnostics.first?.fix
        #expect(fix == CELFix(range: 2..<3, replacement: "=="))
        let word = CELParser.parse("a and b").diagnostics.first?.fix
        #expect(word == CELFix(range: 2..<5, replacement: "&&"))
    }

    @Test func rangesAreBytes() {
        let tree = CELParser.parse("'é' == x.y")
        #expect(tree.root.range == 0..<11)
        #expect(tree.root.children.map(\.range) == [0..<4, 8..<11])
    }

    @Test(arguments: [
        "1+2*3-4 == 3", "true ? false : true ? 1 : 2", "r'\\n' == \"\"\"x\n\"\"\"", "a.`b-c`.d",
        "[1, 2,]", "{'a': 1,}", "1 // comment", ".5 + 0x1Fu", ".a.b(c)", "x.if", "A.B{c: 1, d: 2}",
    ])
    func accepted(_ source: String) { #expect(mistakes(source) == []) }

    @Test func hostileShapesEndQuickly() {
        func rejected(_ source: String) -> Bool { !CELParser.parse(source).diagnostics.isEmpty }
        func repeated(_ text: String, _ count: Int = 20_000) -> String {
            String(repeating: text, count: count)
        }
        #expect(rejected(repeated("(") + "1" + repeated(")")))
        #expect(rejected(repeated("[") + repeated("]")))
        #expect(rejected(repeated("{1:")))
        #expect(rejected("1" + repeated("+1")))
        #expect(rejected("a" + repeated(".a")))
        #expect(rejected("a" + repeated("[0]")))
        #expect(rejected(repeated("true ? 1 : ") + "1"))
        #expect(rejected(repeated("a.f(")))
        #expect(rejected(repeated("-!") + "1"))
        #expect(rejected(repeated("f(") + repeated(")")))
        #expect(rejected(repeated("x", 100_001)))
        #expect(!rejected(repeated("!") + "true"))
        #expect(!rejected("false" + repeated("||false", 5000)))
        #expect(!rejected("1" + repeated("+1", 200)))
    }
}
