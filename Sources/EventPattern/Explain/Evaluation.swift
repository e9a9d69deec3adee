/// One pattern applied to one event's values, plainly: what explanations and single matches rest on.
struct Evaluation {
    /// A leaf of a field, by its place in the event.
    struct Leaf {
        /// The number of the leaf in the event.
        let number: Int32
        let scalar: EventScalar
        /// The place as a JSON path, `$.a[0].b`.
        let place: String
    }

    private let pattern: EventPattern
    /// The field of each condition.
    private let fields: [Int]
    /// The leaves of each field.
    private(set) var leaves: [[Leaf]]
    private var tree = ElementTree()
    private let paths: PathTree
    private let steps: Int

    init(_ pattern: EventPattern, _ event: EventValue, steps: Int = EventBounds().steps) {
        self.pattern = pattern
        self.steps = steps
        var paths = PathTree(keysAreWhole: pattern.options.keysAreWhole)
        fields = pattern.conditions.map { paths.field($0.path) }
        self.paths = paths
        leaves = Array(repeating: [], count: paths.fields.count)
        if case .object = event { walk(event, 0, "$") }
    }

    private mutating func walk(_ value: EventValue, _ node: Int, _ place: String) {
        switch value {
        case .object(let members):
            for member in members {
                guard let child = paths.child(of: node, member.key) else { continue }
                walk(member.value, child, place + "." + member.key)
            }
        case .array(let items):
            let array = tree.enterArray()
            for (index, item) in items.enumerated() {
                // A scalar in a list belongs to what holds the list, not to an element of its own.
                if item.isScalar {
                    walk(item, node, place + "[\(index)]")
                } else {
                    tree.enterElement(of: array)
                    walk(item, node, place + "[\(index)]")
                    tree.leaveElement()
                }
            }
            tree.leaveArray(array)
        case .null: add(.null, node, place)
        case .bool(let value): add(.bool(value), node, place)
        case .number(let number): add(.number(number), node, place)
        case .text(let text): add(.text(ByteText(text)), node, place)
        }
    }

    private mutating func add(_ scalar: EventScalar, _ node: Int, _ place: String) {
        let field = paths.nodes[node].field
        guard field >= 0 else { return }
        leaves[field].append(
            Leaf(number: Int32(tree.leafElement.count), scalar: scalar, place: place))
        tree.addLeaf()
    }

    /// The leaves of a condition's field.
    func leaves(of condition: Int) -> [Leaf] { leaves[fields[condition]] }

    /// Whether a condition holds by itself: some leaf satisfies it, or there is none and there need not be.
    func holdsAlone(_ condition: Int) -> Bool {
        let condition = (number: condition, value: pattern.conditions[condition])
        let leaves = leaves(of: condition.number)
        if leaves.isEmpty { return condition.value.allowsAbsence }
        return leaves.contains { leaf in condition.value.holds(leaf.scalar) }
    }

    /// Whether the pattern matches.
    func matches() throws(EventError) -> Bool {
        for branch in pattern.branches where try holds(branch) { return true }
        return false
    }

    /// Whether these conditions hold together.
    func holds(_ branch: [Int32]) throws(EventError) -> Bool {
        var check = ArrayConsistency()
        check.clear(steps: steps)
        for index in branch {
            let condition = pattern.conditions[Int(index)]
            check.addCondition(allowsAbsence: condition.allowsAbsence)
            for leaf in leaves(of: Int(index)) {
                check.addLeaf(leaf.number, satisfied: condition.holds(leaf.scalar))
            }
        }
        let result = check.holds(in: tree)
        guard !check.isExhausted else { throw EventError.tooManyChoices }
        return result
    }
}

extension Condition {
    /// Whether some alternative holds for a leaf.
    func holds(_ scalar: EventScalar) -> Bool { alternatives.contains { $0.test.holds(scalar) } }
}

extension EventError {
    /// The event repeats keys with arrays below them so often that the search was given up.
    public static let tooManyChoices = EventError(
        "the event repeats keys with lists below them too often to be matched", at: 0)
}
