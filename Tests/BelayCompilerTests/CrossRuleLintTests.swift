import Testing

@testable import BelayCompiler

/// Lints that look at rules together: each provoked, and not provoked by what only looks like it.
struct CrossRuleLintTests {
    /// A rule with these conditions; it waits, for which no action is needed.
    private static func rule(_ id: String, _ conditions: String) -> String {
        "  - id: \(id)\n    steps: [{wait: 1s}]\n"
            + conditions.split(separator: "\n").map { "    \($0)\n" }.joined()
    }

    static func findings(_ rules: [(String, String)], today: CivilDate? = nil) -> [Diagnostic] {
        check(runbookHead + "rules:\n" + rules.map { rule($0.0, $0.1) }.joined(), today: today)
    }

    static func check(_ text: String, today: CivilDate? = nil) -> [Diagnostic] {
        let file = SourceFile(path: "runbooks/x.yaml", text: text)
        let catalogue = ActionCatalogue(capabilities: [], providers: [])
        return Compiler.compile([file], catalogue: catalogue, today: today).diagnostics.sorted
            .filter { !["RB2005", "RB5001"].contains($0.code.code) }
    }

    private static func codes(_ rules: [(String, String)]) -> [String] {
        findings(rules).map(\.code.code)
    }

    // MARK: RB2001

    @Test(
        arguments: [
            ("match: {type: X}", "match: {type: X, priority: critical}"),
            ("match: {type: [{prefix: cache_}, X]}", "match: {type: [cache_full, X]}"),
            (
                "match: {metrics: {m: [{numeric: [\">\", 80]}]}}",
                "match: {metrics: {m: [{numeric: [\">\", 90]}]}}"
            ),
            ("match: {labels: {env: [{anything-but: dev}]}}", "match: {labels: {env: prod}}"),
            ("match: {type: X}", "match: {type: X}\nwhen: incident.metrics.m > 3.0"),
            ("match: {type: X, status: firing}", "match: {type: X}"),
            (
                "match: {priority: [{anything-but: [low, info]}]}",
                "match: {priority: [critical, high, medium]}"
            ),
            ("match: {$or: [{type: X}, {target: a}]}", "match: {type: Z, target: a}"),
            ("match: {type: X}\nfor: 5m", "match: {type: X, target: a}"),
        ])
    func aRuleThatAnotherLeavesNothing(_ first: String, _ second: String) throws {
        let found = Self.findings([
            ("a", "precedence: 2\n" + first), ("b", "precedence: 1\n" + second),
        ])
        #expect(found.map(\.code.code) == ["RB2001"])
        let finding = try #require(found.first)
        #expect(finding.severity == .error)
        #expect(finding.message == "rule `b` can never be reached")
        #expect(finding.primary?.text.hasPrefix("`a` matches all of these too, e.g. {") == true)
        #expect(
            finding.notes.map(\.text) == [
                "takes every such incident first: precedence 2, and `continue` is not set"
            ])
    }

    @Test(
        arguments: [
            ("match: {type: X, priority: critical}", "match: {type: X}"),
            ("match: {type: X}\nwhen: incident.metrics.m > 3.0", "match: {type: X}"),
            ("match: {type: X}\ncontinue: true", "match: {type: X}"),
            ("match: {type: X}\nmode: observe", "match: {type: X}"),
            ("match: {type: X}", "match: {type: X, status: resolved}"),
            ("match: {type: [{matches: \"^c.*e$\"}]}", "match: {type: [{matches: \"^cache$\"}]}"),
            ("match: {labels: {a: x}}", "match: {labels: {b: x}}"),
            (
                "match: {details: {a: [{exists: false}]}}",
                "match: {details: {a: [{exists: false}], b: [1]}}"
            ),
            ("match: {$or: [{type: X}, {target: a}]}", "match: {type: [X, Y]}"),
        ])
    func aRuleThatIsReached(_ first: String, _ second: String) {
        let found = Self.codes([
            ("a", "precedence: 2\n" + first), ("b", "precedence: 1\n" + second),
        ])
        #expect(found == [])
    }

    @Test func severalRulesTogetherTakeAll() throws {
        let found = Self.findings([
            ("a", "precedence: 3\nmatch: {type: X, priority: [critical, info]}"),
            ("b", "precedence: 2\nmatch: {type: X, priority: [high, low]}"),
            ("c", "precedence: 1\nmatch: {type: X, priority: [{anything-but: medium}]}"),
        ])
        #expect(found.map(\.code.code) == ["RB2001"])
        #expect(
            found.first?.primary?.text.hasPrefix("`a` and `b` together match all of these") == true)
        #expect(found.first?.notes.count == 2)
    }

    @Test func ofTwoCatchAllsTheSecondIsNeverAsked() {
        let one = "catch_all: true"
        #expect(Self.codes([("a", one), ("b", one)]) == ["RB2001"])
        #expect(Self.codes([("a", one + "\ncontinue: true"), ("b", one)]) == [])
        #expect(Self.codes([("a", "match: {type: X}"), ("b", one)]) == [])
    }

    // MARK: RB2002

    @Test(
        arguments: [
            ("match: {type: X}", "match: {target: a}", #"{"target":"a","type":"X"}"#),
            (
                "match: {type: X, priority: critical}", "match: {type: X, target: a}",
                #"{"priority":"critical","target":"a","type":"X"}"#
            ),
            (
                "match: {type: X}\nwhen: incident.metrics.m > 3.0",
                "match: {type: X}\nwhen: incident.metrics.m < 5.0", ""
            ),
            ("match: {type: [{prefix: ab}]}", "match: {type: [{suffix: bc}]}", ""),
        ])
    func rulesThatShareAnIncident(_ first: String, _ second: String, _ witness: String) {
        let found = Self.findings([("a", first), ("b", second)])
        #expect(found.map(\.code.code) == ["RB2002"])
        #expect(found.first?.severity == .warning)
        #expect(found.first?.message == "rules `a` and `b` can match the same incident")
        let label = found.first?.primary?.text ?? ""
        #expect(label.contains(witness), "\(label)")
        #expect(label.hasSuffix("which `a` takes because it stands before"))
    }

    @Test(
        arguments: [
            ("match: {type: X}", "match: {type: Y}"),
            ("precedence: 1\nmatch: {type: X}", "match: {target: a}"),
            ("match: {type: X}\ncontinue: true", "match: {target: a}"),
            ("match: {type: X}\nmode: observe", "match: {target: a}"),
            ("match: {type: X}", "catch_all: true"),
            ("match: {type: X}", "match: {target: a, status: resolved}"),
            ("match: {priority: [{anything-but: [low, info]}]}", "match: {priority: [low, info]}"),
            (
                "match: {type: X}\nwhen: incident.metrics.m >= 5.0",
                "match: {type: X}\nwhen: incident.metrics.m < 5.0"
            ),
            (
                "match: {type: X}\nwhen: incident.labels.env == \"prod\"",
                "match: {type: X, labels: {env: [{anything-but: prod}]}}"
            ),
            // What a function says is not decided.
            ("match: {type: X}\nwhen: incident.type.startsWith(\"Z\")", "match: {target: a}"),
        ])
    func rulesThatShareNone(_ first: String, _ second: String) {
        #expect(Self.codes([("a", first), ("b", second)]) == [])
    }

    // MARK: RB2003

    @Test(
        arguments: [
            (
                "match: {priority: [{anything-but: [critical, high, medium, low, info]}]}",
                "no value of `priority` is so"
            ),
            (
                "match: {type: X}\nwhen: incident.metrics.m > 5.0 && incident.metrics.m < 3.0",
                "this excludes"
            ),
            ("match: {type: X}\nwhen: incident.type == \"Y\"", "this excludes"),
            (
                "match: {metrics: {m: [{numeric: [\">\", 5]}]}}\nwhen: incident.metrics.m <= 5.0 && incident.type.size() > 2",
                "this excludes"
            ),
            ("when: incident.priority in [\"urgent\"]", "these comparisons"),
        ])
    func aRuleForNoIncident(_ conditions: String, _ label: String) {
        let found = Self.findings([("a", conditions)])
        #expect(found.map(\.code.code) == ["RB2003"], "\(found)")
        #expect(found.first?.message == "no incident can satisfy rule `a`")
        #expect(
            found.first?.primary?.text.hasPrefix(label) == true,
            "\(String(describing: found.first?.primary?.text))")
    }

    @Test(
        arguments: [
            "match: {metrics: {m: [{numeric: [\">\", 3, \"<\", 5]}]}}",
            "match: {type: X}\nwhen: incident.metrics.m > 3.0 && incident.metrics.m < 5.0",
            "match: {type: X}\nwhen: incident.metrics.m > 5.0 || incident.metrics.m < 3.0",
            "match: {type: X}\nwhen: incident.labels.a == \"x\" && incident.labels.b == \"y\"",
            "match: {type: [{matches: \"a{3}\"}, {cidr: 10.0.0.0/8}]}",
        ])
    func aRuleForSome(_ conditions: String) { #expect(Self.codes([("a", conditions)]) == []) }

    @Test func operatorsOfOtherLanguagesAreNamed() {
        let found = Self.findings([("a", "match: {type: [{regex: a}]}")])
        #expect(found.map(\.code.code) == ["RB1003"])
        #expect(found.first?.help == ["did you mean `matches`?"])
    }

    // MARK: All

    /// Of more findings than are kept the heaviest are, and the others are counted.
    @Test func errorsAreKeptBeforeHints() {
        var all = Diagnostics()
        let total = Diagnostics.cap
        for _ in 0..<total { all.append(Diagnostic(.noCatchAll, "i", at: nil)) }
        all.append(Diagnostic(.unreachableRule, "e", at: nil))
        all.append(Diagnostic(.overlappingRules, "w", at: nil))
        all.append(Diagnostic(.noCatchAll, "i", at: nil))
        #expect(all.count == total && all.dropped == 3)
        #expect(all.count(of: .error) == 1 && all.count(of: .warning) == 1)
    }

    @Test func aRepositoryWithAnErrorIsNotJudged() {
        let found = Self.codes([
            ("a", "precedence: 2\nmatch: {tpye: X}"), ("b", "precedence: 1\nmatch: {type: X}"),
        ])
        #expect(found == ["RB1201"])
    }

    /// Many rules that differ in one field are told apart by it; a pair among them is still found.
    @Test func manyRules() {
        var rules = (0..<300).map { ("r\($0)", "match: {type: [{prefix: a}, B], target: t\($0)}") }
        #expect(Self.codes(rules) == [])
        rules.append(("last", "match: {type: B, target: [t7, other]}"))
        #expect(Self.codes(rules) == ["RB2002"])
    }
}
