/// A set of named patterns that grows and shrinks, and from which matchers are built.
///
/// A name may have several patterns: it matches if one of them does. A matcher once built never changes and
/// shares nothing with its builder.
public struct MatcherBuilder: Sendable {
    /// The most that all patterns together may hold.
    public struct Budget: Sendable, Hashable {
        /// Combinations of `$or` alternatives over all patterns.
        public var branches: Int
        /// Conditions in all branches together.
        public var conditions: Int

        public init(branches: Int = 4_000_000, conditions: Int = 32_000_000) {
            self.branches = branches
            self.conditions = conditions
        }
    }

    /// Why a pattern was not added.
    public struct BudgetError: Error, Sendable, Hashable {
        public let message: String
    }

    /// Paths under which a key is one key; every pattern added must have been read with the same.
    public let keysAreWhole: Set<[String]>
    public let bounds: EventBounds
    public let budget: Budget
    private var names: [String] = []
    /// The first pattern of each name, nil if the name was removed.
    private var patterns: [EventPattern?] = []
    /// The other patterns of names that have several.
    private var others: [Int: [EventPattern]] = [:]
    private var numbers: [RuleName: Int] = [:]
    private var branches = 0
    private var conditions = 0

    public init(
        keysAreWhole: Set<[String]> = [], bounds: EventBounds = EventBounds(),
        budget: Budget = Budget()
    ) {
        self.keysAreWhole = keysAreWhole
        self.bounds = bounds
        self.budget = budget
    }

    /// The number of names.
    public var count: Int { numbers.count }

    /// Adds a pattern under a name; a second one under the same name is an alternative to the first.
    public mutating func add(_ name: String, _ pattern: EventPattern) throws(BudgetError) {
        precondition(
            pattern.options.keysAreWhole == keysAreWhole,
            "the pattern was read with other whole keys")
        let size = pattern.size
        guard branches + size.branches <= budget.branches,
            conditions + size.conditions <= budget.conditions
        else {
            throw BudgetError(
                message:
                    "the rule set would exceed \(budget.branches) branches or \(budget.conditions) conditions"
            )
        }
        branches += size.branches
        conditions += size.conditions
        let new = names.count
        let number = numbers.withNumber(of: RuleName(text: name), new: new)
        if number == new {
            names.append(name)
            patterns.append(pattern)
        } else {
            others[number, default: []].append(pattern)
        }
    }

    /// Removes a name with all its patterns; false if there is none.
    @discardableResult
    public mutating func remove(_ name: String) -> Bool {
        guard let number = numbers.removeValue(forKey: RuleName(text: name)) else { return false }
        for pattern in all(number) {
            branches -= pattern.size.branches
            conditions -= pattern.size.conditions
        }
        patterns[number] = nil
        others[number] = nil
        if patterns.count > 64, numbers.count < patterns.count / 2 { compact() }
        return true
    }

    private func all(_ number: Int) -> [EventPattern] {
        guard let first = patterns[number] else { return [] }
        return [first] + (others[number] ?? [])
    }

    private mutating func compact() {
        let kept = patterns.indices.filter { patterns[$0] != nil }
        var moved: [Int: [EventPattern]] = [:]
        for (new, old) in kept.enumerated() { moved[new] = others[old] }
        names = kept.map { names[$0] }
        patterns = kept.map { patterns[$0] }
        others = moved
        numbers = [:]
        for (number, name) in names.enumerated() { numbers[RuleName(text: name)] = number }
    }

    /// Builds the matcher of the patterns there are now.
    public func build() -> Matcher {
        var compiler = ProgramCompiler(keysAreWhole: keysAreWhole, patterns: patterns.count)
        var kept: [String] = []
        kept.reserveCapacity(patterns.count)
        for (number, pattern) in patterns.enumerated() {
            guard let pattern else { continue }
            compiler.add(pattern, rule: UInt32(kept.count))
            for other in others[number] ?? [] { compiler.add(other, rule: UInt32(kept.count)) }
            kept.append(names[number])
        }
        return Matcher(names: kept, program: compiler.program(rules: kept.count), bounds: bounds)
    }
}

/// The name of a rule, compared by its bytes.
private struct RuleName: Hashable {
    let text: String

    static func == (left: RuleName, right: RuleName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension [RuleName: Int] {
    /// The number of a name, which is the one given if the name is new.
    fileprivate mutating func withNumber(of name: RuleName, new: Int) -> Int {
        func take(_ number: inout Int) -> Int {
            if number < 0 { number = new }
            return number
        }
        return take(&self[name, default: -1])
    }
}
