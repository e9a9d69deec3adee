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
    private var patterns: [[EventPattern]] = []
    private var numbers: [ByteText: Int] = [:]
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
        let size = pattern.branches.reduce(0) { $0 + $1.count }
        guard branches + pattern.branches.count <= budget.branches,
            conditions + size <= budget.conditions
        else {
            throw BudgetError(
                message:
                    "the rule set would exceed \(budget.branches) branches or \(budget.conditions) conditions"
            )
        }
        branches += pattern.branches.count
        conditions += size
        let key = ByteText(name)
        if let number = numbers[key] {
            patterns[number].append(pattern)
        } else {
            numbers[key] = names.count
            names.append(name)
            patterns.append([pattern])
        }
    }

    /// Removes a name with all its patterns; false if there is none.
    @discardableResult
    public mutating func remove(_ name: String) -> Bool {
        guard let number = numbers.removeValue(forKey: ByteText(name)) else { return false }
        for pattern in patterns[number] {
            branches -= pattern.branches.count
            conditions -= pattern.branches.reduce(0) { $0 + $1.count }
        }
        patterns[number] = []
        if patterns.count > 64, numbers.count < patterns.count / 2 { compact() }
        return true
    }

    private mutating func compact() {
        let kept = patterns.indices.filter { !patterns[$0].isEmpty }
        names = kept.map { names[$0] }
        patterns = kept.map { patterns[$0] }
        numbers = [:]
        for (number, name) in names.enumerated() { numbers[ByteText(name)] = number }
    }

    /// Builds the matcher of the patterns there are now.
    public func build() -> Matcher {
        let kept = patterns.indices.filter { !patterns[$0].isEmpty }
        return Matcher(
            names: kept.map { names[$0] }, patterns: kept.map { patterns[$0] },
            keysAreWhole: keysAreWhole,
            bounds: bounds)
    }
}
