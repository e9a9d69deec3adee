extension StandardFunctions {
    static let encoders: [CELFunction] = [
        global(
            "base64.encode", .encoders, [[.bytes]], .string,
            .unary { value throws(CELError) in
                guard case .bytes(let bytes) = value else {
                    throw CELError.noOverload("base64.encode", [value])
                }
                return .string(base64(bytes))
            }),
        global(
            "base64.decode", .encoders, [[.string]], .bytes,
            .unary { value throws(CELError) in
                guard case .string(let text) = value else {
                    throw CELError.noOverload("base64.decode", [value])
                }
                guard let bytes = bytes(base64: text) else {
                    throw CELError(.invalidArgument, "\(value.summary()) is no base64 text")
                }
                return .bytes(bytes)
            }),
    ]

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var i = 0
        while i < bytes.count {
            let taken = min(3, bytes.count - i)
            var group = 0
            for k in 0..<3 { group = group << 8 | (k < taken ? Int(bytes[i + k]) : 0) }
            for k in 0..<4 {
                text.append(k <= taken ? alphabet[group >> (18 - 6 * k) & 63] : UInt8(ascii: "="))
            }
            i += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes standard base64; the padding may be left out.
    static func bytes(base64 text: String) -> [UInt8]? {
        var digits = Array(text.utf8)
        if digits.count % 4 == 0 {
            for _ in 0..<2 where digits.last == UInt8(ascii: "=") { digits.removeLast() }
        }
        guard digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * 3 / 4)
        var group = 0
        var count = 0
        for digit in digits {
            guard let value = value(digit) else { return nil }
            group = group << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(group >> count & 0xFF))
            }
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> Int? {
        switch digit {
        case 0x41...0x5A: Int(digit - 0x41)
        case 0x61...0x7A: Int(digit - 0x61) + 26
        case 0x30...0x39: Int(digit - 0x30) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
