/// Reads the tokens of literals into values.
enum CELLiteral {
    /// A mistake inside a literal, relative to the source.
    struct Mistake: Error {
        let message: String
        let range: Range<Int>
    }

    static func int(_ token: CELToken, _ bytes: [UInt8], negative: Bool) -> CELValue? {
        let text = String(decoding: bytes[token.range], as: UTF8.self)
        let sign = negative ? "-" : ""
        if text.hasPrefix("0x") || text.hasPrefix("0X") {
            return Int64(sign + text.dropFirst(2), radix: 16).map { .int($0) }
        }
        return Int64(sign + text).map { .int($0) }
    }

    static func uint(_ token: CELToken, _ bytes: [UInt8]) -> CELValue? {
        let text = String(decoding: bytes[token.range].dropLast(), as: UTF8.self)
        if text.hasPrefix("0x") || text.hasPrefix("0X") {
            return UInt64(text.dropFirst(2), radix: 16).map { .uint($0) }
        }
        return UInt64(text).map { .uint($0) }
    }

    static func double(_ token: CELToken, _ bytes: [UInt8], negative: Bool) -> CELValue? {
        var text = String(decoding: bytes[token.range], as: UTF8.self)
        if text.hasPrefix(".") { text = "0" + text }
        return Double(text).map { .double(negative ? -$0 : $0) }
    }

    static func text(_ token: CELToken, _ bytes: [UInt8]) throws(Mistake) -> CELValue {
        var start = token.start
        var isRaw = false
        while bytes[start] != 0x22 && bytes[start] != 0x27 {
            if bytes[start] | 0x20 == 0x72 { isRaw = true }
            start += 1
        }
        let quote = bytes[start]
        let isTriple =
            token.end - start >= 6 && bytes[start + 1] == quote && bytes[start + 2] == quote
        let width = isTriple ? 3 : 1
        let body = (start + width)..<(token.end - width)
        let isBytes = token.kind == .bytes
        let content = isRaw ? Array(bytes[body]) : try unescaped(bytes, body, isBytes)
        return isBytes ? .bytes(content) : .string(String(decoding: content, as: UTF8.self))
    }

    private static func unescaped(
        _ bytes: [UInt8], _ body: Range<Int>, _ isBytes: Bool
    ) throws(Mistake) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(body.count)
        var i = body.lowerBound
        while i < body.upperBound {
            if bytes[i] == 0x5C {
                try escape(bytes, &i, body.upperBound, isBytes, &content)
            } else {
                content.append(bytes[i])
                i += 1
            }
        }
        return content
    }

    private static func escape(
        _ bytes: [UInt8], _ i: inout Int, _ end: Int, _ isBytes: Bool, _ content: inout [UInt8]
    ) throws(Mistake) {
        let start = i
        guard i + 1 < end else {
            throw Mistake(message: "the escape sequence is cut off", range: start..<end)
        }
        let letter = bytes[i + 1]
        i += 2
        func code(_ count: Int, _ radix: UInt32, from: Int) throws(Mistake) -> UInt32 {
            var value: UInt32 = 0
            for k in from..<(from + count) {
                guard k < end, let digit = Character(UnicodeScalar(bytes[k])).hexDigitValue,
                    digit < radix
                else {
                    throw Mistake(
                        message: "'\\\(UnicodeScalar(letter))' needs \(count) digits",
                        range: start..<min(k, end))
                }
                value = value &* radix &+ UInt32(digit)
            }
            i = from + count
            return value
        }
        switch letter {
        case UInt8(ascii: "a"): content.append(0x07)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "v"): content.append(0x0B)
        case 0x22, 0x27, 0x5C, 0x60, 0x3F: content.append(letter)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            append(try code(2, 16, from: i), isBytes, &content)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            append(try code(3, 8, from: i - 1), isBytes, &content)
        case UInt8(ascii: "u") where !isBytes, UInt8(ascii: "U") where !isBytes:
            let value = try code(letter == UInt8(ascii: "u") ? 4 : 8, 16, from: i)
            guard let scalar = UnicodeScalar(value) else {
                throw Mistake(message: "this escape is no Unicode character", range: start..<i)
            }
            content += Array(String(Character(scalar)).utf8)
        default:
            throw Mistake(message: "unknown escape sequence", range: start..<i)
        }
    }

    /// In bytes an escape is one byte, in text it is a code point.
    private static func append(_ code: UInt32, _ isBytes: Bool, _ content: inout [UInt8]) {
        if isBytes || code < 0x80 {
            content.append(UInt8(code))
        } else {
            content.append(UInt8(0xC0 | code >> 6))
            content.append(UInt8(0x80 | code & 0x3F))
        }
    }
}
