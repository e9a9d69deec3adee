/// Deduces the types of an expression and finds what cannot work.
///
/// Typing is gradual: where `dyn` stands nothing is refused.
public struct CELChecker {
    let environment: CELEnvironment
    let source: String
    var scope: NameScope
    var localTypes: [CELType] = []
    var inference = TypeInference()
    var diagnostics: [CELDiagnostic] = []

    /// What checking an expression gives.
    public struct Outcome: Sendable {
        /// The deduced type; dyn if there were mistakes.
        public let type: CELType
        /// The mistakes in the order of their places.
        public let diagnostics: [CELDiagnostic]
    }

    /// Checks a syntax tree; its own diagnostics come first if it has any.
    public static func check(_ tree: CELSyntaxTree, _ environment: CELEnvironment) -> Outcome {
        guard tree.diagnostics.isEmpty else {
            return Outcome(type: .dyn, diagnostics: tree.diagnostics)
        }
        var checker = CELChecker(environment, tree.source)
        let type = checker.type(of: tree.root)
        let sorted = checker.diagnostics.sorted { $0.range.lowerBound < $1.range.lowerBound }
        return Outcome(
            type: sorted.isEmpty ? checker.inference.final(type) : .dyn,
            diagnostics: Array(sorted.prefix(30)))
    }

    private init(_ environment: CELEnvironment, _ source: String) {
        self.environment = environment
        self.source = source
        scope = NameScope(environment)
    }

    mutating func report(
        _ message: String, _ range: Range<Int>, help: String? = nil, fix: CELFix? = nil
    ) {
        guard diagnostics.count < 100 else { return }
        diagnostics.append(CELDiagnostic(message, at: range, help: help, fix: fix))
    }

    /// The type as it reads in a message.
    func shown(_ type: CELType) -> String { inference.final(type).description }

    // MARK: Expressions

    mutating func type(of node: CELExpression) -> CELType {
        switch node.kind {
        case .literal(let value): return Self.type(ofLiteral: value)
        case .identifier(let name, _): return typeOfName(node, name)
        case .select(let selection): return type(of: selection, node)
        case .index(let operand, let index, let optional):
            return typeOfIndex(operand, index, optional, node)
        case .call(let call): return type(of: call, node)
        case .unary(let op, let operand): return type(of: op, operand, node)
        case .binary(let op, let left, let right): return type(of: op, left, right, node)
        case .and(let terms), .or(let terms):
            for term in terms { expectBool(term, "each side of '&&' and '||' must be bool") }
            return .bool
        case .conditional(let condition, let first, let second):
            expectBool(condition, "the condition before '?' must be bool")
            let (a, b) = (type(of: first), type(of: second))
            return joinedOrMistake(a, b, node)
        case .list(let elements): return type(of: elements)
        case .map(let entries): return type(of: entries)
        case .message(let name, let values):
            for value in values { _ = type(of: value) }
            report("messages such as \(name){…} are not supported", node.range)
            return .dyn
        case .comprehension(let loop): return type(of: loop, node)
        case .invalid: return .dyn
        }
    }

    private static func type(ofLiteral value: CELValue) -> CELType {
        switch value {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        default: .dyn
        }
    }

    mutating func expectBool(_ node: CELExpression, _ message: String) {
        let found = type(of: node)
        guard !inference.assign(found, to: .bool) else { return }
        report("\(message), found \(shown(found))", node.range)
    }

    private mutating func joinedOrMistake(
        _ first: CELType, _ second: CELType, _ node: CELExpression
    ) -> CELType {
        var trial = inference
        if trial.assign(second, to: first) {
            return inference.joined(first, second)
        }
        report(
            "the branches of '?:' differ: \(shown(first)) and \(shown(second))", node.range,
            help: "wrap one branch in dyn(...) if both are meant")
        return .dyn
    }

    private mutating func typeOfName(_ node: CELExpression, _ name: String) -> CELType {
        switch scope.meaning(of: node) {
        case .local(let index): return localTypes[index]
        case .variable(let slot): return environment.variables[slot].type
        case .type(let name): return .type(CELTypeNames.all[name])
        case nil:
            reportUndeclared(name, node.range)
            return .dyn
        }
    }

    private mutating func reportUndeclared(_ name: String, _ range: Range<Int>) {
        let names = environment.variables.map(\.name) + scope.locals
        let near = nearest(name, in: names)
        let help = environment.hasFunction(named: name) ? "\(name) is a function" : nil
        report(
            "undeclared name \(quoted(name))", range,
            help: near.map { "did you mean '\($0)'?" } ?? help,
            fix: near.map { CELFix(range: range, replacement: $0) })
    }

    // MARK: Selection

    private mutating func type(of selection: CELSelection, _ node: CELExpression) -> CELType {
        switch scope.meaning(of: node) {
        case .variable(let slot): return environment.variables[slot].type
        case .type(let name): return .type(CELTypeNames.all[name])
        default: break
        }
        if selection.form == .optional { requireLibrary(.optionals, "'.?'", node.range) }
        var operand = inference.resolved(type(of: selection.operand))
        var isOptional = selection.form == .optional
        if case .optional(let inner) = operand {
            operand = inference.resolved(inner)
            isOptional = true
        }
        let field = typeOfField(selection, operand)
        if selection.form == .presence { return .bool }
        guard isOptional else { return field }
        if case .optional = inference.resolved(field), selection.form != .optional { return field }
        return .optional(field)
    }

    private mutating func typeOfField(_ selection: CELSelection, _ operand: CELType) -> CELType {
        switch operand {
        case .dyn, .parameter: return .dyn
        case .map(let key, let value):
            if !inference.assign(.string, to: key) {
                report("the map's keys are \(shown(key)), not text", selection.fieldRange)
            }
            return value
        case .object(let object):
            if let type = object.type(of: selection.field) { return type }
            let near = nearest(selection.field, in: object.fields.map(\.name))
            report(
                "\(object.name) has no field \(quoted(selection.field))", selection.fieldRange,
                help: near.map { "did you mean '\($0)'?" },
                fix: near.map { CELFix(range: selection.fieldRange, replacement: $0) })
            return .dyn
        default:
            report("\(shown(operand)) has no fields", selection.fieldRange)
            return .dyn
        }
    }

    mutating func requireLibrary(_ library: CELLibrary, _ what: String, _ range: Range<Int>) {
        if !environment.libraries.contains(library) {
            report("\(what) needs the library \(library.rawValue), which is off", range)
        }
    }

    private mutating func typeOfIndex(
        _ operand: CELExpression, _ index: CELExpression, _ optional: Bool, _ node: CELExpression
    ) -> CELType {
        if optional { requireLibrary(.optionals, "'[?'", node.range) }
        var base = inference.resolved(type(of: operand))
        let found = type(of: index)
        var isOptional = optional
        if case .optional(let inner) = base {
            base = inference.resolved(inner)
            isOptional = true
        }
        let element: CELType
        switch base {
        case .list(let item):
            expectIndex(found, .int, index)
            element = item
        case .map(let key, let value):
            expectIndex(found, key, index)
            element = value
        case .object(let object):
            expectIndex(found, .string, index)
            if case .literal(.string(let name)) = index.kind {
                element = object.type(of: name) ?? .dyn
            } else {
                element = .dyn
            }
        case .dyn, .parameter: element = .dyn
        default:
            report("\(shown(base)) cannot be indexed", operand.range)
            element = .dyn
        }
        return isOptional ? .optional(element) : element
    }

    private mutating func expectIndex(
        _ found: CELType, _ wanted: CELType, _ index: CELExpression
    ) {
        if inference.assign(found, to: wanted) { return }
        let numbers = inference.resolved(found).isNumeric && inference.resolved(wanted).isNumeric
        if numbers { return }
        report("the index must be \(shown(wanted)), found \(shown(found))", index.range)
    }
}
