extension StandardFunctions {
    private static func conversion(
        _ name: String, _ from: [CELType], _ to: CELType,
        _ body: @escaping @Sendable (CELValue) throws(CELError) -> CELValue
    ) -> CELFunction {
        CELFunction(
            name, from.map { CELOverload([$0], to, isMember: false) }, .standard, .traversal,
            .unary(body))
    }

    static let conversions: [CELFunction] = [
        conversion("int", [.int, .uint, .double, .string, .timestamp], .int, int),
        conversion("uint", [.uint, .int, .double, .string], .uint, uint),
        conversion("double", [.double, .int, .uint, .string], .double, double),
        conversion("bool", [.bool, .string], .bool, bool),
        conversion(
            "string",
            [
                .string, .bool, .int, .uint, .double, .bytes, .timestamp, .duration,
                .opaque("net.IP", []), .opaque("net.CIDR", []),
            ], .string, string),
        conversion("bytes", [.bytes, .string], .bytes, bytes),
        conversion("timestamp", [.timestamp, .string, .int], .timestamp, timestamp),
        conversion("duration", [.duration, .string], .duration, duration),
    ]

    private static func refused(_ name: String, _ value: CELValue) -> CELError {
        switch value {
        case .int, .uint, .double:
            CELError(.outOfRange, "\(name)(\(value)) is out of range")
        default: CELError(.invalidArgument, "\(value.summary()) is no \(name)")
        }
    }

    @Sendable private static func int(_ value: CELValue) throws(CELError) -> CELValue {
        let result: Int64?
        switch value {
        case .int: return value
        case .uint(let number): result = Int64(exactly: number)
        case .double(let number):
            let isInside = number > -0x1p63 && number < 0x1p63
            result = isInside ? Int64(number) : nil
        case .string(let text): result = Int64(text)
        case .timestamp(let time): result = time.seconds
        default: throw CELError.noOverload("int", [value])
        }
        guard let result else { throw refused("int", value) }
        return .int(result)
    }

    @Sendable private static func uint(_ value: CELValue) throws(CELError) -> CELValue {
        let result: UInt64?
        switch value {
        case .uint: return value
        case .int(let number): result = UInt64(exactly: number)
        case .double(let number):
            result = number >= 0 && number < 0x1p64 ? UInt64(number) : nil
        case .string(let text):
            let isSigned = text.utf8.first == 0x2B || text.utf8.first == 0x2D
            result = isSigned ? nil : UInt64(text)
        default: throw CELError.noOverload("uint", [value])
        }
        guard let result else { throw refused("uint", value) }
        return .uint(result)
    }

    @Sendable private static func double(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .double: return value
        case .int(let number): return .double(Double(number))
        case .uint(let number): return .double(Double(number))
        case .string(let text):
            guard let number = Double(text) else { throw refused("double", value) }
            return .double(number)
        default: throw CELError.noOverload("double", [value])
        }
    }

    @Sendable private static func bool(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .bool: return value
        case .string("1"), .string("t"), .string("T"), .string("true"), .string("TRUE"),
            .string("True"):
            return .bool(true)
        case .string("0"), .string("f"), .string("F"), .string("false"), .string("FALSE"),
            .string("False"):
            return .bool(false)
        case .string: throw refused("bool", value)
        default: throw CELError.noOverload("bool", [value])
        }
    }

    @Sendable private static func string(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .string: return value
        case .bool(let truth): return .string(truth ? "true" : "false")
        case .int(let number): return .string(String(number))
        case .uint(let number): return .string(String(number))
        case .double(let number): return .string(shortestText(number))
        case .timestamp(let time): return .string(time.description)
        case .duration(let span): return .string(span.description)
        case .opaque(let opaque): return .string(opaque.text)
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CELError(.invalidArgument, "the bytes are no valid UTF-8")
            }
            return .string(text)
        default: throw CELError.noOverload("string", [value])
        }
    }

    @Sendable private static func bytes(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .bytes: return value
        case .string(let text): return .bytes(Array(text.utf8))
        default: throw CELError.noOverload("bytes", [value])
        }
    }

    @Sendable private static func timestamp(_ value: CELValue) throws(CELError) -> CELValue {
        let result: CELTimestamp?
        switch value {
        case .timestamp: return value
        case .string(let text): result = CELTimestamp(text)
        case .int(let seconds): result = CELTimestamp(seconds: seconds)
        default: throw CELError.noOverload("timestamp", [value])
        }
        guard let result else { throw refused("timestamp", value) }
        return .timestamp(result)
    }

    @Sendable private static func duration(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .duration: return value
        case .string(let text):
            guard let span = CELDuration(text) else { throw refused("duration", value) }
            return .duration(span)
        default: throw CELError.noOverload("duration", [value])
        }
    }
}
