/// A strict RFC 8259 parser: valid UTF-8, no duplicate names, no lone surrogates, nothing after the document.
package struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let bounds: JSONBounds
    private var place = 0
    private var nodes = 0

    /// Parses one document within the bounds; the error names the byte.
    package static func parse(
        _ bytes: [UInt8], bounds: JSONBounds = JSONBounds()
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= bounds.size else {
            throw JSONError("the document is longer than \(bounds.size) bytes", at: bounds.size)
        }
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<JSONValue, JSONError> in
            var parser = JSONParser(bytes: buffer, bounds: bounds)
            do throws(JSONError) { return .success(try parser.document()) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Parses one document given as text.
    package static func parse(
        _ text: String, bounds: JSONBounds = JSONBounds()
    ) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), bounds: bounds)
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, bounds: JSONBounds) {
        self.bytes = bytes
        self.bounds = bounds
    }

    private mutating func document() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard place == bytes.count else {
            throw JSONError("unexpected text after the document", at: place)
        }
        return value
    }

    private mutating func skipSpace() {
        while place < bytes.count {
            switch bytes[place] {
            case 0x20, 0x0A, 0x0D, 0x09: place += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        nodes += 1
        guard nodes <= bounds.nodes else {
            throw JSONError("more than \(bounds.nodes) values", at: place)
        }
        guard place < bytes.count else {
            throw JSONError("the document ends where a value is due", at: place)
        }
        switch bytes[place] {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw JSONError("expected a value", at: place)
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError)
        -> JSONValue
    {
        let count = word.utf8CodeUnitCount
        for i in 0..<count {
            guard place + i < bytes.count, bytes[place + i] == word.utf8Start[i] else {
                throw JSONError("expected a value", at: place)
            }
        }
        place += count
        return value
    }

    private func checkDepth(_ depth: Int) throws(JSONError) {
        guard depth <= bounds.depth else {
            throw JSONError("more than \(bounds.depth) levels of nesting", at: place)
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        try checkDepth(depth)
        place += 1
        var items: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return items }
        while true {
            skipSpace()
            items.append(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return items }
            guard take(UInt8(ascii: ",")) else { throw JSONError("expected ',' or ']'", at: place) }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        try checkDepth(depth)
        place += 1
        var members: [(name: String, value: JSONValue)] = []
        var names: Set<[UInt8]> = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return JSONObject() }
        while true {
            skipSpace()
            let start = place
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
                throw JSONError("expected a member name in quotes", at: place)
            }
            let name = try string()
            guard names.insert(Array(name.utf8)).inserted else {
                throw JSONError("duplicate member \(name.debugDescription)", at: start)
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw JSONError("expected ':'", at: place) }
            skipSpace()
            members.append((name, try value(depth: depth)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return JSONObject(distinct: members) }
            guard take(UInt8(ascii: ",")) else { throw JSONError("expected ',' or '}'", at: place) }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }
}

// MARK: - Numbers

extension JSONParser {
    private mutating func number() throws(JSONError) -> JSONValue {
        let start = place
        _ = take(UInt8(ascii: "-"))
        guard let first = digit() else { throw JSONError("expected a digit", at: place) }
        if first != UInt8(ascii: "0") {
            while digit() != nil {}
        } else if place < bytes.count,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place])
        {
            throw JSONError("a number may not begin with 0", at: start)
        }
        var whole = true
        if take(UInt8(ascii: ".")) {
            whole = false
            guard digit() != nil else { throw JSONError("expected a digit after '.'", at: place) }
            while digit() != nil {}
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            whole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digit() != nil else {
                throw JSONError("expected a digit in the exponent", at: place)
            }
            while digit() != nil {}
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if whole, text != "-0" { return Int64(text).map(JSONValue.integer) ?? .bignum(text) }
        guard let value = Double(text), value.isFinite else {
            throw JSONError("the number \(text) is out of range", at: start)
        }
        return .number(value)
    }

    private mutating func digit() -> UInt8? {
        guard place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place])
        else {
            return nil
        }
        defer { place += 1 }
        return bytes[place]
    }
}

// MARK: - Text

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        let start = place
        place += 1
        var plainStart = place
        var text: [UInt8] = []
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                text.append(contentsOf: bytes[plainStart..<place])
                place += 1
                guard let decoded = String(validating: text, as: UTF8.self) else {
                    throw JSONError("the text is not valid UTF-8", at: start)
                }
                return decoded
            case UInt8(ascii: "\\"):
                text.append(contentsOf: bytes[plainStart..<place])
                try escape(into: &text)
                plainStart = place
            case 0..<0x20: throw JSONError("a control character must be escaped", at: place)
            default: place += 1
            }
        }
        throw JSONError("the text that begins here does not end", at: start)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let start = place
        place += 1
        guard place < bytes.count else {
            throw JSONError("the document ends in an escape", at: start)
        }
        defer { place += 1 }
        switch bytes[place] {
        case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): text.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar(start)).utf8)
        default: throw JSONError("unknown escape", at: start)
        }
    }

    /// Reads `XXXX` after `\u`, and the second half of a surrogate pair; leaves the place at the last digit.
    private mutating func scalar(_ start: Int) throws(JSONError) -> Unicode.Scalar {
        let high = try unit(start)
        guard (0xD800..<0xDC00).contains(high) else {
            guard let scalar = Unicode.Scalar(high) else {
                throw JSONError("lone surrogate", at: start)
            }
            return scalar
        }
        guard place + 2 < bytes.count, bytes[place + 1] == UInt8(ascii: "\\"),
            bytes[place + 2] == UInt8(ascii: "u")
        else { throw JSONError("lone surrogate", at: start) }
        place += 2
        let low = try unit(start)
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw JSONError("lone surrogate", at: start) }
        return scalar
    }

    private mutating func unit(_ start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            place += 1
            guard place < bytes.count, let digit = hexDigit(bytes[place]) else {
                throw JSONError("expected four hexadecimal digits", at: start)
            }
            value = value << 4 | digit
        }
        return value
    }

    private func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
