import Foundation

/// A matcher written from the specification alone, trying everything: what the real one is compared with.
enum NaiveEvaluator {
    struct Leaf {
        let path: String
        let value: NaiveEvent
        /// The arrays around the leaf, each with the index at which it was entered.
        let arrays: [Int: Int]
    }

    typealias SubRule = [String: [NaiveAlternative]]

    static func matches(_ pattern: NaivePattern, _ event: NaiveEvent) -> Bool {
        var leaves: [Leaf] = []
        var arrays = 0
        flatten(event, "", [:], &arrays, &leaves, isRoot: true)
        return subRules(pattern).contains { holds($0, leaves) }
    }

    // MARK: - Events

    private static func flatten(
        _ value: NaiveEvent, _ path: String, _ inside: [Int: Int], _ arrays: inout Int,
        _ leaves: inout [Leaf], isRoot: Bool = false
    ) {
        switch value {
        case .object(let members):
            for (key, member) in members {
                flatten(member, isRoot ? key : path + "." + key, inside, &arrays, &leaves)
            }
        case .array(let items):
            arrays += 1
            let array = arrays
            for (index, item) in items.enumerated() {
                var deeper = inside
                switch item {
                case .object, .array: deeper[array] = index
                default: break
                }
                flatten(item, path, deeper, &arrays, &leaves)
            }
        default: leaves.append(Leaf(path: path, value: value, arrays: inside))
        }
    }

    private static func agree(_ a: Leaf, _ b: Leaf) -> Bool {
        a.arrays.allSatisfy { array, index in b.arrays[array].map { $0 == index } ?? true }
    }

    // MARK: - Patterns

    /// The combinations of `$or` alternatives; a path named again replaces what was said before.
    private static func subRules(_ pattern: NaivePattern) -> [SubRule] {
        var rules: [SubRule] = [[:]]
        extend(&rules, pattern, "", isRoot: true)
        return rules
    }

    private static func extend(
        _ rules: inout [SubRule], _ pattern: NaivePattern, _ path: String, isRoot: Bool
    ) {
        guard case .object(let members) = pattern else { return }
        for (key, value) in members {
            let below = isRoot ? key : path + "." + key
            switch value {
            case .object: extend(&rules, value, below, isRoot: false)
            case .field(let alternatives):
                for index in rules.indices { rules[index][below] = alternatives }
            case .either(let alternatives):
                var all: [SubRule] = []
                for alternative in alternatives {
                    var some = rules
                    extend(&some, alternative, path, isRoot: isRoot)
                    all += some
                }
                rules = all
            }
        }
    }

    /// Whether some choice of a leaf, or of absence, for each condition is consistent.
    private static func holds(_ rule: SubRule, _ leaves: [Leaf]) -> Bool {
        choose(Array(rule), [], [], leaves)
    }

    private static func choose(
        _ rest: [(key: String, value: [NaiveAlternative])], _ chosen: [Leaf], _ missing: [String],
        _ leaves: [Leaf]
    ) -> Bool {
        guard let (path, alternatives) = rest.first else {
            return !leaves.contains { leaf in
                missing.contains(leaf.path) && chosen.allSatisfy { agree($0, leaf) }
            }
        }
        let later = Array(rest.dropFirst())
        for leaf in leaves where leaf.path == path && chosen.allSatisfy({ agree($0, leaf) }) {
            if alternatives.contains(where: { NaiveTests.holds($0, leaf.value) }),
                choose(later, chosen + [leaf], missing, leaves)
            {
                return true
            }
        }
        let mayBeMissing = alternatives.contains {
            if case .exists(false) = $0 { true } else { false }
        }
        return mayBeMissing && choose(later, chosen, missing + [path], leaves)
    }
}
