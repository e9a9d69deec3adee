/// One field of a pattern with its alternatives: the field must satisfy at least one of them.
public struct Condition: Sendable {
    /// The field.
    public let path: FieldPath
    /// The position of the field's name in the pattern.
    public let position: Int
    /// What may be, in the order written; never empty.
    public let alternatives: [Alternative]

    /// One alternative: an operator with its operand.
    public struct Alternative: Sendable {
        let node: PatternNode
        let test: Test

        /// The alternative as it stands in a pattern, as JSON: `"x"`, `{"prefix":"x"}`.
        public var text: String { EventValue(node).description }
        /// The position of the alternative in the pattern.
        public var position: Int { node.position }
    }

    /// Whether the field may be missing.
    public var allowsAbsence: Bool {
        alternatives.contains { if case .absent = $0.test { true } else { false } }
    }
}
