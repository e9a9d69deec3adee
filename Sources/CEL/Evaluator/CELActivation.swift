/// The values of an environment's variables for one evaluation, and its late functions.
public struct CELActivation: Sendable {
    let environment: CELEnvironment
    var values: [CELValue]
    var functions: [String: @Sendable ([CELValue]) throws(CELError) -> CELValue] = [:]

    /// No variable bound yet. A variable that stays unbound is an error where it is used.
    public init(_ environment: CELEnvironment) {
        self.environment = environment
        values = Array(repeating: .unknown(.unbound), count: environment.variables.count)
    }

    /// Binds a declared variable; a name that is not declared is ignored and gives false.
    @discardableResult
    public mutating func bind(_ name: String, _ value: CELValue) -> Bool {
        guard let slot = environment.slots[name] else { return false }
        values[slot] = value
        return true
    }

    /// Binds a declared variable by its place in the environment's list.
    public mutating func bind(slot: Int, _ value: CELValue) { values[slot] = value }

    /// Says what a function declared `late` gives in this evaluation.
    public mutating func bind(
        function name: String,
        _ body: @escaping @Sendable ([CELValue]) throws(CELError) -> CELValue
    ) { functions[name] = body }

    /// The values in the order of another environment's variables, found by name.
    func values(for other: CELEnvironment) -> [CELValue] {
        other.variables.map { variable in
            environment.slots[variable.name].map { values[$0] } ?? .unknown(.unbound)
        }
    }
}
