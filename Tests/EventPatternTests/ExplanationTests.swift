import EventPattern
import Testing

/// Explanations: what was expected, what was found, and where.
@Suite struct ExplanationTests {
    private func explain(_ pattern: String, _ event: String) throws -> Explanation {
        try EventPattern(json: pattern).explain(json: Array(event.utf8))
    }

    private func condition(_ part: Explanation.Part?) throws -> Explanation.ConditionResult {
        guard case .condition(let result) = try #require(part) else {
            throw EventError("not a condition", at: 0)
        }
        return result
    }

    @Test func aConditionTellsExpectedAndFound() throws {
        let explanation = try explain(
            #"{"a":{"b":["x",{"prefix":"y"}]},"c":[{"exists":false}]}"#,
            #"{"a":[{"b":"z"},{"b":"yes"}]}"#)
        #expect(explanation.matches)
        let first = try condition(explanation.parts.first)
        #expect(first.path.text == "a.b")
        #expect(first.position == 6)
        #expect(first.alternatives.map(\.text) == [#""x""#, #"{"prefix":"y"}"#])
        #expect(first.alternatives.map(\.holds) == [false, true])
        #expect(first.found.map(\.place) == ["$.a[0].b", "$.a[1].b"])
        #expect(first.found.map(\.value.description) == [#""z""#, #""yes""#])
        #expect(first.found.map(\.holds) == [false, true])
        let second = try condition(explanation.parts.last)
        #expect(second.holds)
        #expect(second.found.isEmpty)
        #expect(second.alternatives.map(\.holds) == [true])
    }

    @Test func conditionsThatFailOnlyTogetherAreTold() throws {
        let pattern = #"{"a":{"b":["x"],"c":["y"]}}"#
        let apart = try explain(pattern, #"{"a":[{"b":"x"},{"c":"y"}]}"#)
        #expect(!apart.matches && apart.failsOnlyTogether)
        let missing = try explain(pattern, #"{"a":[{"b":"x"}]}"#)
        #expect(!missing.matches && !missing.failsOnlyTogether)
    }

    @Test func alternativesOfOrAreToldOneByOne() throws {
        let explanation = try explain(
            #"{"a":["x"],"$or":[{"b":["1"]},{"b":["2"],"c":["3"]}]}"#, #"{"a":"x","b":"2","c":"3"}"#
        )
        #expect(explanation.matches)
        guard case .either(let groups, let position, let holds) = explanation.parts[1] else {
            Issue.record("expected $or")
            return
        }
        #expect(holds && position == 17)
        #expect(groups.map { $0.map(\.holds) } == [[false], [true, true]])
    }

    @Test func anOverriddenConditionIsMarked() throws {
        let explanation = try explain(#"{"a":["x"],"a":["y"]}"#, #"{"a":"y"}"#)
        #expect(explanation.matches)
        #expect(try condition(explanation.parts[0]).isOverridden)
        #expect(try !condition(explanation.parts[1]).isOverridden)
    }
}
