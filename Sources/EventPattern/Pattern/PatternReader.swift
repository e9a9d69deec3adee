/// Reads a tree of nodes as a pattern: checks it, and works out the branches that `$or` makes.
struct PatternReader {
    let options: PatternOptions
    private(set) var conditions: [Condition] = []
    private(set) var branches: [[Int32]] = [[]]
    /// The number of conditions in all branches together.
    private var size = 0
    private var known: Set<FieldPath> = []
    private var steps: [OperandReader.Step] = []

    /// The most conditions in all branches of one pattern together.
    static let maximumSize = 1 << 18

    init(options: PatternOptions) {
        self.options = options
        conditions.reserveCapacity(Self.fewConditions)
        branches[0].reserveCapacity(Self.fewConditions)
        steps.reserveCapacity(Self.fewConditions)
    }

    /// Reads the whole pattern.
    mutating func pattern(_ node: PatternNode) throws(PatternError) -> [EventPattern.Item] {
        guard case .object(let members) = node.kind else {
            throw refuse("a pattern must be an object, not \(node.name)", at: node.position)
        }
        return try object(members, at: node.position, path: FieldPath([]), insideOr: false)
    }

    private func refuse(_ message: String, at position: Int) -> PatternError {
        PatternError(
            message, at: position, path: OperandReader(options: options, field: steps).path)
    }

    private mutating func object(
        _ members: [PatternNode.Member], at position: Int, path: FieldPath, insideOr: Bool
    ) throws(PatternError) -> [EventPattern.Item] {
        guard !members.isEmpty else { throw refuse("an empty object is not allowed", at: position) }
        guard steps.count <= options.maximumDepth else {
            throw refuse("more than \(options.maximumDepth) levels of nesting", at: position)
        }
        var items: [EventPattern.Item] = []
        for member in members {
            steps.append(.key(member.key))
            if member.key == "$or" {
                items.append(try either(member.value, path: path))
            } else {
                guard !insideOr || !Operators.reservedInsideOr.contains(member.key) else {
                    throw refuse(
                        "the operator name '\(member.key)' cannot be a field inside $or",
                        at: member.position)
                }
                try field(member, path: path, insideOr: insideOr, &items)
            }
            steps.removeLast()
        }
        return items
    }

    private mutating func field(
        _ member: PatternNode.Member, path: FieldPath, insideOr: Bool,
        _ parts: inout [EventPattern.Item]
    ) throws(PatternError) {
        let path = path.appending(member.key, whole: options.keysAreWhole)
        switch member.value.kind {
        case .object(let members):
            parts += try object(
                members, at: member.value.position, path: path, insideOr: insideOr)
        case .array(let items):
            guard !items.isEmpty else {
                throw refuse("an empty list is not allowed", at: member.value.position)
            }
            var alternatives: [Condition.Alternative] = []
            alternatives.reserveCapacity(items.count)
            let reader = OperandReader(options: options, field: steps)
            for (index, item) in items.enumerated() {
                alternatives.append(
                    Condition.Alternative(
                        node: item, test: try Self.alternative(item, index, reader)))
            }
            try add(Condition(path: path, position: member.position, alternatives: alternatives))
            parts.append(.condition(conditions.count - 1))
        default:
            throw refuse(
                "'\(member.key)' must be an object or a list, not \(member.value.name)",
                at: member.value.position)
        }
    }

    /// Reads an alternative that stands alone.
    static func alternative(_ node: PatternNode, _ options: PatternOptions) throws(PatternError)
        -> Test
    {
        try alternative(node, 0, OperandReader(options: options, field: []))
    }

    private static func alternative(_ node: PatternNode, _ index: Int, _ reader: OperandReader)
        throws(PatternError) -> Test
    {
        guard case .object(let members) = node.kind else {
            return try ExactMatch.test(node, in: reader.operand(index, nil))
        }
        let member = try reader.operand(index, nil).onlyMember(members, of: node)
        guard let found = Operators.named(member.key, reader.options) else {
            throw PatternError(
                "unknown operator '\(member.key)'", at: member.position,
                path: reader.operand(index, nil).path)
        }
        return try found.test(member.value, in: reader.operand(index, member.key))
    }

    /// Whether some condition has this path already; the path is noted.
    private mutating func isKnown(_ path: FieldPath) -> Bool {
        if conditions.count < Self.fewConditions { return conditions.contains { $0.path == path } }
        if known.isEmpty { known = Set(conditions.map(\.path)) }
        return !known.insert(path).inserted
    }

    /// Below this many conditions a search is faster than a set.
    private static let fewConditions = 8

    /// Puts a condition into every branch, in place of one on the same path.
    private mutating func add(_ condition: Condition) throws(PatternError) {
        let new = Int32(conditions.count)
        let seen = isKnown(condition.path)
        conditions.append(condition)
        for index in branches.indices {
            if seen,
                let old = branches[index].firstIndex(where: {
                    conditions[Int($0)].path == condition.path
                })
            {
                guard !options.refuseOverriddenOr else {
                    throw refuse(
                        "'\(condition.path)' is named twice: beside and inside $or, or repeated",
                        at: condition.position)
                }
                branches[index].remove(at: old)
            } else {
                size += 1
            }
            branches[index].append(new)
        }
        guard size <= Self.maximumSize else {
            throw refuse("the pattern has too many conditions", at: condition.position)
        }
    }
}

// MARK: - $or

extension PatternReader {
    private mutating func either(_ node: PatternNode, path: FieldPath) throws(PatternError)
        -> EventPattern.Item
    {
        guard case .array(let alternatives) = node.kind else {
            throw refuse("$or must be a list of objects, not \(node.name)", at: node.position)
        }
        guard alternatives.count >= 2 else {
            throw refuse("$or needs at least two alternatives", at: node.position)
        }
        let before = branches
        let sizeBefore = size
        var after: [[Int32]] = []
        var sizeAfter = 0
        var groups: [[EventPattern.Item]] = []
        for (index, alternative) in alternatives.enumerated() {
            steps.append(.index(index))
            guard case .object(let members) = alternative.kind else {
                throw refuse(
                    "an alternative of $or must be an object, not \(alternative.name)",
                    at: alternative.position)
            }
            branches = before
            size = sizeBefore
            groups.append(
                try object(members, at: alternative.position, path: path, insideOr: true))
            after += branches
            sizeAfter += size
            guard after.count <= options.maximumBranches, sizeAfter <= Self.maximumSize else {
                throw refuse(
                    "the alternatives of $or make more than \(options.maximumBranches) combinations, or too many conditions",
                    at: node.position)
            }
            steps.removeLast()
        }
        branches = after
        size = sizeAfter
        return .any(groups, position: node.position)
    }
}
