/// A planned expression: immutable, evaluated any number of times from any thread.
public final class CELProgram: Sendable {
    /// The source text.
    public let source: String
    /// The syntax tree.
    public let tree: CELSyntaxTree
    /// The environment that it was planned for.
    public let environment: CELEnvironment
    /// The type that the checker deduced; dyn if it was not checked.
    public let type: CELType
    private let root: any Node
    private let localCount: Int

    /// What can be wrong with an expression: its mistakes in the order of their places.
    public struct Invalid: Error, Sendable {
        public let diagnostics: [CELDiagnostic]
    }

    /// Parses, checks and plans an expression. Without the check, names and types are resolved
    /// when the expression is evaluated.
    public convenience init(
        _ source: String, _ environment: CELEnvironment, isChecked: Bool = true,
        bounds: CELSyntaxBounds = CELSyntaxBounds()
    ) throws(Invalid) {
        try self.init(
            CELParser.parse(source, bounds: bounds), environment, isChecked: isChecked)
    }

    /// Checks and plans a syntax tree.
    public init(
        _ tree: CELSyntaxTree, _ environment: CELEnvironment, isChecked: Bool = true
    ) throws(Invalid) {
        guard tree.diagnostics.isEmpty else { throw Invalid(diagnostics: tree.diagnostics) }
        if isChecked {
            let outcome = CELChecker.check(tree, environment)
            guard outcome.diagnostics.isEmpty else {
                throw Invalid(diagnostics: outcome.diagnostics)
            }
            type = outcome.type
        } else {
            type = .dyn
        }
        source = tree.source
        self.tree = tree
        self.environment = environment
        var planner = Planner(environment, isTracing: false)
        root = planner.plan(tree.root)
        localCount = planner.localCount
    }

    /// Evaluates the expression. An unknown variable may give `unknown`; an error names the
    /// sub-expression that failed.
    public func evaluate(
        _ activation: CELActivation, limits: CELLimits = .standard
    ) -> Result<CELValue, CELError> {
        run(root, localCount, activation, limits, nil)
    }

    /// Evaluates the expression and tells what each sub-expression gave.
    public func explain(
        _ activation: CELActivation, limits: CELLimits = .standard
    ) -> (result: Result<CELValue, CELError>, trace: CELTrace) {
        var planner = Planner(environment, isTracing: true)
        let root = planner.plan(tree.root)
        let tracer = Tracer()
        let result = run(root, planner.localCount, activation, limits, tracer)
        return (result, CELTrace(entries: tracer.entries, isCut: tracer.isCut))
    }

    /// The value if no variable is needed to know it.
    public var constant: CELValue? { (root as? ConstantNode)?.value }

    @inline(__always)
    private func run(
        _ root: any Node, _ localCount: Int, _ activation: CELActivation, _ limits: CELLimits,
        _ tracer: Tracer?
    ) -> Result<CELValue, CELError> {
        if activation.environment === environment {
            return run(root, localCount, activation.values, activation, limits, tracer)
        }
        return run(
            root, localCount, activation.values(for: environment), activation, limits, tracer)
    }

    @inline(__always)
    private func run(
        _ root: any Node, _ localCount: Int, _ values: [CELValue], _ activation: CELActivation,
        _ limits: CELLimits, _ tracer: Tracer?
    ) -> Result<CELValue, CELError> {
        withUnsafePointer(to: activation) { activation in
            values.withUnsafeBufferPointer { variables in
                let none = UnsafeMutableBufferPointer<CELValue>(start: nil, count: 0)
                var frame = Frame(
                    variables: variables, locals: none, budget: limits.cost, limits: limits,
                    activation: activation, tracer: tracer.map { Unmanaged.passUnretained($0) })
                guard localCount > 0 else { return run(root, &frame) }
                return withUnsafeTemporaryAllocation(of: CELValue.self, capacity: localCount) {
                    space in
                    space.initialize(repeating: .null)
                    defer { space.deinitialize() }
                    frame.locals = space
                    return run(root, &frame)
                }
            }
        }
    }

    @inline(__always)
    private func run(_ root: any Node, _ frame: inout Frame) -> Result<CELValue, CELError> {
        do throws(CELError) { return .success(try root.evaluate(&frame)) } catch {
            return .failure(error)
        }
    }
}
