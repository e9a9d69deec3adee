/// A function: what it takes and gives, and how it is computed.
public struct CELFunction: Sendable {
    /// Its name, dotted if it has a namespace.
    public let name: String
    /// The ways in which it may be called.
    public let overloads: [CELOverload]
    let implementation: CELImplementation
    let library: CELLibrary
    let cost: CELFunctionCost
    /// Whether it takes more arguments than its overloads list.
    var isVariadicBeyondOverloads: Bool { name == "math.greatest" || name == "math.least" }

    /// A function of the caller. Its arguments (the target of a member call first) are checked
    /// against the overloads before `implementation` runs.
    public init(
        _ name: String, overloads: [CELOverload], implementation: CELImplementation
    ) {
        self.init(name, overloads, .caller, .one, implementation)
    }

    init(
        _ name: String, _ overloads: [CELOverload], _ library: CELLibrary,
        _ cost: CELFunctionCost, _ implementation: CELImplementation
    ) {
        self.name = name
        self.overloads = overloads
        self.library = library
        self.cost = cost
        self.implementation = implementation
    }
}

/// One way to call a function.
public struct CELOverload: Sendable, Hashable {
    /// The arguments' types; of a member call the target's first.
    public let parameters: [CELType]
    /// What it gives.
    public let result: CELType
    /// Whether it is called as `target.function(...)`.
    public let isMember: Bool

    /// A call `function(parameters)`.
    public init(_ parameters: CELType..., result: CELType) {
        self.init(parameters, result, isMember: false)
    }

    /// A call `target.function(parameters)`.
    public static func member(
        of target: CELType, _ parameters: CELType..., result: CELType
    ) -> CELOverload {
        CELOverload([target] + parameters, result, isMember: true)
    }

    /// A call of either form.
    public init(_ parameters: [CELType], _ result: CELType, isMember: Bool) {
        self.parameters = parameters
        self.result = result
        self.isMember = isMember
    }
}

/// How a function is computed. Errors are thrown without a place; the caller of the function adds it.
public enum CELImplementation: Sendable {
    case nullary(@Sendable () throws(CELError) -> CELValue)
    case unary(@Sendable (CELValue) throws(CELError) -> CELValue)
    case binary(@Sendable (CELValue, CELValue) throws(CELError) -> CELValue)
    case variadic(@Sendable ([CELValue]) throws(CELError) -> CELValue)
    /// Takes what its work costs beyond the call from the budget, and stops when that is negative.
    case metered(@Sendable ([CELValue], inout Int) throws(CELError) -> CELValue)
    /// Given by each activation: `activation.bind(function: name) { … }`.
    case late
}

/// What a call costs beyond its arguments, in the units of the cost budget.
enum CELFunctionCost: Sendable {
    /// One unit.
    case one
    /// A tenth of the size of all text, bytes and lists that it reads, at least one unit.
    case traversal
}

/// The parts of the language beyond the core that an environment may switch off.
public enum CELLibrary: String, Sendable, CaseIterable {
    /// The core; always on.
    case standard
    /// The caller's own functions; always on.
    case caller
    case strings
    case math
    case encoders
    case network
    case lists
    case sets
    case bindings
    case optionals
    case twoVariableMacros
}
