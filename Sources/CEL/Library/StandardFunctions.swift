/// Every function of the language and its extension libraries, by name.
enum StandardFunctions {
    static let all: [String: CELFunction] = {
        let groups: [[CELFunction]] = [
            core, conversions, calendar, strings, mathematics, bits, encoders, network, lists, sets,
            optionals,
        ]
        var functions: [String: CELFunction] = [:]
        for function in groups.joined() {
            let before = functions.updateValue(function, forKey: function.name)
            precondition(before == nil, "two functions of one name")
        }
        return functions
    }()

    /// A function of the caller's library with member overloads only.
    static func member(
        _ name: String, _ library: CELLibrary, _ target: CELType, _ parameters: [[CELType]],
        _ result: CELType, _ implementation: CELImplementation
    ) -> CELFunction {
        CELFunction(
            name, parameters.map { CELOverload([target] + $0, result, isMember: true) }, library,
            .traversal, implementation)
    }

    static func global(
        _ name: String, _ library: CELLibrary, _ parameters: [[CELType]], _ result: CELType,
        _ implementation: CELImplementation
    ) -> CELFunction {
        CELFunction(
            name, parameters.map { CELOverload($0, result, isMember: false) }, library, .traversal,
            implementation)
    }
}

// MARK: - Core

extension StandardFunctions {
    private static let anyList = CELType.list(.parameter("T"))
    private static let anyMap = CELType.map(.parameter("K"), .parameter("V"))

    static let core: [CELFunction] = [
        CELFunction(
            "size",
            [CELType.string, .bytes, anyList, anyMap].flatMap { type in
                [true, false].map { CELOverload([type], .int, isMember: $0) }
            }, .standard, .one, .unary(size)),
        member("startsWith", .standard, .string, [[.string]], .bool, .binary(special)),
        member("endsWith", .standard, .string, [[.string]], .bool, .binary(special)),
        member("contains", .standard, .string, [[.string]], .bool, .binary(special)),
        CELFunction(
            "matches",
            [true, false].map { CELOverload([.string, .string], .bool, isMember: $0) }, .standard,
            .one, .binary(special)),
        CELFunction(
            "dyn", [CELOverload(.parameter("T"), result: .dyn)], .standard, .one,
            .unary { value throws(CELError) in value }),
        CELFunction(
            "type", [CELOverload(.parameter("T"), result: .type(.parameter("T")))], .standard, .one,
            .unary { value throws(CELError) in .type(value.typeName) }),
    ]

    /// These have nodes of their own and never come here.
    @Sendable private static func special(
        _ text: CELValue, _ part: CELValue
    ) throws(CELError) -> CELValue { throw CELError.noOverload("text test", [text, part]) }

    @Sendable private static func size(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .string(let text): return .int(Int64(codePointCount(text)))
        case .bytes(let bytes): return .int(Int64(bytes.count))
        case .list(let items): return .int(Int64(items.count))
        case .map, .object: return .int(Int64(value.entryCount ?? 0))
        default: throw CELError.noOverload("size", [value])
        }
    }
}
