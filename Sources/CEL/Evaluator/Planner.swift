import Text

/// Turns a syntax tree into nodes: names become places, constants are folded, literal patterns are
/// compiled, common shapes get nodes of their own.
struct Planner {
    private let environment: CELEnvironment
    private let isTracing: Bool
    private var scope: NameScope
    private var loopDepth = 0
    /// Whether every operand planned so far of the node being built is constant.
    private var areOperandsConstant = true
    /// How many locals a frame must hold.
    private(set) var localCount = 0

    init(_ environment: CELEnvironment, isTracing: Bool) {
        self.environment = environment
        self.isTracing = isTracing
        scope = NameScope(environment)
    }

    mutating func plan(_ expression: CELExpression) -> any Node {
        let before = areOperandsConstant
        areOperandsConstant = true
        var node = build(expression)
        if areOperandsConstant, !isTracing { node = folded(node, expression) }
        areOperandsConstant = before && node is ConstantNode
        guard isTracing else { return node }
        var isLiteral = false
        if case .literal = expression.kind { isLiteral = true }
        return TraceNode(
            node, range: expression.range, anchor: expression.anchor, isLiteral: isLiteral,
            loopDepth: loopDepth)
    }

    // MARK: Folding

    /// The value of a node whose operands are constant; an error stays for the evaluation, and so
    /// does a function of the caller.
    private func folded(_ node: any Node, _ expression: CELExpression) -> any Node {
        switch expression.kind {
        case .unary, .binary, .list, .map, .and, .or, .conditional, .call: break
        default: return node
        }
        if let call = node as? CallNode, call.isOfCaller { return node }
        var frame = Frame(
            variables: UnsafeBufferPointer(start: nil, count: 0),
            locals: UnsafeMutableBufferPointer(start: nil, count: 0), budget: 10_000,
            limits: CELLimits(textBytes: 100_000), activation: nil, tracer: nil)
        do throws(CELError) { return ConstantNode(try node.evaluate(&frame)) } catch {
            return node
        }
    }

    // MARK: Building

    private mutating func build(_ expression: CELExpression) -> any Node {
        let place = Place(expression.range)
        switch expression.kind {
        case .literal(let value): return ConstantNode(value)
        case .identifier(let name, _):
            return named(expression, place)
                ?? FailureNode(CELError(.undeclared, "undeclared name \(quoted(name))", place))
        case .select(let selection):
            return named(expression, place) ?? select(selection, place)
        case .index(let operand, let index, let optional):
            return self.index(plan(operand), plan(index), optional, place)
        case .call(let call): return build(call, place)
        case .unary(.not, let operand): return NotNode(plan(operand), place)
        case .unary(.negate, let operand): return NegateNode(plan(operand), place)
        case .binary(let op, let left, let right): return binary(op, left, right, place)
        case .and(let terms): return LogicNode(terms.map { plan($0) }, decisive: false, place)
        case .or(let terms): return LogicNode(terms.map { plan($0) }, decisive: true, place)
        case .conditional(let condition, let first, let second):
            return ConditionalNode(plan(condition), plan(first), plan(second), place)
        case .list(let elements): return list(elements, place)
        case .map(let entries): return map(entries, place)
        case .message(let name, _):
            return FailureNode(
                CELError(.invalidExpression, "messages such as \(name) are not supported", place))
        case .comprehension(let loop): return build(loop, place)
        case .invalid:
            return FailureNode(CELError(.invalidExpression, "not a valid expression", place))
        }
    }

    private func named(_ expression: CELExpression, _ place: Place) -> (any Node)? {
        switch scope.meaning(of: expression) {
        case .local(let index): LocalNode(index, place)
        case .variable(let slot): VariableNode(slot, environment.variables[slot].name, place)
        case .type(let name): ConstantNode(.type(CELTypeName(name)))
        case nil: nil
        }
    }

    private mutating func select(_ selection: CELSelection, _ place: Place) -> any Node {
        let operand = plan(selection.operand)
        let name = CELName(selection.field)
        switch selection.form {
        case .presence: return PresenceNode(operand, name, place)
        case .optional: return OptionalFieldNode(operand, name, place)
        case .value:
            return field(operand, name, place)
        }
    }

    private func field(_ operand: any Node, _ name: CELName, _ place: Place) -> any Node {
        if let variable = operand as? VariableNode {
            return PathNode(variable, name, place)
        }
        if let path = operand as? PathNode { return path.appending(name, place) }
        return FieldNode(operand, name, place)
    }

    /// A constant text as the index is a field.
    private func index(
        _ operand: any Node, _ index: any Node, _ optional: Bool, _ place: Place
    ) -> any Node {
        if let constant = index as? ConstantNode, case .string(let text) = constant.value {
            let name = CELName(text)
            return optional
                ? OptionalFieldNode(operand, name, place) : field(operand, name, place)
        }
        return IndexNode(operand, index, isOptional: optional, place)
    }

    private mutating func binary(
        _ op: CELBinaryOperator, _ left: CELExpression, _ right: CELExpression, _ place: Place
    ) -> any Node {
        let a = plan(left)
        let b = plan(right)
        switch op {
        case .equal, .notEqual:
            if let constant = b as? ConstantNode, case .string(let text) = constant.value {
                return EqualTextNode(a, text, isNegated: op == .notEqual, place)
            }
            if let constant = a as? ConstantNode, case .string(let text) = constant.value {
                return EqualTextNode(b, text, isNegated: op == .notEqual, place)
            }
            return EqualNode(a, b, isNegated: op == .notEqual, place)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return OrderNode(a, b, op, place)
        case .within:
            if let constant = b as? ConstantNode, let set = Self.set(constant.value) {
                return WithinConstantsNode(a, set, place)
            }
            if let constant = a as? ConstantNode, case .string(let text) = constant.value {
                return ContainsNameNode(CELName(text), b, WithinNode(a, b, place), place)
            }
            return WithinNode(a, b, place)
        default: return ArithmeticNode(a, b, op, place)
        }
    }

    /// The elements of a constant list as keys; nil if one of them cannot be a key.
    private static func set(_ value: CELValue) -> CELMap? {
        guard case .list(let items) = value else { return nil }
        var builder = CELMapBuilder()
        for item in items {
            guard let key = mapKey(item) else { return nil }
            builder.set(key, .null)
        }
        return CELMap(builder)
    }

    private mutating func list(_ elements: [CELElement], _ place: Place) -> any Node {
        var optionals: Set<Int> = []
        for (i, element) in elements.enumerated() where element.isOptional { optionals.insert(i) }
        return ListNode(elements.map { plan($0.value) }, optionals, place)
    }

    private mutating func map(_ entries: [CELEntry], _ place: Place) -> any Node {
        var optionals: Set<Int> = []
        for (i, entry) in entries.enumerated() where entry.isOptional { optionals.insert(i) }
        var keys: [any Node] = []
        var values: [any Node] = []
        for entry in entries {
            keys.append(plan(entry.key))
            values.append(plan(entry.value))
        }
        return MapNode(keys, values, optionals, place)
    }

    // MARK: Calls

    private mutating func build(_ call: CELCall, _ place: Place) -> any Node {
        var operands = call.arguments
        let functions: [CELFunction]
        if let found = scope.functions(for: call) {
            functions = found.functions
        } else if let target = call.target {
            operands.insert(target, at: 0)
            functions = environment.functions(named: call.function)
        } else {
            functions = []
        }
        let isMember = operands.count > call.arguments.count
        let nodes = operands.map { plan($0) }
        let matching = functions.first { function in
            function.overloads.contains {
                $0.isMember == isMember && $0.parameters.count == nodes.count
            }
        }
        let variadic = functions.first { $0.isVariadicBeyondOverloads && !isMember }
        guard let function = matching ?? variadic else {
            return unknownCall(call, functions, place)
        }
        return special(function, nodes, place) ?? CallNode(function, nodes, place)
    }

    private func unknownCall(
        _ call: CELCall, _ functions: [CELFunction], _ place: Place
    ) -> any Node {
        guard functions.isEmpty else {
            let message = "no such overload: \(call.function)() does not take these arguments"
            return FailureNode(CELError(.noSuchOverload, message, place))
        }
        return FailureNode(
            CELError(.undeclared, "undeclared function \(quoted(call.function))", place))
    }

    private func special(_ function: CELFunction, _ nodes: [any Node], _ place: Place) -> (
        any Node
    )? {
        guard nodes.count == 2 else { return nil }
        if function.library == .optionals, function.name == "or" || function.name == "orValue" {
            return OptionalOrNode(nodes[0], nodes[1], givesOptional: function.name == "or", place)
        }
        guard function.library == .standard else { return nil }
        if let test = TextTestNode.Test(rawValue: function.name) {
            return TextTestNode(nodes[0], nodes[1], test, place)
        }
        guard function.name == "matches" else { return nil }
        var compiled: RegularExpression?
        if let constant = nodes[1] as? ConstantNode, case .string(let pattern) = constant.value {
            compiled = try? RegularExpression(pattern)
        }
        return MatchesNode(nodes[0], nodes[1], compiled, place)
    }

    // MARK: Macros

    private mutating func build(_ form: CELComprehension, _ place: Place) -> any Node {
        let operand = plan(form.operand)
        let local = scope.locals.count
        scope.push(form.variables)
        localCount = max(localCount, scope.locals.count)
        let repeats = ![.bind, .optMap, .optFlatMap].contains(form.form)
        if repeats { loopDepth += 1 }
        defer {
            scope.pop(form.variables.count)
            if repeats { loopDepth -= 1 }
        }
        let filter = form.filter.map { plan($0) }
        let body = plan(form.body)
        let loop = Loop(
            range: operand, local: local, isPair: form.variables.count == 2, place: place)
        switch form.form {
        case .all: return QuantifierNode(loop, body, decisive: false)
        case .exists: return QuantifierNode(loop, body, decisive: true)
        case .existsOne: return ExistsOneNode(loop, body)
        case .filter: return ListLoopNode(loop, body, nil)
        case .sortBy: return SortNode(loop, body)
        case .map, .transformList: return ListLoopNode(loop, filter, body)
        case .transformMap: return MapLoopNode(loop, filter, body, givesEntries: false)
        case .transformMapEntry: return MapLoopNode(loop, filter, body, givesEntries: true)
        case .bind: return BindNode(operand, local, body)
        case .optMap: return OptionalMapNode(operand, local, body, isFlat: false, place)
        case .optFlatMap: return OptionalMapNode(operand, local, body, isFlat: true, place)
        }
    }
}

extension CELExpression {
    /// The bytes under which the node's value is drawn: its operator, field or name.
    var anchor: Range<Int> {
        switch kind {
        case .select(let selection): selection.fieldRange
        case .call(let call): call.nameRange
        case .binary(_, let left, let right):
            Self.gap(left.range.upperBound, right.range.lowerBound)
        case .and(let terms), .or(let terms):
            Self.gap(terms[0].range.upperBound, terms[1].range.lowerBound)
        case .conditional(let condition, let first, _):
            Self.gap(condition.range.upperBound, first.range.lowerBound)
        default: range
        }
    }

    /// The middle of the bytes between two operands.
    private static func gap(_ start: Int, _ end: Int) -> Range<Int> {
        end > start + 1 ? (start + 1)..<end : start..<max(start, end)
    }
}
