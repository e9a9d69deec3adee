import EventPattern
import Testing

/// The finite sets of texts, by which patterns are told apart quickly.
struct ExactTextsTests {
    @Test(
        arguments: [
            (#"["a", "b", "a"]"#, ["a", "b"]),
            (#"["a", {"prefix": "b"}]"#, nil),
            (#"["a", 1]"#, nil),
            (#"["a", null]"#, nil),
            (#"["a", {"exists": false}]"#, nil),
            (#"[{"anything-but": "a"}]"#, nil),
        ] as [(String, [String]?)])
    func texts(_ alternatives: String, _ wanted: [String]?) throws {
        let pattern = try EventPattern(json: "{\"x\": \(alternatives)}")
        #expect(ValueSet(pattern.conditions[0]).exactTexts?.map(\.text) == wanted)
    }

    @Test func whatIsLeftOfThem() throws {
        let some = try EventPattern(json: #"{"x": ["ab", "ac", "b"]}"#).conditions[0]
        let begun = try EventPattern(json: #"{"x": [{"prefix": "a"}]}"#).conditions[0]
        let left = ValueSet(some).intersection(ValueSet(begun))
        #expect(left.exactTexts?.map(\.text) == ["ab", "ac"])
        #expect(left.intersection(ValueSet(begun).complement).exactTexts == [])
    }
}
