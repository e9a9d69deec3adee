import EventPattern
import Foundation
import Testing

/// The matcher against a naive evaluator on random patterns and events.
///
/// `EVENTPATTERN_PAIRS` sets the number of pairs, `EVENTPATTERN_SEED` the seed; both are printed.
@Suite struct DifferentialTests {
    @Test func matchersAgreeWithTheNaiveEvaluator() throws {
        let environment = ProcessInfo.processInfo.environment
        let wanted = environment["EVENTPATTERN_PAIRS"].flatMap { Int($0) } ?? 50_000
        let seed = environment["EVENTPATTERN_SEED"].flatMap { UInt64($0) } ?? 20_261_124
        var generator = NaiveGenerator(chance: SplitMix(seed: seed))
        let options = PatternOptions(contains: true)
        let scratch = MatchScratch()
        var pairs = 0
        var matches = 0
        while pairs < wanted {
            let patterns = (0..<20).map { _ in generator.pattern() }
            var builder = MatcherBuilder()
            let parsed = try patterns.map { try EventPattern(json: $0.json, options: options) }
            for (index, pattern) in parsed.enumerated() { try builder.add("\(index)", pattern) }
            let matcher = builder.build()
            for _ in 0..<25 {
                let event = generator.event()
                let json = event.json(&generator.chance)
                let naive = patterns.map { NaiveEvaluator.matches($0, event) }
                let expected = naive.indices.filter { naive[$0] }
                pairs += patterns.count
                matches += expected.count
                try matcher.match(Array(json.utf8), using: scratch)
                let found = scratch.rules.map(Int.init).sorted()
                let value = try EventValue(json: Array(json.utf8))
                try matcher.match(value, using: scratch)
                let foundByValue = scratch.rules.map(Int.init).sorted()
                let plain = try parsed.indices.filter { try parsed[$0].matches(value) }
                for (way, rules) in [("bytes", found), ("values", foundByValue), ("plain", plain)] {
                    for rule in Set(rules).symmetricDifference(expected) {
                        Issue.record(
                            "seed \(seed), \(way): \(patterns[rule].json) on \(json), expected \(naive[rule])"
                        )
                        guard pairs < wanted else { return }
                    }
                }
            }
        }
        print("differential: \(pairs) pairs, \(matches) matches, seed \(seed)")
        #expect(matches > pairs / 50)
    }
}
