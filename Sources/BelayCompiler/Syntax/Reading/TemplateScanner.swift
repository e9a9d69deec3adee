/// Cuts text at `${{` and `}}`; inside, CEL's quotes and braces are minded.
struct TemplateScanner {
    /// A piece in bytes of the text: literal, or what stands between `${{` and `}}`.
    enum Piece: Equatable {
        case literal(Range<Int>)
        case expression(Range<Int>)
        /// `${{` whose `}}` is missing.
        case unclosed(Range<Int>)
    }

    private let bytes: [UInt8]
    private var place = 0
    private var pieces: [Piece] = []

    static func scan(_ text: String) -> [Piece] {
        var scanner = TemplateScanner(bytes: Array(text.utf8))
        return scanner.run()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() -> [Piece] {
        var literal = 0
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "$"), bytes[place...].starts(with: "${{".utf8) else {
                place += 1
                continue
            }
            if place > literal { pieces.append(.literal(literal..<place)) }
            let start = place
            place += 3
            guard let end = closing() else {
                pieces.append(.unclosed(start..<bytes.count))
                return pieces
            }
            pieces.append(.expression(start + 3..<end))
            place = end + 2
            literal = place
        }
        if bytes.count > literal { pieces.append(.literal(literal..<bytes.count)) }
        return pieces
    }

    /// The offset of the `}}` that ends the expression at `place`.
    private mutating func closing() -> Int? {
        var depth = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): guard skipString() else { return nil }
            case UInt8(ascii: "{"):
                depth += 1
                place += 1
            case UInt8(ascii: "}") where depth > 0:
                depth -= 1
                place += 1
            case UInt8(ascii: "}")
            where place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: "}"):
                return place
            default: place += 1
            }
        }
        return nil
    }

    /// Skips a CEL string: one or three quotes, raw after `r`.
    private mutating func skipString() -> Bool {
        let quote = bytes[place]
        let isRaw =
            place > 0 && (bytes[place - 1] | 0x20) == UInt8(ascii: "r") && !isWordBefore(place - 1)
        let width = bytes[place...].starts(with: [quote, quote, quote]) ? 3 : 1
        place += width
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\\"), !isRaw {
                place += 2
            } else if bytes[place...].starts(with: repeatElement(quote, count: width)) {
                place += width
                return true
            } else {
                place += 1
            }
        }
        return false
    }

    /// Whether the byte before is part of a longer word, so that `r` is no prefix; `br` is one.
    private func isWordBefore(_ place: Int) -> Bool {
        guard place > 0 else { return false }
        let byte = bytes[place - 1]
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        guard isLetter || byte == UInt8(ascii: "_") || CoreSchema.isDigit(byte) else {
            return false
        }
        return (byte | 0x20) != UInt8(ascii: "b") || isWordBefore(place - 1)
    }
}
