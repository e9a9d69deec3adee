extension CELExpression {
    /// Calls `body` with every node of the tree, a node before those below it.
    public func forEachNode(_ body: (CELExpression) -> Void) {
        var open = [self]
        while let node = open.popLast() {
            body(node)
            open += node.children.reversed()
        }
    }
}

extension CELProgram {
    /// Whether the expression calls a function of that name, as a member or not.
    public func calls(_ function: String) -> Bool {
        var found = false
        tree.root.forEachNode { node in
            if case .call(let call) = node.kind, call.function == function { found = true }
        }
        return found
    }

    /// The environment's variables that the expression names, each once, in order of appearance.
    public var referencedNames: [String] {
        var names: [String] = []
        for path in paths {
            let name = path.variable
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// A variable and the fields selected from it, such as `steps`, `["clear", "output"]`.
    public struct Path: Sendable, Hashable {
        public let variable: String
        public let fields: [String]
        /// The path's bytes in the source.
        public let range: Range<Int>
        /// The path as text.
        public var text: String { ([variable] + fields).joined(separator: ".") }
    }

    /// The longest path of every mention of a variable, by place. Constant text indices count as
    /// fields (`labels["env"]`); a field that is selected by computation ends the path.
    public var paths: [Path] {
        var collector = PathCollector(NameScope(environment))
        collector.collect(tree.root)
        return collector.paths.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// Comparisons of fields with constants, all of which must hold.
    public struct Conjunct: Sendable {
        public let path: Path
        public let op: CELBinaryOperator
        /// The constant on the right; for `in` a list.
        public let constant: CELValue
        /// The comparison's bytes.
        public let range: Range<Int>
    }

    /// The expression as a conjunction of comparisons of fields with constants.
    ///
    /// - Returns: The comparisons, and whether they are the whole expression (else only a part of
    ///   what must hold is known).
    public var conjuncts: (comparisons: [Conjunct], isComplete: Bool) {
        let terms: [CELExpression] =
            if case .and(let terms) = tree.root.kind { terms } else { [tree.root] }
        let found = terms.map { conjunct($0) }
        return (found.compactMap(\.self), found.allSatisfy { $0 != nil })
    }

    private func conjunct(_ term: CELExpression) -> Conjunct? {
        guard case .binary(let op, let left, let right) = term.kind, op.precedence == 1 else {
            return nil
        }
        if let path = path(left), let value = constant(right) {
            return Conjunct(path: path, op: op, constant: value, range: term.range)
        }
        if op != .within, let path = path(right), let value = constant(left) {
            return Conjunct(path: path, op: op.mirrored, constant: value, range: term.range)
        }
        return nil
    }

    private func path(_ expression: CELExpression) -> Path? {
        PathCollector(NameScope(environment)).path(expression)
    }

    private func constant(_ expression: CELExpression) -> CELValue? {
        var planner = Planner(environment, isTracing: false)
        return (planner.plan(expression) as? ConstantNode)?.value
    }
}

extension CELBinaryOperator {
    /// The comparison with its sides exchanged.
    var mirrored: CELBinaryOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }
}

/// Finds the paths of a tree with the names that macros bind left out.
private struct PathCollector {
    private var scope: NameScope
    private(set) var paths: [CELProgram.Path] = []

    init(_ scope: NameScope) { self.scope = scope }

    mutating func collect(_ node: CELExpression) {
        if let path = path(node) {
            paths.append(path)
            return
        }
        guard case .comprehension(let loop) = node.kind else {
            for child in node.children { collect(child) }
            return
        }
        collect(loop.operand)
        scope.push(loop.variables)
        if let filter = loop.filter { collect(filter) }
        collect(loop.body)
        scope.pop(loop.variables.count)
    }

    /// The node as a path; nil if it is none.
    func path(_ node: CELExpression) -> CELProgram.Path? {
        var fields: [String] = []
        var current = node
        while true {
            if case .variable(let slot) = scope.meaning(of: current) {
                return CELProgram.Path(
                    variable: scope.environment.variables[slot].name, fields: fields.reversed(),
                    range: node.range)
            }
            switch current.kind {
            case .select(let selection):
                fields.append(selection.field)
                current = selection.operand
            case .index(let operand, let index, _):
                guard case .literal(.string(let name)) = index.kind else { return nil }
                fields.append(name)
                current = operand
            default: return nil
            }
        }
    }
}
