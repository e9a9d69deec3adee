extension CELValue: CustomStringConvertible {
    /// The value as CEL source would write it, as far as it has a literal form.
    public var description: String {
        var text = ""
        write(into: &text, depth: 0)
        return text
    }

    /// The description cut to at most that many code points, with `…` where it was cut.
    public func summary(_ bound: Int = 60) -> String {
        let text = description
        let scalars = text.unicodeScalars
        guard
            let cut = scalars.index(
                scalars.startIndex, offsetBy: bound, limitedBy: scalars.endIndex),
            cut != scalars.endIndex
        else { return text }
        return String(scalars[..<cut]) + "…"
    }

    private func write(into text: inout String, depth: Int) {
        guard depth < 64 else {
            text += "…"
            return
        }
        switch self {
        case .null: text += "null"
        case .bool(let truth): text += truth ? "true" : "false"
        case .int(let number): text += String(number)
        case .uint(let number): text += "\(number)u"
        case .double(let number): text += Self.literal(number)
        case .string(let string): text += quoted(string)
        case .bytes(let bytes): text += "b" + Self.quotedBytes(bytes)
        case .timestamp(let time): text += "timestamp(\"\(time)\")"
        case .duration(let duration): text += "duration(\"\(duration)\")"
        case .list(let items): Self.write(items, into: &text, depth: depth)
        case .map, .object: writeEntries(into: &text, depth: depth)
        case .optional(let optional):
            guard let value = optional.value else {
                text += "optional.none()"
                return
            }
            text += "optional.of("
            value.write(into: &text, depth: depth + 1)
            text += ")"
        case .type(let type): text += type.name
        case .opaque(let value): text += value.text
        case .unknown(let unknown):
            text += "unknown(" + unknown.paths.joined(separator: ", ") + ")"
        }
    }

    private static func write(_ items: [CELValue], into text: inout String, depth: Int) {
        text += "["
        for (i, item) in items.enumerated() {
            if i > 0 { text += ", " }
            if text.utf8.count > 100_000 {
                text += "…]"
                return
            }
            item.write(into: &text, depth: depth + 1)
        }
        text += "]"
    }

    private func writeEntries(into text: inout String, depth: Int) {
        text += "{"
        for (i, key) in (mapKeys ?? []).enumerated() {
            if i > 0 { text += ", " }
            if text.utf8.count > 100_000 {
                text += "…}"
                return
            }
            key.write(into: &text, depth: depth + 1)
            text += ": "
            entry(key)?.write(into: &text, depth: depth + 1)
        }
        text += "}"
    }

    private static func literal(_ number: Double) -> String {
        guard number.isFinite else {
            return number.isNaN ? "double(\"NaN\")" : "double(\"\(number < 0 ? "-" : "")Infinity\")"
        }
        let text = shortestText(number, threshold: 21)
        return text.utf8.contains { $0 == 0x2E || $0 == 0x65 } ? text : text + ".0"
    }

    private static func quotedBytes(_ bytes: [UInt8]) -> String {
        var text = "\""
        for byte in bytes {
            switch byte {
            case 0x22, 0x5C: text += "\\" + String(UnicodeScalar(byte))
            case 0x20...0x7E: text.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16)
                text += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            }
        }
        return text + "\""
    }
}

/// The text in double quotes with CEL's escapes; printable characters stay as they are.
func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
        switch scalar {
        case "\u{7}": text += "\\a"
        case "\u{8}": text += "\\b"
        case "\u{C}": text += "\\f"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case "\u{B}": text += "\\v"
        case "\\": text += "\\\\"
        case "\"": text += "\\\""
        default: text.unicodeScalars.append(scalar)
        }
    }
    return text + "\""
}

extension CELValue {
    /// The value's type at run time.
    public var typeName: CELTypeName {
        switch self {
        case .null: CELTypeName("null_type")
        case .bool: CELTypeName("bool")
        case .int: CELTypeName("int")
        case .uint: CELTypeName("uint")
        case .double: CELTypeName("double")
        case .string: CELTypeName("string")
        case .bytes: CELTypeName("bytes")
        case .timestamp: CELTypeName("google.protobuf.Timestamp")
        case .duration: CELTypeName("google.protobuf.Duration")
        case .list: CELTypeName("list")
        case .map, .object: CELTypeName("map")
        case .optional: CELTypeName("optional_type")
        case .type: CELTypeName("type")
        case .opaque(let value): value.typeName
        case .unknown: CELTypeName("unknown")
        }
    }
}

/// The shortest decimal text that reads back as the same double, in C's `%g` form: with an exponent
/// below 1e-4 and from ten to the power of `threshold`, which is 6 in what `string(x)` gives.
func shortestText(_ number: Double, threshold: Int = 6) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    if number == 0 { return number.sign == .minus ? "-0" : "0" }
    let (negative, digits, exponent) = decimalParts(number)
    let sign = negative ? "-" : ""
    if exponent < -4 || exponent >= threshold {
        let fraction = digits.count > 1 ? "." + String(decoding: digits[1...], as: UTF8.self) : ""
        let power = String(exponent.magnitude)
        return sign + String(UnicodeScalar(digits[0])) + fraction + "e"
            + (exponent < 0 ? "-" : "+") + (power.utf8.count < 2 ? "0" : "") + power
    }
    var text: [UInt8] = []
    if exponent < 0 {
        text += Array("0.".utf8) + [UInt8](repeating: 0x30, count: -exponent - 1) + digits
    } else {
        text += digits.prefix(exponent + 1)
        text += [UInt8](repeating: 0x30, count: max(0, exponent + 1 - digits.count))
        if digits.count > exponent + 1 { text += [0x2E] + digits[(exponent + 1)...] }
    }
    return sign + String(decoding: text, as: UTF8.self)
}

/// Sign, significant digits (shortest, no trailing zeros) and decimal exponent of the first digit.
private func decimalParts(_ number: Double) -> (Bool, [UInt8], Int) {
    var digits: [UInt8] = []
    var exponent = 0
    var pointAt: Int?
    var bytes = Array(number.magnitude.description.utf8)[...]
    if let e = bytes.firstIndex(where: { $0 == 0x65 || $0 == 0x45 }) {
        exponent = Int(String(decoding: bytes[(e + 1)...], as: UTF8.self)) ?? 0
        bytes = bytes[..<e]
    }
    for byte in bytes {
        if byte == 0x2E { pointAt = digits.count } else { digits.append(byte) }
    }
    exponent += (pointAt ?? digits.count) - 1
    let leading = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(leading)
    exponent -= leading
    while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
    return (number.sign == .minus, digits, exponent)
}
