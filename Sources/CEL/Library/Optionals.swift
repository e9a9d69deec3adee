extension StandardFunctions {
    private static let any = CELType.parameter("T")
    private static let anyOptional = CELType.optional(.parameter("T"))

    static let optionals: [CELFunction] = [
        global(
            "optional.of", .optionals, [[any]], anyOptional,
            .unary { value throws(CELError) in .optional(CELOptional(value)) }),
        global(
            "optional.none", .optionals, [[]], anyOptional,
            .nullary { () throws(CELError) in .optional(.none) }),
        global(
            "optional.ofNonZeroValue", .optionals, [[any]], anyOptional,
            .unary { value throws(CELError) in
                .optional(isZero(value) ? .none : CELOptional(value))
            }),
        member("hasValue", .optionals, anyOptional, [[]], .bool, .unary(hasValue)),
        member("value", .optionals, anyOptional, [[]], any, .unary(value)),
        member("or", .optionals, anyOptional, [[anyOptional]], anyOptional, .binary(late)),
        member("orValue", .optionals, anyOptional, [[any]], any, .binary(late)),
        global("optional.unwrap", .optionals, [[.list(anyOptional)]], .list(any), .unary(unwrap)),
        member("unwrapOpt", .optionals, .list(anyOptional), [[]], .list(any), .unary(unwrap)),
    ]

    /// `or` and `orValue` have a node of their own.
    @Sendable private static func late(
        _ left: CELValue, _ right: CELValue
    ) throws(CELError) -> CELValue { throw CELError.noOverload("or", [left, right]) }

    @Sendable private static func hasValue(_ value: CELValue) throws(CELError) -> CELValue {
        guard case .optional(let optional) = value else {
            throw CELError.noOverload("hasValue", [value])
        }
        return .bool(optional.value != nil)
    }

    @Sendable private static func value(_ value: CELValue) throws(CELError) -> CELValue {
        guard case .optional(let optional) = value else {
            throw CELError.noOverload("value", [value])
        }
        guard let inner = optional.value else {
            throw CELError(.invalidArgument, "the optional has no value")
        }
        return inner
    }

    @Sendable private static func unwrap(_ value: CELValue) throws(CELError) -> CELValue {
        guard case .list(let items) = value else { throw CELError.noOverload("unwrap", [value]) }
        var kept: [CELValue] = []
        for item in items {
            guard case .optional(let optional) = item else {
                throw CELError.noOverload("unwrap", [item])
            }
            if let inner = optional.value { kept.append(inner) }
        }
        return .list(kept)
    }

    private static func isZero(_ value: CELValue) -> Bool {
        switch value {
        case .null: true
        case .bool(let truth): !truth
        case .int(let number): number == 0
        case .uint(let number): number == 0
        case .double(let number): number == 0
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .timestamp(let moment): moment.seconds == 0 && moment.nanos == 0
        case .duration(let span): span.nanoseconds == 0
        case .list(let items): items.isEmpty
        case .map, .object: value.entryCount == 0
        case .optional(let optional): optional.value == nil
        case .type, .opaque, .unknown: false
        }
    }
}
