import Testing

/// Files of cases, for everyone who wants to check our reading of the two languages.
@Suite struct CasesTests {
    @Test func patternCasesAreCounted() async throws {
        let folder = try Folder()
        let good = #"{"id": "a", "pattern": "{\"x\": [1]}", "event": "{\"x\": 1}", "match": true}"#
        let bad = #"{"id": "b", "pattern": "{\"x\": [1]}", "event": "{\"x\": 2}", "match": true}"#
        let invalid = #"{"id": "c", "pattern": "{\"x\": 1}", "valid": false}"#
        try folder.write("\(good)\n\(invalid)\n", to: "good.jsonl")
        try folder.write("\(good)\n\(bad)\n", to: "bad.jsonl")
        let passed = try await Belay.run("match", "--cases", "good.jsonl", in: folder)
        #expect(passed.status == 0 && passed.lastLine == "2 passed, 0 failed", "\(passed.output)")
        let failed = try await Belay.run("match", "--cases", "bad.jsonl", in: folder)
        #expect(failed.status == 1 && failed.lastLine == "1 passed, 1 failed", "\(failed.output)")
        #expect(failed.output.contains("b:"))
    }

    @Test func patternCasesMayBeObjects() async throws {
        let folder = try Folder()
        let lines = [
            #"{"id": "a", "pattern": {"x": [1], "y": ["é"]}, "event": {"x": 1.0, "y": "é"}, "match": true}"#,
            #"{"id": "b", "pattern": {"x": [{"exists": false}]}, "event": {"x": 2}, "match": false}"#,
            #"{"id": "c", "pattern": {"x": 1}, "valid": false}"#,
            #"{"id": "d", "pattern": {"x": [1]}, "event": "{\"x\": 1}", "match": true}"#,
            #"{"id": "e", "pattern": {"x": [1]}, "event": {"x": 2}, "match": true}"#,
        ]
        try folder.write(lines.joined(separator: "\n"), to: "cases.jsonl")
        let answer = try await Belay.run("match", "--cases", "cases.jsonl", in: folder)
        #expect(answer.status == 1)
        #expect(answer.lastLine == "4 passed, 1 failed", "\(answer.output)")
        #expect(answer.output.hasPrefix("e: "))
    }

    @Test func onePatternIsTried() async throws {
        let folder = try Folder()
        let pattern = #"{"priority": ["critical"]}"#
        let yes = try await Belay.run(
            "match", "--pattern", pattern, "--event", #"{"priority": "critical"}"#, in: folder)
        #expect(yes.status == 0 && yes.output == "matches\n")
        let no = try await Belay.run(
            "match", "--pattern", pattern, "--event", #"{"priority": "low"}"#, in: folder)
        #expect(no.status == 1 && no.output == "does not match\n")
        let wrong = try await Belay.run(
            "match", "--pattern", #"{"priority": "critical"}"#, "--event", "{}", in: folder)
        #expect(wrong.status == 3, "\(wrong.errors)")
    }

    @Test func expressionCasesAreCounted() async throws {
        let folder = try Folder()
        let cases = try Repository.text("Tests/CELTests/Fixtures/cases.jsonl")
            .split(separator: "\n").prefix(50).joined(separator: "\n")
        try folder.write(cases, to: "cases.jsonl")
        let answer = try await Belay.run("eval", "--cases", "cases.jsonl", in: folder)
        #expect(answer.status == 0, "\(answer.output)")
        #expect(answer.lastLine.contains(" passed, 0 failed"), "\(answer.lastLine)")
        #expect(!answer.lastLine.hasPrefix("0 passed"), "\(answer.lastLine)")
    }

    @Test func oneExpressionIsTried() async throws {
        let folder = try Folder()
        try folder.write(#"{"a": {"b": 2}}"#, to: "data.json")
        let answer = try await Belay.run("eval", "a.b + 1", "--data", "data.json", in: folder)
        #expect(answer.status == 0 && answer.output == "3\n", "\(answer.output)\(answer.errors)")
        let missing = try await Belay.run("eval", "a.c", "--data", "data.json", in: folder)
        #expect(missing.status == 1, "\(missing.errors)")
        let wrong = try await Belay.run("eval", "a. + 1", "--data", "data.json", in: folder)
        #expect(wrong.status == 3, "\(wrong.errors)")
    }
}
