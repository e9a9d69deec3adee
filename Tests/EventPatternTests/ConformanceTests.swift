import EventPattern
import Testing

/// event-ruler's own cases: every answer is the same but the ones listed here, each with its reason.
@Suite struct ConformanceTests {
    /// Cases whose answer differs on purpose.
    static let differingCases: [String: String] = [
        "er-0698":
            "equals-ignore-case is simple Unicode case folding: one scalar never equals several",
        "er-0850":
            "equals-ignore-case is simple Unicode case folding: one scalar never equals several",
        "er-0851":
            "equals-ignore-case is simple Unicode case folding: one scalar never equals several",
    ]

    /// Patterns that event-ruler refuses and we accept on purpose.
    static let differingPatterns: [String: String] = [
        "erv-0581": "equal bounds, both included, are a range of one number",
        "erv-0586": "64-bit whole numbers compare exactly",
        "erv-0587": "64-bit whole numbers compare exactly",
        "erv-0590": "/32 is a block of one IPv4 address",
        "erv-0593": "/128 is a block of one IPv6 address",
    ]

    @Test func everyCaseMatchesAsExpected() throws {
        let cases = PatternCases(lines: try Fixtures.bytes("cases.jsonl"))
        #expect(cases.passed + cases.failures.count == 1672)
        check(cases, differing: Self.differingCases)
    }

    @Test func everyPatternIsAcceptedOrRefusedAsExpected() throws {
        let cases = PatternCases(lines: try Fixtures.bytes("validity.jsonl"))
        #expect(cases.passed + cases.failures.count == 618)
        check(cases, differing: Self.differingPatterns)
    }

    private func check(_ cases: PatternCases, differing: [String: String]) {
        for failure in cases.failures where differing[failure.id] == nil {
            Issue.record("\(failure.id): \(failure.message)")
        }
        let failed = Set(cases.failures.map(\.id))
        for id in differing.keys where !failed.contains(id) {
            Issue.record("\(id) is listed as differing and does not")
        }
    }
}
