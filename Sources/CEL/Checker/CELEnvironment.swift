/// What an expression may name: variables with their types, functions, a container and libraries.
///
/// Immutable; programs and activations refer to its variables by their place.
public final class CELEnvironment: Sendable {
    /// How strictly the checker treats comparisons between int, uint and double.
    public enum NumericComparisons: Sendable {
        /// Both sides must have the same type, as in CEL by default.
        case strict
        /// Comparisons across the three types are allowed.
        case cross
    }

    /// The declared variables in their order; names may be dotted.
    public let variables: [(name: String, type: CELType)]
    /// Where names are looked up first, outwards: `a.b` tries `a.b.x`, `a.x`, `x`.
    public let container: String
    /// Which libraries are on.
    public let libraries: Set<CELLibrary>
    /// How comparisons across number types are checked.
    public let numericComparisons: NumericComparisons
    let ownFunctions: [CELFunction]
    let slots: [String: Int]
    let dottedRoots: Set<String>
    private let own: [String: [CELFunction]]
    private let memberNames: Set<String>

    /// An environment with these variables and functions.
    public init(
        variables: [(name: String, type: CELType)] = [], functions: [CELFunction] = [],
        container: String = "", libraries: Set<CELLibrary> = Set(CELLibrary.allCases),
        numericComparisons: NumericComparisons = .strict
    ) {
        self.variables = variables
        self.container = container
        self.libraries = libraries.union([.standard, .caller])
        self.numericComparisons = numericComparisons
        ownFunctions = functions
        var slots: [String: Int] = [:]
        for (slot, variable) in variables.enumerated() { slots[variable.name] = slot }
        self.slots = slots
        dottedRoots = Set(
            (variables.map(\.name) + CELTypeNames.all.keys).filter { $0.utf8.contains(0x2E) }
                .map { String($0.prefix { $0 != "." }) })
        own = Dictionary(grouping: functions) { $0.name }
        memberNames = Set(functions.filter { $0.overloads.contains(where: \.isMember) }.map(\.name))
    }

    /// The same environment with more variables and functions.
    public func extended(
        variables more: [(name: String, type: CELType)] = [], functions: [CELFunction] = []
    ) -> CELEnvironment {
        CELEnvironment(
            variables: variables + more, functions: ownFunctions + functions, container: container,
            libraries: libraries, numericComparisons: numericComparisons)
    }

    /// The functions of that name, the caller's first.
    func functions(named name: String) -> [CELFunction] {
        let own = own[name] ?? []
        guard let standard = StandardFunctions.all[name], libraries.contains(standard.library)
        else { return own }
        return own + [standard]
    }

    func hasFunction(named name: String) -> Bool { !functions(named: name).isEmpty }

    /// Every function name, for suggestions.
    var functionNames: [String] {
        let standard = StandardFunctions.all.values.filter { libraries.contains($0.library) }
        return own.keys + standard.map(\.name)
    }

    /// The names to try for a name in the container, the nearest first.
    func candidates(for name: String) -> [String] {
        if name.hasPrefix(".") { return [String(name.dropFirst())] }
        guard !container.isEmpty else { return [name] }
        var parts = container.split(separator: ".")
        var names: [String] = []
        while !parts.isEmpty {
            names.append(parts.joined(separator: ".") + "." + name)
            parts.removeLast()
        }
        return names + [name]
    }
}

/// The names of types that are values.
enum CELTypeNames {
    static let all: [String: CELType] = [
        "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string,
        "bytes": .bytes, "null_type": .null, "type": .type(nil), "list": .list(.dyn),
        "map": .map(.dyn, .dyn), "google.protobuf.Timestamp": .timestamp,
        "google.protobuf.Duration": .duration, "optional_type": .optional(.dyn),
        "net.IP": .opaque("net.IP", []), "net.CIDR": .opaque("net.CIDR", []),
    ]
}
