extension StandardFunctions {
    private static let numbers: [CELType] = [.int, .uint, .double]

    private static func perNumber(_ name: String, _ body: CELImplementation) -> CELFunction {
        CELFunction(
            name, numbers.map { CELOverload($0, result: $0) }, .math, .one, body)
    }

    private static func onDouble(
        _ name: String, _ body: @escaping @Sendable (Double) -> CELValue, _ result: CELType
    ) -> CELFunction {
        CELFunction(
            name, [CELOverload(.double, result: result)], .math, .one,
            .unary { value throws(CELError) in
                guard case .double(let number) = value else {
                    throw CELError.noOverload(name, [value])
                }
                return body(number)
            })
    }

    private static func extreme(_ name: String, _ wanted: NumericOrder) -> CELFunction {
        let pairs = numbers.flatMap { left in
            numbers.map { CELOverload([left, $0], left == $0 ? left : .dyn, isMember: false) }
        }
        let overloads =
            numbers.flatMap { [CELOverload($0, result: $0), CELOverload(.list($0), result: $0)] }
            + pairs
        return CELFunction(
            name, overloads, .math, .traversal,
            .variadic { values throws(CELError) in
                var candidates = values
                if values.count == 1, case .list(let items) = values[0] { candidates = items }
                guard var best = candidates.first else {
                    throw CELError(.invalidArgument, "\(name)() of an empty list")
                }
                for candidate in candidates {
                    let order = numericOrder(candidate, best)
                    if order == .none { throw CELError.noOverload(name, values) }
                    if order == wanted { best = candidate }
                }
                return best
            })
    }

    static let mathematics: [CELFunction] = [
        extreme("math.greatest", .greater),
        extreme("math.least", .less),
        onDouble("math.ceil", { .double($0.rounded(.up)) }, .double),
        onDouble("math.floor", { .double($0.rounded(.down)) }, .double),
        onDouble("math.round", { .double($0.rounded()) }, .double),
        onDouble("math.trunc", { .double($0.rounded(.towardZero)) }, .double),
        onDouble("math.isNaN", { .bool($0.isNaN) }, .bool),
        onDouble("math.isInf", { .bool($0.isInfinite) }, .bool),
        onDouble("math.isFinite", { .bool($0.isFinite) }, .bool),
        perNumber("math.abs", .unary(absolute)),
        perNumber("math.sign", .unary(sign)),
        CELFunction(
            "math.sqrt", numbers.map { CELOverload($0, result: .double) }, .math, .one,
            .unary { value throws(CELError) in
                switch value {
                case .double(let number): return .double(number.squareRoot())
                case .int(let number): return .double(Double(number).squareRoot())
                case .uint(let number): return .double(Double(number).squareRoot())
                default: throw CELError.noOverload("math.sqrt", [value])
                }
            }),
    ]

    @Sendable private static func absolute(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .double(let number): return .double(number.magnitude)
        case .uint: return value
        case .int(.min): throw CELError(.overflow, "int overflow: math.abs(\(Int64.min))")
        case .int(let number): return .int(abs(number))
        default: throw CELError.noOverload("math.abs", [value])
        }
    }

    @Sendable private static func sign(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .double(let number):
            return .double(number > 0 ? 1 : number < 0 ? -1 : number.isNaN ? number : 0)
        case .uint(let number): return .uint(number > 0 ? 1 : 0)
        case .int(let number): return .int(number.signum())
        default: throw CELError.noOverload("math.sign", [value])
        }
    }
}

// MARK: - Bits

extension StandardFunctions {
    private static func bitwise(
        _ name: String, _ onInt: @escaping @Sendable (Int64, Int64) -> Int64,
        _ onUInt: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> CELFunction {
        CELFunction(
            name,
            [CELOverload(.int, .int, result: .int), CELOverload(.uint, .uint, result: .uint)],
            .math, .one,
            .binary { left, right throws(CELError) in
                switch (left, right) {
                case (.int(let a), .int(let b)): return .int(onInt(a, b))
                case (.uint(let a), .uint(let b)): return .uint(onUInt(a, b))
                default: throw CELError.noOverload(name, [left, right])
                }
            })
    }

    private static func shift(
        _ name: String, _ body: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> CELFunction {
        CELFunction(
            name, [CELOverload(.int, .int, result: .int), CELOverload(.uint, .int, result: .uint)],
            .math, .one,
            .binary { value, count throws(CELError) in
                guard case .int(let places) = count else {
                    throw CELError.noOverload(name, [value, count])
                }
                guard places >= 0 else {
                    throw CELError(.invalidArgument, "\(name)() by a negative count: \(places)")
                }
                switch value {
                case .int(let bits):
                    return .int(Int64(bitPattern: body(UInt64(bitPattern: bits), UInt64(places))))
                case .uint(let bits): return .uint(body(bits, UInt64(places)))
                default: throw CELError.noOverload(name, [value, count])
                }
            })
    }

    static let bits: [CELFunction] = [
        bitwise("math.bitAnd", { $0 & $1 }, { $0 & $1 }),
        bitwise("math.bitOr", { $0 | $1 }, { $0 | $1 }),
        bitwise("math.bitXor", { $0 ^ $1 }, { $0 ^ $1 }),
        shift("math.bitShiftLeft") { $0 << $1 },
        shift("math.bitShiftRight") { $0 >> $1 },
        CELFunction(
            "math.bitNot",
            [CELOverload(.int, result: .int), CELOverload(.uint, result: .uint)], .math, .one,
            .unary { value throws(CELError) in
                switch value {
                case .int(let bits): return .int(~bits)
                case .uint(let bits): return .uint(~bits)
                default: throw CELError.noOverload("math.bitNot", [value])
                }
            }),
    ]
}
