import EventPattern
import Foundation
import Testing

/// Value sets against brute force: every decided answer must be right for every value tried.
@Suite struct ValueSetTests {
    private static let options = PatternOptions(contains: true)

    /// More rounds if a long run is asked for.
    private static let rounds =
        ProcessInfo.processInfo.environment["EVENTPATTERN_PAIRS"] == nil ? 60 : 600

    /// Every text of up to four of these letters, and the generator's values.
    private static let universe: [NaiveEvent] = {
        var texts = [""]
        var last = [""]
        for _ in 0..<3 {
            last = last.flatMap { text in ["a", "A", "b", "x"].map { text + $0 } }
            texts += last
        }
        let generator = NaiveGenerator(chance: SplitMix(seed: 0))
        return [.null, .bool(true), .bool(false)] + (texts + generator.texts).map(NaiveEvent.text)
            + generator.numbers.map(NaiveEvent.number)
    }()

    private func condition(_ alternatives: [NaiveAlternative]) throws -> ValueSet {
        let pattern = try EventPattern(
            json: NaivePattern.object([("f", .field(alternatives))]).json, options: Self.options)
        return ValueSet(try #require(pattern.conditions.first))
    }

    private func scalar(_ value: NaiveEvent) throws -> EventScalar {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let literal): .number(try #require(EventNumber(literal: literal)))
        case .text(let text): .text(ByteText(text))
        case .array, .object: .null
        }
    }

    private func naive(_ value: EventScalar) -> NaiveEvent {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let number): .number(number.description)
        case .text(let text): .text(text.text)
        }
    }

    private func holds(_ alternatives: [NaiveAlternative], _ value: NaiveEvent) -> Bool {
        alternatives.contains { alternative in
            if case .exists(false) = alternative { return false }
            return NaiveTests.holds(alternative, value)
        }
    }

    @Test func setsAgreeWithBruteForce() throws {
        var generator = NaiveGenerator(chance: SplitMix(seed: 7))
        var counts: [Decision: Int] = [:]
        for _ in 0..<Self.rounds {
            let (a, b) = (generator.alternatives(), generator.alternatives())
            let (one, other) = (try condition(a), try condition(b))
            let common = one.intersection(other)
            let either = one.union(other)
            let includes = one.includes(other)
            let isEmpty = common.isEmpty
            counts[includes, default: 0] += 1
            counts[isEmpty, default: 0] += 1
            for value in Self.universe {
                let (inA, inB) = (holds(a, value), holds(b, value))
                let leaf = try scalar(value)
                #expect(one.contains(leaf) == inA, "\(a) \(value)")
                #expect(one.complement.contains(leaf) == !inA, "\(a) \(value)")
                #expect(common.contains(leaf) == (inA && inB), "\(a) \(b) \(value)")
                #expect(either.contains(leaf) == (inA || inB), "\(a) \(b) \(value)")
                if inA && inB { #expect(isEmpty != .yes, "\(a) \(b) \(value)") }
                if inB && !inA { #expect(includes != .yes, "\(a) \(b) \(value)") }
            }
            if let witness = common.witness {
                #expect(common.contains(witness))
                #expect(
                    holds(a, naive(witness)) && holds(b, naive(witness)), "\(a) \(b) \(witness)")
            } else if !common.allowsAbsence {
                #expect(isEmpty != .no)
            }
            if includes == .no, !(other.allowsAbsence && !one.allowsAbsence) {
                let witness = try #require(other.intersection(one.complement).witness)
                #expect(
                    holds(b, naive(witness)) && !holds(a, naive(witness)), "\(a) \(b) \(witness)")
            }
        }
        #expect(counts[.undecided, default: 0] < Self.rounds / 5)
        #expect(counts[.yes, default: 0] > 5 && counts[.no, default: 0] > 5)
    }

    @Test(arguments: [EventShape.values, .lists])
    func patternsAgreeWithRandomEvents(_ shape: EventShape) throws {
        var generator = NaiveGenerator(chance: SplitMix(seed: 11))
        var counts: [Decision: Int] = [:]
        for _ in 0..<Self.rounds {
            let (a, b) = (generator.pattern(), generator.pattern())
            let one = try EventPattern(json: a.json, options: Self.options)
            let other = try EventPattern(json: b.json, options: Self.options)
            let (overlaps, both) = one.overlaps(other, over: shape)
            let (subsumes, onlyOther) = one.subsumes(other, over: shape)
            let (isEmpty, member) = one.emptiness()
            for decision in [overlaps, subsumes, isEmpty] { counts[decision, default: 0] += 1 }
            #expect((overlaps == .yes) == (both != nil) && (subsumes == .no) == (onlyOther != nil))
            if let both { #expect(try one.matches(both) && other.matches(both)) }
            if let onlyOther { #expect(try !one.matches(onlyOther) && other.matches(onlyOther)) }
            if let member { #expect(try one.matches(member)) }
            for _ in 0..<60 {
                let event = shape == .values ? generator.plainEvent() : generator.event()
                let (inA, inB) = (
                    NaiveEvaluator.matches(a, event), NaiveEvaluator.matches(b, event)
                )
                if inA && inB { #expect(overlaps != .no, "\(a.json) \(b.json) \(event)") }
                if inB && !inA { #expect(subsumes != .yes, "\(a.json) \(b.json) \(event)") }
                if inA { #expect(isEmpty != .yes, "\(a.json) \(event)") }
            }
        }
        print("decided over \(shape): \(counts)")
        #expect(counts[.undecided, default: 0] < Self.rounds)
    }

    @Test func whatTheLinterAsks() throws {
        func pattern(_ json: String) throws -> EventPattern {
            try EventPattern(json: json, options: .extended)
        }
        let narrow = try pattern(#"{"a":[{"prefix":"prod-eu"}],"b":[{"numeric":[">",5,"<",7]}]}"#)
        let wide = try pattern(#"{"a":[{"wildcard":"prod-*"}],"b":[{"numeric":[">",0]}]}"#)
        #expect(wide.subsumes(narrow).0 == .yes)
        #expect(narrow.subsumes(wide).0 == .no)
        let other = try pattern(#"{"a":[{"prefix":"dev-"}]}"#)
        #expect(narrow.overlaps(other).0 == .no)
        #expect(narrow.overlaps(other, over: .lists).0 == .yes)
        #expect(
            try pattern(#"{"a":[{"cidr":"10.0.0.0/8"}]}"#).overlaps(
                pattern(#"{"a":[{"cidr":"11.0.0.0/8"}]}"#)
            ).0 == .no)
        #expect(
            try pattern(#"{"a":[{"cidr":"10.0.0.0/8"}]}"#).overlaps(
                pattern(#"{"a":[{"prefix":"10."}]}"#)
            ).0 == .yes)
        #expect(
            try pattern(#"{"a":[{"matches":"^x+y$"}]}"#).overlaps(pattern(#"{"a":["xxy"]}"#)).0
                == .yes)
        #expect(
            try pattern(#"{"a":[{"matches":"^x+y$"}]}"#).overlaps(
                pattern(#"{"a":[{"prefix":"x"}]}"#)
            ).0 == .undecided)
        let closed = try pattern(
            #"{"a":[{"numeric":[">",9007199254740992,"<",9007199254740993]}]}"#)
        #expect(closed.emptiness().isEmpty == .yes)
        let or = try pattern(#"{"$or":[{"a":["x"]},{"a":["y"]}]}"#)
        #expect(or.subsumes(try pattern(#"{"a":["y"],"b":[1]}"#)).0 == .yes)
        #expect(try pattern(#"{"a":[{"exists":true}]}"#).subsumes(or).0 == .yes)
    }
}
