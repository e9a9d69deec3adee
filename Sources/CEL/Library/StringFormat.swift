#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension StandardFunctions {
    /// `text.format(arguments)`: the clauses `%s %d %f %e %b %o %x %X %%`, the middle two with a
    /// precision.
    @Sendable static func format(
        _ value: CELValue, _ arguments: CELValue
    ) throws(CELError) -> CELValue {
        guard case .string(let text) = value, case .list(let items) = arguments else {
            throw CELError.noOverload("format", [value, arguments])
        }
        var result = ""
        var used = 0
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let (precision, clause) = try clause(&scalars)
            if clause == "%" {
                result += "%"
                continue
            }
            guard used < items.count else {
                throw CELError(.invalidArgument, "no argument for clause \(used + 1) of the format")
            }
            result += try formatted(items[used], clause, precision)
            used += 1
            try checkSize(result.utf8.count, 0, 0)
        }
        guard used == items.count else {
            throw CELError(
                .invalidArgument, "the format has \(used) clauses for \(items.count) arguments")
        }
        return .string(result)
    }

    private static func clause(
        _ scalars: inout Substring.UnicodeScalarView
    ) throws(CELError) -> (Int?, Unicode.Scalar) {
        var precision: Int?
        if scalars.first == "." {
            scalars.removeFirst()
            var digits = 0
            while let digit = scalars.first, digit.value >= 0x30, digit.value <= 0x39, digits < 1000
            {
                digits = digits * 10 + Int(digit.value - 0x30)
                scalars.removeFirst()
            }
            precision = digits
        }
        guard let clause = scalars.popFirst() else {
            throw CELError(.invalidArgument, "the format ends inside a clause")
        }
        guard "sdfeboxX%".unicodeScalars.contains(clause) else {
            throw CELError(
                .invalidArgument,
                "unrecognized formatting clause \(quoted(String(Character(clause))))")
        }
        guard precision.map({ $0 <= 100 && (clause == "f" || clause == "e") }) ?? true else {
            throw CELError(.invalidArgument, "a precision up to 100 may stand in %f and %e only")
        }
        return (precision, clause)
    }

    private static func formatted(
        _ value: CELValue, _ clause: Unicode.Scalar, _ precision: Int?
    ) throws(CELError) -> String {
        switch clause {
        case "s":
            var text = ""
            try plain(value, into: &text)
            return text
        case "d": return try decimal(value)
        case "f": return try floating(value, "f", precision ?? 6)
        case "e": return try floating(value, "e", precision ?? 6)
        case "b": return try digits(value, 2, "binary")
        case "o": return try digits(value, 8, "octal")
        default: return try hexadecimal(value, uppercase: clause == "X")
        }
    }

    private static func refused(_ clause: String, _ takes: String, _ value: CELValue) -> CELError {
        CELError(
            .invalidArgument,
            "the \(clause) clause takes \(takes), found \(value.typeName.name)")
    }

    /// Text as `%s` shows it: no quotes, map entries in the order of their keys' texts.
    private static func plain(_ value: CELValue, into text: inout String) throws(CELError) {
        try checkSize(text.utf8.count, 0, 0)
        switch value {
        case .string(let string): text += string
        case .bytes(let bytes): text += String(decoding: bytes, as: UTF8.self)
        case .double(let number): text += number.isFinite ? shortestText(number) : special(number)
        case .uint(let number): text += String(number)
        case .timestamp(let moment): text += moment.description
        case .duration(let span): text += span.description
        case .list(let items):
            text += "["
            for (i, item) in items.enumerated() {
                if i > 0 { text += ", " }
                try plain(item, into: &text)
            }
            text += "]"
        case .map, .object: try plainEntries(value, into: &text)
        case .null, .bool, .int, .type: text += value.description
        case .opaque(let opaque): text += opaque.text
        case .optional, .unknown:
            throw refused("string", "strings, bools, numbers, lists, maps, types, times", value)
        }
    }

    private static func plainEntries(_ value: CELValue, into text: inout String) throws(CELError) {
        var entries: [(key: String, value: CELValue)] = []
        for key in value.mapKeys ?? [] {
            var name = ""
            try plain(key, into: &name)
            entries.append((name, value.entry(key) ?? .null))
        }
        entries.sort { compareText($0.key, $1.key) < 0 }
        text += "{"
        for (i, entry) in entries.enumerated() {
            if i > 0 { text += ", " }
            text += entry.key + ": "
            try plain(entry.value, into: &text)
        }
        text += "}"
    }

    private static func special(_ number: Double) -> String {
        number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity"
    }

    private static func decimal(_ value: CELValue) throws(CELError) -> String {
        switch value {
        case .int(let number): return String(number)
        case .uint(let number): return String(number)
        case .double(let number) where !number.isFinite:
            return special(number)
        default: throw refused("decimal", "integers", value)
        }
    }

    private static func digits(
        _ value: CELValue, _ radix: Int, _ clause: String
    ) throws(CELError) -> String {
        switch value {
        case .int(let number): return String(number, radix: radix)
        case .uint(let number): return String(number, radix: radix)
        case .bool(let truth) where radix == 2: return truth ? "1" : "0"
        default: throw refused(clause, radix == 2 ? "integers and bools" : "integers", value)
        }
    }

    private static func hexadecimal(
        _ value: CELValue, uppercase: Bool
    ) throws(CELError) -> String {
        switch value {
        case .int(let number): return String(number, radix: 16, uppercase: uppercase)
        case .uint(let number): return String(number, radix: 16, uppercase: uppercase)
        case .string(let text): return hexadecimal(Array(text.utf8), uppercase)
        case .bytes(let bytes): return hexadecimal(bytes, uppercase)
        default: throw refused("hexadecimal", "integers, bytes and strings", value)
        }
    }

    private static func hexadecimal(_ bytes: [UInt8], _ uppercase: Bool) -> String {
        let digits = Array((uppercase ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        var text: [UInt8] = []
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    private static func floating(
        _ value: CELValue, _ clause: String, _ precision: Int
    ) throws(CELError) -> String {
        let number: Double
        switch value {
        case .double(let given): number = given
        case .int(let given): number = Double(given)
        case .uint(let given): number = Double(given)
        default:
            throw refused(clause == "f" ? "fixed-point" : "scientific", "numbers", value)
        }
        if !number.isFinite { return special(number) }
        var buffer = [CChar](repeating: 0, count: 512)
        let count = withVaList([Int32(precision), number]) {
            vsnprintf(&buffer, buffer.count, "%.*" + clause, $0)
        }
        return String(decoding: buffer[..<Int(count)].map { UInt8($0) }, as: UTF8.self)
    }
}
