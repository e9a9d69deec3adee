import EventPattern
import JSON
import Testing

/// The matcher's edges: faults with offsets, bounds, whole keys, names, searches of lists.
@Suite struct MatcherTests {
    private func matcher(_ patterns: [String: String], _ options: PatternOptions = .extended) throws
        -> Matcher
    {
        var builder = MatcherBuilder(keysAreWhole: options.keysAreWhole)
        for (name, pattern) in patterns.sorted(by: { $0.key < $1.key }) {
            try builder.add(name, try EventPattern(json: pattern, options: options))
        }
        return builder.build()
    }

    private func rules(_ matcher: Matcher, _ event: String) throws -> [String] {
        try matcher.rules(matching: Array(event.utf8))
    }

    @Test(arguments: [
        ("", 0, "not an object"), ("[]", 0, "not an object"), (#"{"a""#, 4, "':'"),
        (#"{"a":}"#, 5, "value"),
        (#"{"a":1,}"#, 7, "key"), (#"{"a":1 "b":2}"#, 7, "','"), (#"{"a":[1 2]}"#, 8, "','"),
        (#"{"z":01}"#, 5, "number"), (#"{"z":1.}"#, 5, "number"), (#"{"z":+1}"#, 5, "value"),
        (#"{"z":-}"#, 5, "number"),
        (#"{"z":tru}"#, 5, "value"), (#"{"z":"\x"}"#, 6, "escape"),
        (#"{"z":"\ud800"}"#, 6, "escape"),
        ("{\"z\":\"a\u{1}\"}", 7, "control"), (#"{"z":"abc"#, 5, "does not end"),
        (#"{"z":{"y":[nul]}}"#, 11, "value"),
    ])
    func faultsAreTheSameWhetherARuleNamesTheFieldOrNot(
        _ event: String, _ offset: Int, _ message: String
    ) throws {
        for pattern in [#"{"z":["x"]}"#, #"{"z":{"y":[1]}}"#, #"{"q":["x"]}"#] {
            let error = try #require(throws: EventError.self) {
                try rules(matcher(["r": pattern]), event)
            }
            #expect(error.offset == offset && error.message.contains(message), "\(event) \(error)")
        }
    }

    @Test func invalidUTF8IsAFault() throws {
        let matcher = try matcher(["r": #"{"z":["x"]}"#])
        for bytes: [UInt8] in [
            [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
        ] {
            let event = Array(#"{"y":""#.utf8) + bytes + Array(#""}"#.utf8)
            #expect(throws: EventError("the text is not valid UTF-8", at: 6)) {
                try matcher.rules(matching: event)
            }
        }
    }

    @Test func boundsHold() throws {
        var builder = MatcherBuilder(bounds: EventBounds(size: 40, depth: 3))
        try builder.add("r", try EventPattern(json: #"{"a":["x"]}"#))
        let matcher = builder.build()
        #expect(try rules(matcher, #"{"a":[["x"]]}"#) == ["r"])
        #expect(throws: EventError.self) { try rules(matcher, #"{"a":[[["x"]]]}"#) }
        #expect(throws: EventError.self) { try rules(matcher, #"{"b":[[["x"]]]}"#) }
        #expect(throws: EventError.self) {
            try rules(matcher, #"{"a":"x","b":""# + String(repeating: "y", count: 40) + "\"}")
        }
    }

    @Test func keysBelowWholePathsKeepTheirDots() throws {
        let options = PatternOptions(keysAreWhole: [["labels"]])
        let matcher = try matcher(["r": #"{"labels":{"app.kubernetes.io/name":["x"]}}"#], options)
        #expect(try rules(matcher, #"{"labels":{"app.kubernetes.io/name":"x"}}"#) == ["r"])
        #expect(try rules(matcher, #"{"labels":{"app":{"kubernetes":{"io/name":"x"}}}}"#) == [])
        let dotted = try self.matcher(["r": #"{"a.b":{"c":["x"]}}"#])
        #expect(try rules(dotted, #"{"a":{"b.c":"x"}}"#) == ["r"])
        #expect(try rules(dotted, #"{"a.b.c":"x"}"#) == ["r"])
    }

    @Test func namesAreAddedOrdAndRemoved() throws {
        var builder = MatcherBuilder()
        try builder.add("r", try EventPattern(json: #"{"a":["x"]}"#))
        try builder.add("r", try EventPattern(json: #"{"a":["y"]}"#))
        try builder.add("s", try EventPattern(json: #"{"a":["y"]}"#))
        let before = builder.build()
        #expect(try rules(before, #"{"a":["y","x"]}"#) == ["r", "s"])
        let removed = builder.remove("r")
        let again = builder.remove("r")
        #expect(removed && !again && builder.count == 1)
        #expect(try rules(builder.build(), #"{"a":["y","x"]}"#) == ["s"])
        #expect(try rules(before, #"{"a":["x"]}"#) == ["r"])
    }

    @Test func aBudgetRefusesWhatWouldExplode() throws {
        let alternatives = #""$or":[{"a":[1]},{"b":[1]},{"c":[1]},{"d":[1]}]"#
        let wide = "{" + (0..<7).map { "\"k\($0)\":{\(alternatives)}" }.joined(separator: ",") + "}"
        #expect(throws: PatternError.self) { try EventPattern(json: wide) }
        var builder = MatcherBuilder(budget: .init(branches: 5, conditions: 100))
        try builder.add("r", try EventPattern(json: "{\(alternatives)}"))
        #expect(throws: MatcherBuilder.BudgetError.self) {
            try builder.add("s", try EventPattern(json: "{\(alternatives)}"))
        }
    }

    @Test func refusalsCarryTheirPlace() throws {
        func refusal(_ pattern: String, _ options: PatternOptions = .extended) throws
            -> PatternError
        {
            try #require(throws: PatternError.self) {
                try EventPattern(json: pattern, options: options)
            }
        }
        let prefix = try refusal(#"{"a":{"b":["x",{"prefix":1}]}}"#)
        #expect(prefix.position == 25 && prefix.path == "$.a.b[1].prefix")
        let bound = try refusal(#"{"a":[{"numeric":[">",1e309]}]}"#)
        #expect(bound.position == 22 && bound.path == "$.a[0].numeric[1]")
        let twice = try refusal(#"{"a":["q"],"$or":[{"a":["x"]},{"b":["y"]}]}"#)
        #expect(twice.position == 19 && twice.path == "$.$or[0].a")
        #expect(
            try EventPattern(json: #"{"a":["q"],"$or":[{"a":["x"]},{"b":["y"]}]}"#).conditions.count
                == 3)
        #expect(
            try refusal(#"{"a":[{"contains":"x"}]}"#, .eventBridge).message.contains(
                "unknown operator"))
        #expect(try refusal(#"{"a":[{"matches":"("}]}"#).position == 17)
        #expect(try refusal(String(repeating: #"{"a":"#, count: 100)).message.contains("nesting"))
    }

    @Test func patternsFromOtherLoadersKeepTheirPositions() throws {
        let node = PatternNode(
            .object([
                .init(
                    key: "a", position: 7,
                    value: PatternNode(.array([PatternNode(.number(literal: "3e0"), at: 9)]), at: 8)
                )
            ]),
            at: 6)
        let pattern = try EventPattern(node)
        #expect(
            pattern.conditions[0].position == 7
                && pattern.conditions[0].alternatives[0].position == 9)
        #expect(try pattern.matches(.object([("a", .number(3))])))
        let wrong = PatternNode(
            .object([.init(key: "a", position: 7, value: PatternNode(.text("x"), at: 8))]), at: 6)
        #expect(
            throws: PatternError("'a' must be an object or a list, not text", at: 8, path: "$.a")
        ) {
            try EventPattern(wrong)
        }
    }

    @Test func valuesFromJSONMatchAsBytesDo() throws {
        let matcher = try matcher([
            "r": #"{"a":{"b":[9007199254740993]},"c":[{"numeric":["<",0.5]}]}"#
        ])
        let value = try JSONParser.parse(#"{"a":[{"b":9007199254740993}],"c":0.25}"#)
        let scratch = matcher.makeScratch()
        try matcher.match(EventValue(value), using: scratch)
        #expect(Array(scratch.rules) == [0])
    }

    @Test func longListsOfManyElementsStayLinear() throws {
        let matcher = try matcher(["r": #"{"a":{"b":["x"],"c":["y"],"d":{"e":[1],"f":[2]}}}"#])
        let miss = #"{"b":"x","c":"n","d":[{"e":1},{"f":2}]},{"b":"n","c":"y","d":[{"e":1,"f":2}]}"#
        let misses = Array(repeating: miss, count: 5000).joined(separator: ",")
        #expect(try rules(matcher, "{\"a\":[\(misses)]}") == [])
        #expect(
            try rules(
                matcher, "{\"a\":[\(misses),{\"b\":\"x\",\"c\":\"y\",\"d\":[{\"e\":1,\"f\":2}]}]}")
                == ["r"])
    }

    @Test func searchesOfRepeatedKeysEnd() throws {
        let fields = (0..<12).map { "\"k\($0)\":[\"x\"],\"m\($0)\":[\"x\"]" }.joined(separator: ",")
        let matcher = try matcher(["r": "{\"a\":{\(fields)}}"])
        let half = (0..<12).map { "{\"k\($0)\":\"x\"},{\"m\($0)\":\"x\"}" }.joined(separator: ",")
        let event = "{" + Array(repeating: "\"a\":[\(half)]", count: 6).joined(separator: ",") + "}"
        #expect(throws: EventError.tooManyChoices) { try rules(matcher, event) }
    }

    /// Lower case by the standard library, for the scalars that the table's version of Unicode has; Cherokee folds to
    /// upper case, and İ to nothing of one scalar.
    @Test func foldingAgreesWithTheStandardLibrary() throws {
        var count = 0
        for value in UInt32(0)...0x1_FFFF {
            guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age,
                age.major <= 14,
                value != 0x130, !(0x13A0...0x13F5).contains(value)
            else { continue }
            let lower = scalar.properties.lowercaseMapping.unicodeScalars
            guard lower.count == 1, let other = lower.first, other != scalar else { continue }
            let pattern = try EventPattern(
                json: "{\"a\":[{\"equals-ignore-case\":\"\(scalar)\"}]}")
            #expect(try pattern.matches(.object([("a", .text(String(other)))])), "\(value)")
            count += 1
        }
        #expect(count > 1300)
    }
}
