/// Reads JSON text into a tree of nodes with byte offsets: strict, keeping duplicate keys and number spelling.
///
/// Text after the first value is ignored, as EventBridge does.
struct NodeReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let depth: Int
    private var place = 0

    static func read(_ bytes: [UInt8], depth: Int) throws(PatternError) -> PatternNode {
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<PatternNode, PatternError> in
            var reader = NodeReader(bytes: buffer, depth: depth)
            do throws(PatternError) { return .success(try reader.value(level: 0)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The value that begins at a place, and the place after it; nil if it is at fault.
    static func value(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int, depth: Int) -> (
        PatternNode, end: Int
    )? {
        var reader = NodeReader(bytes: bytes, depth: depth)
        reader.place = place
        do throws(PatternError) { return (try reader.value(level: 0), reader.place) } catch {
            return nil
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, depth: Int) {
        self.bytes = bytes
        self.depth = depth
    }

    private func fault(_ message: String, at place: Int) -> PatternError {
        PatternError(message, at: place, path: "$")
    }

    @inline(__always)
    private func peek() -> UInt8? { place < bytes.count ? bytes[place] : nil }

    @inline(__always)
    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            place += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek() == byte else { return false }
        place += 1
        return true
    }

    private mutating func value(level: Int) throws(PatternError) -> PatternNode {
        skipSpace()
        let start = place
        guard let byte = peek() else {
            throw fault("the text ends where a value is due", at: start)
        }
        switch byte {
        case UInt8(ascii: "{"):
            return PatternNode(.object(try object(level: level + 1)), at: start)
        case UInt8(ascii: "["):
            return PatternNode(.array(try array(level: level + 1)), at: start)
        case UInt8(ascii: "\""): return PatternNode(.text(try text()), at: start)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return PatternNode(.number(literal: try number()), at: start)
        default: throw fault("expected a value", at: start)
        }
    }

    private mutating func word(_ word: StaticString, _ kind: PatternNode.Kind) throws(PatternError)
        -> PatternNode
    {
        let start = place
        for i in 0..<word.utf8CodeUnitCount {
            guard peek() == word.utf8Start[i] else { throw fault("expected a value", at: start) }
            place += 1
        }
        return PatternNode(kind, at: start)
    }

    private mutating func array(level: Int) throws(PatternError) -> [PatternNode] {
        guard level <= depth else { throw fault("more than \(depth) levels of nesting", at: place) }
        place += 1
        var items: [PatternNode] = []
        if take(UInt8(ascii: "]")) { return items }
        while true {
            items.append(try value(level: level))
            if take(UInt8(ascii: "]")) { return items }
            guard take(UInt8(ascii: ",")) else { throw fault("expected ',' or ']'", at: place) }
        }
    }

    private mutating func object(level: Int) throws(PatternError) -> [PatternNode.Member] {
        guard level <= depth else { throw fault("more than \(depth) levels of nesting", at: place) }
        place += 1
        var members: [PatternNode.Member] = []
        if take(UInt8(ascii: "}")) { return members }
        while true {
            skipSpace()
            let start = place
            guard peek() == UInt8(ascii: "\"") else {
                throw fault("expected a key in quotes", at: start)
            }
            let key = try text()
            guard take(UInt8(ascii: ":")) else { throw fault("expected ':'", at: place) }
            members.append(
                PatternNode.Member(key: key, position: start, value: try value(level: level)))
            if take(UInt8(ascii: "}")) { return members }
            guard take(UInt8(ascii: ",")) else { throw fault("expected ',' or '}'", at: place) }
        }
    }

    private mutating func number() throws(PatternError) -> String {
        guard let end = JSONGrammar.number(bytes, from: place) else {
            throw fault("the number is not a JSON number", at: place)
        }
        defer { place = end }
        return String(decoding: bytes[place..<end], as: UTF8.self)
    }

    private mutating func text() throws(PatternError) -> String {
        let start = place
        var end = place + 1
        var escaped = false
        var all: UInt8 = 0
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            all |= bytes[end]
            guard bytes[end] >= 0x20 else {
                throw fault("a control character must be escaped", at: end)
            }
            if bytes[end] == UInt8(ascii: "\\") {
                escaped = true
                end += 1
            }
            end += 1
        }
        guard end < bytes.count else {
            throw fault("the text that begins here does not end", at: start)
        }
        place = end + 1
        let raw = UnsafeBufferPointer(rebasing: bytes[(start + 1)..<end])
        guard escaped else {
            return all < 0x80 ? String(decoding: raw, as: UTF8.self) : try validated(raw, at: start)
        }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(raw.count)
        if let offset = JSONGrammar.unescape(raw, into: { decoded.append($0) }) {
            throw fault("the escape is not valid", at: start + 1 + offset)
        }
        return try decoded.withUnsafeBufferPointer { (buffer) throws(PatternError) in
            try validated(buffer, at: start)
        }
    }

    private func validated(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) throws(PatternError)
        -> String
    {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw fault("the text is not valid UTF-8", at: start)
        }
        return text
    }
}
