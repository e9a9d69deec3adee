/// What a pattern says, in full: its conditions with their places, its shape, and the branches that `$or` makes.
final class PatternReading: Sendable {
    let conditions: [Condition]
    /// The pattern's shape, for explanations.
    let items: [EventPattern.Item]
    /// The combinations of `$or` alternatives, each as indices of `conditions`; one path occurs once in each.
    let branches: [[Int32]]

    init(_ node: PatternNode, _ options: PatternOptions) throws(PatternError) {
        var reader = PatternReader(options: options)
        items = try reader.pattern(node)
        conditions = reader.conditions
        branches = reader.branches
    }
}
