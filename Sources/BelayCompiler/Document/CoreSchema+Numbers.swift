import JSON

extension CoreSchema {
    /// A number in the core schema's notation: decimal, `0o17`, `0xff`, or with fraction or exponent.
    static func number(_ bytes: [UInt8]) -> JSONValue? {
        guard let first = bytes.first, isDigit(first) || "+-.".utf8.contains(first) else {
            return nil
        }
        if let value = based(bytes) { return value }
        let form = NumberForm(bytes)
        guard form.matches else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        if form.isInteger {
            if let value = Int64(text) { return .integer(value) }
            return .bignum(canonicalInteger(bytes))
        }
        let padded = padded(bytes)
        guard let value = Double(padded), value.isFinite else { return nil }
        return .number(value)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func based(_ bytes: [UInt8]) -> JSONValue? {
        guard bytes.count > 2, bytes[0] == UInt8(ascii: "0") else { return nil }
        let digits = String(decoding: bytes[2...], as: UTF8.self)
        guard !digits.hasPrefix("+"), !digits.hasPrefix("-") else { return nil }
        switch bytes[1] {
        case UInt8(ascii: "o"): return Int64(digits, radix: 8).map { .integer($0) }
        case UInt8(ascii: "x"): return Int64(digits, radix: 16).map { .integer($0) }
        default: return nil
        }
    }

    /// Digits without leading zeros and plus sign, as JSON writes them.
    private static func canonicalInteger(_ bytes: [UInt8]) -> String {
        let sign = bytes[0] == UInt8(ascii: "-") ? "-" : ""
        let digits = bytes.drop { !isDigit($0) }.drop { $0 == UInt8(ascii: "0") }
        return sign + String(decoding: digits, as: UTF8.self)
    }

    /// Swift reads neither `.5` nor `1.`: zeros are put where digits are missing.
    private static func padded(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        for (place, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "."), !(out.last.map(isDigit) ?? false) {
                out.append(UInt8(ascii: "0"))
            }
            out.append(byte)
            let next = place + 1 < bytes.count ? bytes[place + 1] : 0
            if byte == UInt8(ascii: "."), !isDigit(next) { out.append(UInt8(ascii: "0")) }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

/// Whether bytes are a decimal number: `[-+]? ( digits [. digits?]? | . digits ) ( [eE] [-+]? digits )?`.
struct NumberForm {
    private let bytes: [UInt8]
    private var place = 0
    private(set) var isInteger = true
    private(set) var matches = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        matches = scan()
    }

    private mutating func scan() -> Bool {
        _ = take("+") || take("-")
        let whole = digits()
        var fraction = 0
        if take(".") {
            isInteger = false
            fraction = digits()
        }
        guard whole + fraction > 0 else { return false }
        if take("e") || take("E") {
            isInteger = false
            _ = take("+") || take("-")
            guard digits() > 0 else { return false }
        }
        return place == bytes.count
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func digits() -> Int {
        let start = place
        while place < bytes.count, CoreSchema.isDigit(bytes[place]) { place += 1 }
        return place - start
    }
}
