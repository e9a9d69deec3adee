/// Why a pattern matches an event or does not, condition by condition.
public struct Explanation: Sendable {
    /// Whether the pattern matches.
    public let matches: Bool
    /// The pattern's shape with the answers, in the order written.
    public let parts: [Part]
    /// Whether every condition that was needed holds by itself, but not all together: the values that satisfy
    /// them lie in different elements of a list.
    public let failsOnlyTogether: Bool

    /// A part of the pattern.
    public indirect enum Part: Sendable {
        case condition(ConditionResult)
        /// An `$or`: its alternatives, each with its parts, and whether one of them holds by itself.
        case either([[Part]], position: Int, holds: Bool)
    }

    /// What became of one condition.
    public struct ConditionResult: Sendable {
        public let path: FieldPath
        /// The position of the field's name in the pattern.
        public let position: Int
        /// Whether some value satisfies it, or the field is missing and may be.
        public let holds: Bool
        /// Whether a later condition on the same path takes this one's place in every branch.
        public let isOverridden: Bool
        /// What was expected.
        public let alternatives: [AlternativeResult]
        /// The field's values in the event; empty if it is missing.
        public let found: [FoundValue]
    }

    /// What became of one alternative of a condition.
    public struct AlternativeResult: Sendable {
        /// The alternative as it stands in the pattern, as JSON.
        public let text: String
        public let position: Int
        public let holds: Bool
    }

    /// A value of the field in the event.
    public struct FoundValue: Sendable {
        /// Its place as a JSON path, `$.a[0].b`.
        public let place: String
        public let value: EventScalar
        /// Whether it satisfies the condition.
        public let holds: Bool
    }
}

extension EventPattern {
    /// Explains the pattern's answer for an event given as values.
    public func explain(_ event: EventValue) throws(EventError) -> Explanation {
        let evaluation = Evaluation(self, event)
        let matches = try evaluation.matches()
        let used = Set(branches.joined())
        let parts = items.map { part($0, evaluation, used) }
        let alone = branches.contains { $0.allSatisfy { evaluation.holdsAlone(Int($0)) } }
        return Explanation(matches: matches, parts: parts, failsOnlyTogether: !matches && alone)
    }

    /// Explains the pattern's answer for an event given as JSON.
    public func explain(json: [UInt8], bounds: EventBounds = EventBounds()) throws(EventError)
        -> Explanation
    {
        try explain(try EventValue(json: json, bounds: bounds))
    }

    private func part(_ item: Item, _ evaluation: Evaluation, _ used: Set<Int32>)
        -> Explanation.Part
    {
        switch item {
        case .condition(let number):
            return .condition(
                result(number, evaluation, isOverridden: !used.contains(Int32(number))))
        case .any(let groups, let position):
            let parts = groups.map { $0.map { part($0, evaluation, used) } }
            return .either(
                parts, position: position, holds: parts.contains { $0.allSatisfy(\.holds) })
        }
    }

    private func result(_ number: Int, _ evaluation: Evaluation, isOverridden: Bool)
        -> Explanation.ConditionResult
    {
        let condition = conditions[number]
        let leaves = evaluation.leaves(of: number)
        return Explanation.ConditionResult(
            path: condition.path, position: condition.position,
            holds: evaluation.holdsAlone(number),
            isOverridden: isOverridden,
            alternatives: condition.alternatives.map { alternative in
                Explanation.AlternativeResult(
                    text: alternative.text, position: alternative.position,
                    holds: leaves.isEmpty
                        ? alternative.test == .absent
                        : leaves.contains { alternative.test.holds($0.scalar) })
            },
            found: leaves.map {
                Explanation.FoundValue(
                    place: $0.place, value: $0.scalar, holds: condition.holds($0.scalar))
            })
    }
}

extension Explanation.Part {
    /// Whether the part holds by itself; an overridden condition is not in the way.
    public var holds: Bool {
        switch self {
        case .condition(let result): result.holds || result.isOverridden
        case .either(_, _, let holds): holds
        }
    }
}
