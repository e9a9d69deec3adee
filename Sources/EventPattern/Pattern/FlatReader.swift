/// Checks a pattern of common shape and cuts it into its conditions' bytes without making a tree.
///
/// Common are ASCII text without escapes, keys without dots, every path named once and no `$or`. Whatever is not
/// common, and every pattern that may be at fault, is left to the full reader, which knows all rules and all messages.
struct FlatReader {
    /// The range of a key in the text.
    private typealias Key = (start: Int, end: Int)

    private static let maximumDepth = 16
    private static let maximumConditions = 16
    /// The most levels that an alternative has: `{"anything-but": {"prefix": ["x"]}}`.
    private static let alternativeDepth = 8

    private let text: UnsafeBufferPointer<UInt8>
    private let options: PatternOptions
    private let keys: UnsafeMutableBufferPointer<Key>
    private let output: UnsafeMutableBufferPointer<UInt8>
    private var place = 0
    private var length = 0
    private var count = 0

    /// The pattern's conditions, nil if it is not of common shape.
    static func read(_ json: [UInt8], _ options: PatternOptions) -> FlatPattern? {
        guard json.count < 1 << 20, options.maximumDepth >= maximumDepth + alternativeDepth,
            options.maximumBranches > 0
        else { return nil }
        return json.withUnsafeBufferPointer { text in
            withUnsafeTemporaryAllocation(of: Key.self, capacity: maximumDepth) { keys in
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: json.count * 2 + 256) {
                    var reader = FlatReader(
                        text: text, options: options, keys: keys, output: $0)
                    return reader.pattern()
                }
            }
        }
    }

    private init(
        text: UnsafeBufferPointer<UInt8>, options: PatternOptions,
        keys: UnsafeMutableBufferPointer<Key>, output: UnsafeMutableBufferPointer<UInt8>
    ) {
        self.text = text
        self.options = options
        self.keys = keys
        self.output = output
    }

    private mutating func pattern() -> FlatPattern? {
        guard take(UInt8(ascii: "{")), object(0), length + FlatPattern.padding <= output.count
        else { return nil }
        (output.baseAddress! + length).initialize(repeating: 0, count: FlatPattern.padding)
        return FlatPattern(
            bytes: Array(output[..<(length + FlatPattern.padding)]), count: count)
    }
}

// MARK: - Characters

extension FlatReader {
    /// The byte at the place, zero at the end.
    @inline(__always)
    private var byte: UInt8 { place < text.count ? text[place] : 0 }

    @inline(__always)
    private mutating func skipSpace() {
        while byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    @inline(__always)
    private mutating func take(_ wanted: UInt8) -> Bool {
        skipSpace()
        guard byte == wanted else { return false }
        place += 1
        return true
    }

    /// Plain text in quotes.
    @inline(__always)
    private mutating func string() -> Key? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = place
        while place < text.count {
            let byte = text[place]
            if byte == UInt8(ascii: "\"") {
                place += 1
                return (start, place - 1)
            }
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\\") else { return nil }
            place += 1
        }
        return nil
    }

    private func isText(_ range: Key, _ word: StaticString) -> Bool {
        guard range.end - range.start == word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount
        where text[range.start + index] != word.utf8Start[index] {
            return false
        }
        return true
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let end = place + word.utf8CodeUnitCount
        guard end <= text.count, isText((place, end), word) else { return false }
        place = end
        return true
    }
}

// MARK: - Fields

extension FlatReader {
    /// The members of an object, from after its brace; false if something is not common.
    private mutating func object(_ level: Int) -> Bool {
        guard level < FlatReader.maximumDepth else { return false }
        while true {
            guard let key = string(), isPlain(key), take(UInt8(ascii: ":")) else { return false }
            keys[level] = key
            if take(UInt8(ascii: "{")) {
                guard object(level + 1) else { return false }
            } else {
                guard condition(level + 1) else { return false }
            }
            if take(UInt8(ascii: "}")) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private func isPlain(_ key: Key) -> Bool {
        if key.end > key.start, text[key.start] == UInt8(ascii: "$") { return false }
        for place in key.start..<key.end where text[place] == UInt8(ascii: ".") { return false }
        return true
    }

    /// A field's list of alternatives, below so many keys.
    private mutating func condition(_ level: Int) -> Bool {
        guard count < FlatReader.maximumConditions, take(UInt8(ascii: "[")) else { return false }
        let start = place - 1
        repeat {
            guard alternative() else { return false }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { return false }
        return write(level, start)
    }

    /// Writes the condition whose list begins at `start` and ends here; false if its path is known already.
    private mutating func write(_ level: Int, _ start: Int) -> Bool {
        var pathLength = 0
        for key in keys[..<level] { pathLength += key.end - key.start + 1 }
        let listLength = place - start
        guard length + FlatPattern.header + pathLength + listLength <= output.count else {
            return false
        }
        let bytes = UnsafeMutableRawBufferPointer(output)
        bytes.storeBytes(of: UInt32(pathLength), toByteOffset: length, as: UInt32.self)
        bytes.storeBytes(of: UInt32(listLength), toByteOffset: length + 4, as: UInt32.self)
        var at = output.baseAddress! + (length + FlatPattern.header)
        for key in keys[..<level] {
            at.initialize(from: text.baseAddress! + key.start, count: key.end - key.start)
            at[key.end - key.start] = 0xFF
            at += key.end - key.start + 1
        }
        at.initialize(from: text.baseAddress! + start, count: listLength)
        guard !isKnown(bytes, pathLength) else { return false }
        length += FlatPattern.header + pathLength + listLength
        count += 1
        return true
    }

    private func isKnown(_ bytes: UnsafeMutableRawBufferPointer, _ pathLength: Int) -> Bool {
        let path = bytes[(length + FlatPattern.header)...].prefix(pathLength)
        var place = 0
        for _ in 0..<count {
            let other = Int(bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
            let list = Int(bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self))
            let start = place + FlatPattern.header
            if other == pathLength, bytes[start..<(start + other)].elementsEqual(path) {
                return true
            }
            place = start + other + list
        }
        return false
    }
}

// MARK: - Alternatives

extension FlatReader {
    private mutating func alternative() -> Bool {
        skipSpace()
        switch byte {
        case UInt8(ascii: "\""): return string() != nil
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        case UInt8(ascii: "{"):
            let start = place
            if common() { return true }
            place = start
            return any()
        default: return number() != nil
        }
    }

    /// One of the operators that rules use most, checked in place.
    private mutating func common() -> Bool {
        guard take(UInt8(ascii: "{")), let name = string(), take(UInt8(ascii: ":")) else {
            return false
        }
        let isFine: Bool
        if isText(name, "prefix") || isText(name, "suffix") {
            isFine = string() != nil
        } else if isText(name, "wildcard") {
            isFine = wildcard()
        } else if isText(name, "numeric") {
            isFine = numeric()
        } else {
            return false
        }
        return isFine && take(UInt8(ascii: "}"))
    }

    private mutating func wildcard() -> Bool {
        guard let range = string() else { return false }
        var afterStar = false
        for place in range.start..<range.end {
            let isStar = text[place] == UInt8(ascii: "*")
            if isStar, afterStar { return false }
            afterStar = isStar
        }
        return true
    }

    /// Any other alternative: its operator's own reader judges it.
    private mutating func any() -> Bool {
        guard
            let (node, end) = NodeReader.value(text, at: place, depth: FlatReader.alternativeDepth)
        else { return false }
        place = end
        do throws(PatternError) {
            _ = try PatternReader.alternative(node, options)
            return true
        } catch { return false }
    }

    /// The list of `numeric`: one bound, or a lower and an upper one.
    private mutating func numeric() -> Bool {
        guard take(UInt8(ascii: "[")), let first = bound() else { return false }
        if take(UInt8(ascii: "]")) { return true }
        guard first.sign == UInt8(ascii: ">"), take(UInt8(ascii: ",")), let second = bound(),
            second.sign == UInt8(ascii: "<")
        else { return false }
        guard
            first.value < second.value
                || first.value == second.value && first.included && second.included
        else { return false }
        return take(UInt8(ascii: "]"))
    }

    private mutating func bound() -> (sign: UInt8, included: Bool, value: Double)? {
        guard let sign = string(), sign.end > sign.start, sign.end - sign.start <= 2 else {
            return nil
        }
        let first = text[sign.start]
        let isLong = sign.end - sign.start == 2
        guard
            first == UInt8(ascii: "<") || first == UInt8(ascii: ">")
                || first == UInt8(ascii: "=") && !isLong
        else { return nil }
        if isLong, text[sign.start + 1] != UInt8(ascii: "=") { return nil }
        guard take(UInt8(ascii: ",")) else { return nil }
        skipSpace()
        guard let value = number() else { return nil }
        return (first, isLong || first == UInt8(ascii: "="), value)
    }

    /// A number of at most 15 digits without exponent: a double holds it exactly by its shortest form, and two such
    /// numbers lie to one another as their doubles do.
    private mutating func number() -> Double? {
        let isNegative = byte == UInt8(ascii: "-")
        if isNegative { place += 1 }
        let start = place
        var value = 0.0
        while JSONGrammar.isDigit(byte) {
            value = value * 10 + Double(byte & 15)
            place += 1
        }
        var digits = place - start
        guard digits == 1 || digits > 1 && text[start] != UInt8(ascii: "0") else { return nil }
        var scale = 1.0
        if byte == UInt8(ascii: ".") {
            place += 1
            let point = place
            while JSONGrammar.isDigit(byte) {
                value = value * 10 + Double(byte & 15)
                scale *= 10
                place += 1
            }
            guard place > point else { return nil }
            digits += place - point
        }
        guard digits <= 15, byte | 0x20 != UInt8(ascii: "e") else { return nil }
        return (isNegative ? -value : value) / scale
    }
}
