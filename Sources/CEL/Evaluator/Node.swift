/// A step of a planned expression. Nodes form an immutable tree that any thread may evaluate.
protocol Node: AnyObject, Sendable {
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue
}

/// What one evaluation works on.
struct Frame {
    /// The variables by slot.
    let variables: UnsafeBufferPointer<CELValue>
    /// The variables of the macros around the node, by depth.
    var locals: UnsafeMutableBufferPointer<CELValue>
    /// The cost that is left.
    var budget: Int
    let limits: CELLimits
    /// Where the late functions are; alive as long as the frame, which owns nothing.
    let activation: UnsafePointer<CELActivation>?
    let tracer: Unmanaged<Tracer>?

    /// Takes units from the budget; a breach names the sub-expression.
    @inline(__always)
    mutating func spend(_ units: Int, _ place: Place) throws(CELError) {
        budget &-= units
        if budget < 0 { throw exceeded(place) }
    }

    @inline(never)
    private func exceeded(_ place: Place) -> CELError {
        CELError(.costExceeded, "the cost budget of \(limits.cost) units is used up here", place)
    }

    /// Takes a tenth of a unit for each byte, rounded up.
    @inline(__always)
    mutating func spendText(_ bytes: Int, _ place: Place) throws(CELError) {
        try spend((bytes &+ 9) / 10, place)
    }

    func checkElements(_ count: Int, _ place: Place) throws(CELError) {
        guard count > limits.elements else { return }
        throw CELError(
            .sizeExceeded, "a list or map here has more than \(limits.elements) elements", place)
    }

    func checkText(_ bytes: Int, _ place: Place) throws(CELError) {
        guard bytes > limits.textBytes else { return }
        throw CELError(
            .sizeExceeded, "a text here is longer than \(limits.textBytes) bytes", place)
    }
}

/// The unknown that two operands give together, nil if both are known.
@inline(never)
func mergedUnknown(_ left: CELValue, _ right: CELValue) -> CELValue? {
    switch (left, right) {
    case (.unknown(let a), .unknown(let b)): .unknown(a.merged(b))
    case (.unknown, _): left
    case (_, .unknown): right
    default: nil
    }
}

/// A value that is known already.
final class ConstantNode: Node {
    let value: CELValue
    init(_ value: CELValue) { self.value = value }
    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue { value }
}

/// A mistake that shows only when it is reached.
final class FailureNode: Node {
    private let error: CELError
    init(_ error: CELError) { self.error = error }
    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue { throw error }
}

/// A variable of the environment.
final class VariableNode: Node {
    let slot: Int
    let name: String
    let place: Place

    init(_ slot: Int, _ name: String, _ place: Place) {
        (self.slot, self.name, self.place) = (slot, name, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        try frame.spend(1, place)
        let value = frame.variables[slot]
        if case .unknown(let unknown) = value, unknown === CELUnknown.unbound {
            throw CELError(.unbound, "the variable \(quoted(name)) has no value", place)
        }
        return value
    }
}

/// A variable of a macro around.
final class LocalNode: Node {
    private let index: Int
    private let place: Place

    init(_ index: Int, _ place: Place) { (self.index, self.place) = (index, place) }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        try frame.spend(1, place)
        let value = frame.locals[index]
        if case .unknown(let unknown) = value, let failure = unknown.failure { throw failure }
        return value
    }
}
