import JSON
import Testing

@Suite struct ParserTests {
    @Test(arguments: [
        ("", "the document ends where a value is due", 0),
        ("{\"a\":1,\"a\":2}", "duplicate member \"a\"", 7),
        ("[1,]", "expected a value", 3),
        ("[1 2]", "expected ',' or ']'", 3),
        ("{\"a\" 1}", "expected ':'", 5),
        ("{a:1}", "expected a member name in quotes", 1),
        ("01", "a number may not begin with 0", 0),
        ("1.", "expected a digit after '.'", 2),
        ("1e", "expected a digit in the exponent", 2),
        ("1e999", "the number 1e999 is out of range", 0),
        ("\"\\ud800\"", "lone surrogate", 1),
        ("\"\\ud800\\u0041\"", "lone surrogate", 1),
        ("\"\\x\"", "unknown escape", 1),
        ("\"a\u{1}\"", "a control character must be escaped", 2),
        ("\"a", "the text that begins here does not end", 0),
        ("tru", "expected a value", 0),
        ("1 1", "unexpected text after the document", 2),
    ])
    func refused(text: String, message: String, offset: Int) {
        #expect(throws: JSONError(message, at: offset)) { try JSONParser.parse(text) }
    }

    @Test func invalidUTF8IsRefused() {
        #expect(throws: JSONError("the text is not valid UTF-8", at: 0)) {
            try JSONParser.parse([0x22, 0xFF, 0x22])
        }
    }

    @Test func boundsHold() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError("more than 64 levels of nesting", at: 64)) {
            try JSONParser.parse(deep)
        }
        #expect(throws: JSONError("more than 3 values", at: 5)) {
            try JSONParser.parse("[1,2,3]", bounds: JSONBounds(nodes: 3))
        }
        #expect(throws: JSONError("the document is longer than 2 bytes", at: 2)) {
            try JSONParser.parse("[1]", bounds: JSONBounds(size: 2))
        }
    }

    @Test func numbersKeepTheirKind() throws {
        let value = try JSONParser.parse(
            "[1, -0, 1.0, 1e2, 9223372036854775807, 9223372036854775808]")
        #expect(
            value == [
                1, .number(-0.0), .number(1), .number(100), .integer(.max),
                .bignum("9223372036854775808"),
            ])
    }

    @Test func textIsDecoded() throws {
        let value = try JSONParser.parse(#""a\u0062\n\ud83d\ude00\/é""#)
        #expect(value == "ab\n😀/é")
    }

    @Test func orderIsKeptAndNamesAreBytes() throws {
        let text = #"{"b":1,"a":{"é":1,"e\#u{301}":2}}"#
        let value = try JSONParser.parse(text)
        #expect(value.text() == text)
        #expect(value["a"]?.objectValue?.count == 2)
    }

    @Test func equalityIgnoresTheOrderOfMembers() {
        let left: JSONValue = ["a": 1, "b": [true, .null]]
        let right: JSONValue = ["b": [true, .null], "a": 1]
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != ["a": 1])
    }

    @Test func prettyText() {
        let value: JSONValue = ["a": [1, [:]], "b": []]
        #expect(value.pretty() == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}")
    }
}
