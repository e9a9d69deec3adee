import Testing

@testable import BelayCompiler

/// `# belay: ignore CODE reason`: one finding of one line, with a reason, and for a time if it says so.
struct SilencingTests {
    private func findings(_ match: String, today: CivilDate? = nil) -> [Diagnostic] {
        CrossRuleLintTests.check(
            runbookHead
                + "rules:\n  - id: a\n    match: {type: X}\n    steps: [{wait: 1s}]\n  - id: b\n    \(match)\n"
                + "    steps: [{wait: 1s}]\n", today: today)
    }

    @Test(
        arguments: [
            "match: {target: a} # belay: ignore RB2002 the order is meant",
            "match: {target: a} # belay: ignore overlapping-rules the order is meant",
            "match: {target: a} # belay: ignore RB2002 until 2027-03-01, the order is meant",
            "# belay: ignore RB2002 the order is meant\n    match: {target: a}",
            "# belay: ignore RB2002 the order is meant\n\n    # and more\n    match: {target: a}",
            "#belay: ignore RB2002 the order is meant\n    match: {target: a}",
        ])
    func silent(_ match: String) {
        #expect(findings(match, today: CivilDate(year: 2027, month: 3, day: 1)).isEmpty)
    }

    @Test(
        arguments: [
            "match: {target: a}",
            "match: {target: a} # belay: ignore RB2001 the order is meant",
            "match: {target: a}\n    # belay: ignore RB2002 too late",
            "match: {target: a} # do not belay: ignore RB2002 no such comment",
        ])
    func heard(_ match: String) { #expect(findings(match).map(\.code.code) == ["RB2002"]) }

    @Test func itExpires() {
        let match = "match: {target: a} # belay: ignore RB2002 until 2027-03-01, the order is meant"
        let found = findings(match, today: CivilDate(year: 2027, month: 3, day: 2))
        #expect(found.map(\.code.code) == ["RB2002"])
        #expect(found.first?.help.last == "the comment that silenced it has expired")
        #expect(findings(match).isEmpty)
    }

    @Test(
        arguments: [
            ("RB2002", "RB1022", "`RB2002` is ignored without a reason"),
            ("RB2002 until 2027-03-01", "RB1022", "`RB2002` is ignored without a reason"),
            ("RB2002 until tomorrow, x", "RB1022", "`tomorrow` is no date"),
            ("RB2O02 because", "RB1023", "there is no finding `RB2O02` to ignore"),
            ("RB1003 because", "RB1022", "`RB1003` cannot be ignored: it is no judgement"),
            ("", "RB1022", "this comment names no finding to ignore"),
        ])
    func aCommentThatSaysNothing(_ comment: String, _ code: String, _ message: String) {
        let found = findings("match: {target: a} # belay: ignore \(comment)")
        #expect(found.contains { $0.code.code == code && $0.message == message }, "\(found)")
        #expect(found.contains { $0.code.code == "RB2002" })
    }
}
