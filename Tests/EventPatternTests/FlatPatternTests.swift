import EventPattern
import JSON
import Testing

/// Patterns of common shape are checked without a tree; written so that the full reader must read them, they say the
/// same.
@Suite struct FlatPatternTests {
    /// The pattern with its first key's first character escaped, which is no common shape; nil if that cannot be done.
    private static func escaped(_ pattern: String) -> String? {
        let bytes = Array(pattern.utf8)
        guard bytes.count > 3, bytes[0] == UInt8(ascii: "{"), bytes[1] == UInt8(ascii: "\""),
            bytes[2] > 0x20, bytes[2] < 0x7F, bytes[2] != UInt8(ascii: "\""),
            bytes[2] != UInt8(ascii: "\\")
        else { return nil }
        let digits = String(bytes[2], radix: 16)
        return "{\"\\u00" + digits + String(decoding: bytes[3...], as: UTF8.self)
    }

    private func lines(_ name: String) throws -> [JSONValue] {
        try Fixtures.bytes(name).split(separator: UInt8(ascii: "\n"))
            .map { try JSONParser.parse(Array($0)) }
    }

    private func pattern(_ text: String) -> Result<EventPattern, PatternError> {
        do throws(PatternError) { return .success(try EventPattern(json: text)) } catch {
            return .failure(error)
        }
    }

    @Test(arguments: ["cases.jsonl", "validity.jsonl"])
    func bothReadersSayTheSame(_ file: String) throws {
        var compared = 0
        var refused = 0
        for line in try lines(file) {
            let text = try #require(line["pattern"]?.stringValue)
            guard let escaped = Self.escaped(text) else { continue }
            compared += 1
            switch (pattern(text), pattern(escaped)) {
            case (.success(let flat), .success(let full)):
                #expect(flat.conditions.map(\.path) == full.conditions.map(\.path), "\(text)")
                #expect(
                    flat.conditions.map { $0.alternatives.map(\.text) }
                        == full.conditions.map { $0.alternatives.map(\.text) }, "\(text)")
                guard let event = line["event"]?.stringValue else { continue }
                #expect(try matches(flat, event) == matches(full, event), "\(text) on \(event)")
            case (.failure(let flat), .failure(let full)):
                refused += 1
                #expect(flat.message == full.message, "\(text)")
            default: Issue.record("only one reader takes \(text)")
            }
        }
        #expect(compared == (file == "cases.jsonl" ? 1672 : 613))
        #expect(refused == (file == "cases.jsonl" ? 0 : 166))
    }

    private func matches(_ pattern: EventPattern, _ event: String) throws -> Bool {
        var builder = MatcherBuilder()
        try builder.add("rule", pattern)
        return try !builder.build().rules(matching: Array(event.utf8)).isEmpty
    }

    @Test(arguments: [
        #"{"a":[{"numeric":["<",1,">",0]}]}"#, #"{"a":[{"numeric":["==",1]}]}"#,
        #"{"a":[{"numeric":[">",1,"<",1]}]}"#, #"{"a":[{"numeric":[">",01]}]}"#,
        #"{"a":[{"numeric":[">",1,"<",2,"<",3]}]}"#, #"{"a":[{"numeric":["=",1,"<",2]}]}"#,
        #"{"a":[{"wildcard":"a**b"}]}"#, #"{"a":[{"wildcard":"a\*"}]}"#, #"{"a":[{"prefix":1}]}"#,
        #"{"a":[{"prefix":"x","suffix":"y"}]}"#, #"{"a":[{}]}"#, #"{"a":[]}"#, #"{"a":{}}"#, "{}",
        #"{"a":["x",]}"#, #"{"a":["x"]"#, #"{"a":["x"],}"#, #"{"a":[tru]}"#, #"{"a":[1.]}"#,
        #"{"a":[{"anything-but":[]}]}"#, #"{"a":[{"contains":"x"}]}"#, #"{"a":"x"}"#,
    ])
    func whatIsWrongIsRefusedByTheFullReader(_ text: String) throws {
        #expect(throws: PatternError.self) { try EventPattern(json: text) }
    }

    @Test func equalConditionsAreOneHoweverSpelled() throws {
        var builder = MatcherBuilder()
        let texts = [
            #"{"a":["x","y"],"n":[300]}"#, #"{"a":["y","x"],"n":[3e2]}"#,
            #"{ "n" : [ 300.0 ] , "a" : [ "x", "y" ] }"#, #"{"\u0061":["x","y"],"n":[300]}"#,
        ]
        for (number, text) in texts.enumerated() {
            try builder.add("\(number)", try EventPattern(json: text))
        }
        let matcher = builder.build()
        #expect(
            try matcher.rules(matching: Array(#"{"a":"y","n":300}"#.utf8)) == ["0", "1", "2", "3"])
        #expect(try matcher.rules(matching: Array(#"{"a":"y","n":301}"#.utf8)) == [])
    }
}
