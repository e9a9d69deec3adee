/// A node of an expression's syntax tree, with its place in the source.
public final class CELExpression: Sendable {
    /// The node's number, unique in its tree and smaller than the tree's node count.
    public let id: Int
    /// The node's bytes in the source.
    public let range: Range<Int>
    /// What it is.
    public let kind: Kind
    /// How many levels the tree below has, itself counted.
    let depth: Int

    init(id: Int, range: Range<Int>, depth: Int, kind: Kind) {
        self.id = id
        self.range = range
        self.depth = depth
        self.kind = kind
    }

    /// The forms of an expression.
    public enum Kind: Sendable {
        case literal(CELValue)
        /// A name; `absolute` if it begins with a dot.
        case identifier(String, absolute: Bool)
        case select(CELSelection)
        case index(CELExpression, CELExpression, optional: Bool)
        case call(CELCall)
        case unary(CELUnaryOperator, CELExpression)
        case binary(CELBinaryOperator, CELExpression, CELExpression)
        /// Two or more terms joined by `&&`.
        case and([CELExpression])
        /// Two or more terms joined by `||`.
        case or([CELExpression])
        case conditional(CELExpression, CELExpression, CELExpression)
        case list([CELElement])
        case map([CELEntry])
        /// A message literal, which this library reads but cannot build.
        case message(String, [CELExpression])
        case comprehension(CELComprehension)
        /// What stands where the source could not be read.
        case invalid
    }

    /// The nodes directly below.
    public var children: [CELExpression] {
        switch kind {
        case .literal, .identifier, .invalid: []
        case .select(let selection): [selection.operand]
        case .index(let operand, let index, _): [operand, index]
        case .call(let call): (call.target.map { [$0] } ?? []) + call.arguments
        case .unary(_, let operand): [operand]
        case .binary(_, let left, let right): [left, right]
        case .and(let terms), .or(let terms): terms
        case .conditional(let condition, let first, let second): [condition, first, second]
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .message(_, let values): values
        case .comprehension(let loop):
            [loop.operand] + (loop.filter.map { [$0] } ?? []) + [loop.body]
        }
    }

    /// The dotted name that the node spells (`a.b.c`), nil if it is none.
    public var dottedName: String? {
        switch kind {
        case .identifier(let name, let absolute): (absolute ? "." : "") + name
        case .select(let selection):
            if selection.form == .value, !selection.isQuoted {
                selection.operand.dottedName.map { $0 + "." + selection.field }
            } else {
                nil
            }
        default: nil
        }
    }
}

extension CELExpression.Kind {
    /// The depth of the deepest node directly below, zero for a leaf.
    var depthBelow: Int {
        func deepest(_ nodes: [CELExpression]) -> Int { nodes.reduce(0) { max($0, $1.depth) } }
        switch self {
        case .literal, .identifier, .invalid: return 0
        case .select(let selection): return selection.operand.depth
        case .index(let operand, let index, _): return max(operand.depth, index.depth)
        case .call(let call): return max(call.target?.depth ?? 0, deepest(call.arguments))
        case .unary(_, let operand): return operand.depth
        case .binary(_, let left, let right): return max(left.depth, right.depth)
        case .and(let terms), .or(let terms): return deepest(terms)
        case .conditional(let condition, let first, let second):
            return max(condition.depth, first.depth, second.depth)
        case .list(let elements): return elements.reduce(0) { max($0, $1.value.depth) }
        case .map(let entries): return entries.reduce(0) { max($0, $1.key.depth, $1.value.depth) }
        case .message(_, let values): return deepest(values)
        case .comprehension(let loop):
            return max(loop.operand.depth, loop.filter?.depth ?? 0, loop.body.depth)
        }
    }
}

/// A field selection: `a.b`, `has(a.b)` or `a.?b`.
public struct CELSelection: Sendable {
    /// How a field is selected.
    public enum Form: Sendable {
        case value
        case presence
        case optional
    }
    public let operand: CELExpression
    public let field: String
    /// The field's own bytes.
    public let fieldRange: Range<Int>
    public let form: Form
    /// Whether the field was written in backticks.
    public let isQuoted: Bool
}

/// A call of a function, or of a member of `target`.
public struct CELCall: Sendable {
    public let function: String
    /// The function name's own bytes.
    public let nameRange: Range<Int>
    public let target: CELExpression?
    public let arguments: [CELExpression]
}

/// An element of a list literal; `isOptional` for `[?x]`.
public struct CELElement: Sendable {
    public let value: CELExpression
    public let isOptional: Bool
}

/// An entry of a map literal; `isOptional` for `{?k: v}`.
public struct CELEntry: Sendable {
    public let key: CELExpression
    public let value: CELExpression
    public let isOptional: Bool
}

/// A macro that binds variables: over a range's elements, or one value.
public struct CELComprehension: Sendable {
    /// The macros.
    public enum Form: String, Sendable {
        case all
        case exists
        case existsOne = "exists_one"
        case map
        case filter
        case transformList
        case transformMap
        case transformMapEntry
        case bind
        case optMap
        case optFlatMap
        case sortBy
    }
    public let form: Form
    /// One or two variable names.
    public let variables: [String]
    public let variableRanges: [Range<Int>]
    /// The range, or the bound value.
    public let operand: CELExpression
    /// The condition of `map`, `transformList` and `transformMap` with a filter.
    public let filter: CELExpression?
    /// The expression that is evaluated for each element: condition, transformation or result.
    public let body: CELExpression
}

/// An operator with one operand.
public enum CELUnaryOperator: String, Sendable {
    case not = "!"
    case negate = "-"
}

/// An operator with two operands.
public enum CELBinaryOperator: String, Sendable {
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case add = "+"
    case subtract = "-"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case within = "in"

    var precedence: Int {
        switch self {
        case .multiply, .divide, .modulo: 3
        case .add, .subtract: 2
        default: 1
        }
    }

    /// Whether it orders or equates numbers.
    public var isComparison: Bool { precedence == 1 && self != .within }
}

/// A syntax tree with what was wrong with its source.
public struct CELSyntaxTree: Sendable {
    /// The source text.
    public let source: String
    /// The whole expression; parts that could not be read are `invalid`.
    public let root: CELExpression
    /// How many nodes there are.
    public let nodeCount: Int
    /// The mistakes, by place. The tree can be used only if there are none.
    public let diagnostics: [CELDiagnostic]
}
