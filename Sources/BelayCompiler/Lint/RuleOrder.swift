import EventPattern

/// Which rules take incidents before others can: what the lints across rules look at.
struct RuleOrder {
    let rules: [LintedRule]
    /// The incidents of each rule, by its place.
    let sets: [IncidentSets]
    /// Rules that no incident reaches, by place, with the rules before them that take all of theirs, and an incident
    /// to show it.
    private(set) var unreachable: [Int: (takers: [Int], witness: Witness)] = [:]
    /// Pairs of rules, neither reached only by the other's leave, with an incident that both match.
    private(set) var overlaps: [(first: Int, second: Int, witness: Witness)] = []

    /// Rules in asking order, all of them valid, and the matcher of their patterns.
    init(_ rules: [LintedRule], _ matcher: Matcher) {
        self.rules = rules
        sets = rules.map { IncidentSets($0.rule) }
        var search = TakerSearch(rules.map(\.rule), sets, matcher)
        for place in rules.indices {
            unreachable[place] = search.takers(of: place)
        }
        var budget = Self.comparisons
        var start = 0
        for end in 1...max(1, rules.count) {
            guard end < rules.count, Self.areEqual(rules[start], rules[end]) else {
                findOverlaps(start..<min(end, rules.count), &budget)
                start = end
                continue
            }
        }
    }

    /// Pairs of rules that are compared in full before the search for overlaps is given up.
    private static let comparisons = 100_000

    private static func areEqual(_ one: LintedRule, _ other: LintedRule) -> Bool {
        one.precedence == other.precedence && one.isCatchAll == other.isCatchAll
    }

    /// The first overlap of each rule with one before it, within rules of one precedence.
    private mutating func findOverlaps(_ group: Range<Int>, _ budget: inout Int) {
        let places = group.filter {
            sets[$0].isExact && unreachable[$0] == nil && !sets[$0].isEmpty
        }
        guard places.count > 1, !rules[group.lowerBound].isCatchAll else { return }
        var index = BranchIndex(places.flatMap { sets[$0].branches })
        for place in places {
            if let found = overlap(place, index, &budget) { overlaps.append(found) }
            guard budget > 0 else { return }
            let rule = rules[place]
            guard !rule.continues, rule.mode != .observe else { continue }
            for branch in sets[place].branches { index.insert(branch, of: place) }
        }
    }

    private func overlap(
        _ place: Int, _ index: BranchIndex, _ budget: inout Int
    ) -> (first: Int, second: Int, witness: Witness)? {
        for branch in sets[place].branches {
            for entry in index.candidates(for: branch) {
                budget -= 1
                guard budget > 0 else { return nil }
                guard let common = IncidentSets.common(branch, entry.branch),
                    let witness = IncidentSets.witness(common),
                    matches(place, witness), matches(entry.place, witness)
                else { continue }
                return (entry.place, place, witness)
            }
        }
        return nil
    }

    private func matches(_ place: Int, _ witness: Witness) -> Bool {
        rules[place].pattern.map { (try? $0.matches(witness.event)) == true } ?? true
    }
}

/// Finds the rules that take all incidents of another, by asking the matcher who matches one of them.
private struct TakerSearch {
    private let rules: [Rule]
    private let sets: [IncidentSets]
    private let matcher: Matcher
    private let scratch: MatchScratch
    /// Rules without any condition that end the search for a rule.
    private let unconditional: [Int]

    init(_ rules: [Rule], _ sets: [IncidentSets], _ matcher: Matcher) {
        self.rules = rules
        self.sets = sets
        self.matcher = matcher
        scratch = matcher.makeScratch()
        unconditional = rules.indices.filter { rules[$0].pattern == nil && rules[$0].endsSearch }
    }

    mutating func takers(of place: Int) -> (takers: [Int], witness: Witness)? {
        let branches = sets[place].branches.filter { !IncidentSets.isEmpty($0) }
        var takers: [Int] = []
        var shown: Witness?
        for branch in branches {
            guard let witness = IncidentSets.witness(branch),
                let found = self.takers(branch, witness, before: place)
            else { return nil }
            for taker in found where !takers.contains(taker) { takers.append(taker) }
            shown = shown ?? witness
        }
        return shown.map { (takers.sorted(), $0) }
    }

    /// The rules that together take a branch: one that takes all of it, or one for each priority.
    private func takers(
        _ branch: IncidentSets.Branch, _ witness: Witness, before place: Int
    ) -> [Int]? {
        if let taker = self.taker(branch, witness, before: place) { return [taker] }
        let words = branch[IncidentValues.priority]?.exactTexts ?? []
        guard words.count > 1 else { return nil }
        var takers: [Int] = []
        for word in words {
            var part = branch
            part[IncidentValues.priority] = IncidentValues.texts([word.text])
            guard let witness = IncidentSets.witness(part),
                let taker = self.taker(part, witness, before: place)
            else { return nil }
            takers.append(taker)
        }
        return takers
    }

    private func taker(
        _ branch: IncidentSets.Branch, _ witness: Witness, before place: Int
    ) -> Int? {
        guard (try? matcher.match(witness.event, using: scratch)) != nil else { return nil }
        let matching = scratch.rules.compactMap { Int(matcher.ruleNames[Int($0)]) }
        return (matching + unconditional).sorted().first { other in
            other < place && rules[other].endsSearch
                && sets[other].branches.contains { IncidentSets.includes($0, branch) }
        }
    }
}

extension Rule {
    /// Whether no rule below is asked once this one matches, `when` aside, which may be false or fail.
    fileprivate var endsSearch: Bool { when == nil && !continues && mode != .observe }
}
