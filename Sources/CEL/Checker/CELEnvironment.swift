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
    let slots: [String: Int]
    let dottedRoots: Set<String>
    private let functions: Functions

    /// The caller's functions by name, shared with environments that only add variables.
    private final class Functions: Sendable {
        let all: [CELFunction]
        let byName: [String: [CELFunction]]

        init(_ all: [CELFunction]) {
            self.all = all
            byName = Dictionary(grouping: all) { $0.name }
        }
    }

    /// An environment with these variables and functions.
    public convenience init(
        variables: [(name: String, type: CELType)] = [], functions: [CELFunction] = [],
        container: String = "", libraries: Set<CELLibrary> = Set(CELLibrary.allCases),
        numericComparisons: NumericComparisons = .strict
    ) {
        self.init(
            variables, Functions(functions), container, libraries.union([.standard, .caller]),
            numericComparisons)
    }

    private init(
        _ variables: [(name: String, type: CELType)], _ functions: Functions, _ container: String,
        _ libraries: Set<CELLibrary>, _ numericComparisons: NumericComparisons
    ) {
        self.variables = variables
        self.container = container
        self.libraries = libraries
        self.numericComparisons = numericComparisons
        self.functions = functions
        slots = Dictionary(
            variables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { _, last in last })
        let dotted = variables.lazy.map(\.name).filter { $0.utf8.contains(0x2E) }
        dottedRoots = CELTypeNames.roots.union(dotted.map { String($0.prefix { $0 != "." }) })
    }

    /// The same environment with more variables and functions.
    public func extended(
        variables more: [(name: String, type: CELType)] = [], functions: [CELFunction] = []
    ) -> CELEnvironment {
        CELEnvironment(
            variables + more,
            functions.isEmpty ? self.functions : Functions(self.functions.all + functions),
            container, libraries, numericComparisons)
    }

    /// The functions of that name, the caller's first.
    func functions(named name: String) -> [CELFunction] {
        let own = functions.byName[name] ?? []
        guard let standard = StandardFunctions.all[name], libraries.contains(standard.library)
        else { return own }
        return own + [standard]
    }

    func hasFunction(named name: String) -> Bool { !functions(named: name).isEmpty }

    /// Every function name, for suggestions.
    var functionNames: [String] {
        let standard = StandardFunctions.all.values.filter { libraries.contains($0.library) }
        return functions.byName.keys + standard.map(\.name)
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
    /// What stands before the first dot of dotted ones.
    static let roots = Set(
        all.keys.filter { $0.utf8.contains(0x2E) }.map { String($0.prefix { $0 != "." }) })

    static let all: [String: CELType] = [
        "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string,
        "bytes": .bytes, "null_type": .null, "type": .type(nil), "list": .list(.dyn),
        "map": .map(.dyn, .dyn), "google.protobuf.Timestamp": .timestamp,
        "google.protobuf.Duration": .duration, "optional_type": .optional(.dyn),
        "net.IP": .opaque("net.IP", []), "net.CIDR": .opaque("net.CIDR", []),
    ]
}
