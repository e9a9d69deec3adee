/// Cuts the source's bytes into tokens; whitespace and `//` comments separate them.
struct CELLexer {
    let bytes: [UInt8]
    private(set) var place = 0
    /// The mistakes met so far.
    var diagnostics: [CELDiagnostic] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ at: Int) -> UInt8 { at < bytes.count ? bytes[at] : 0 }

    private mutating func skipSpace() {
        while place < bytes.count {
            switch bytes[place] {
            case 0x20, 0x09, 0x0A, 0x0C, 0x0D: place += 1
            case UInt8(ascii: "/") where byte(place + 1) == UInt8(ascii: "/"):
                while place < bytes.count, bytes[place] != 0x0A { place += 1 }
            default: return
            }
        }
    }

    mutating func next() -> CELToken {
        skipSpace()
        let start = place
        guard place < bytes.count else { return CELToken(kind: .end, start: start, end: start) }
        let head = bytes[place]
        let kind: CELToken.Kind
        if isNameStart(head) {
            kind = quotePrefix() > 0 ? literalText(prefix: quotePrefix()) : name()
        } else if isDigit(head) || head == 0x2E && isDigit(byte(place + 1)) {
            kind = number()
        } else if head == 0x22 || head == 0x27 {
            kind = literalText(prefix: 0)
        } else if head == 0x60 {
            kind = quotedName()
        } else {
            kind = symbol(head)
        }
        return CELToken(kind: kind, start: start, end: place)
    }

    // MARK: Names

    private func isNameStart(_ byte: UInt8) -> Bool {
        byte == 0x5F || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66
    }

    private mutating func name() -> CELToken.Kind {
        while place < bytes.count, isNameStart(bytes[place]) || isDigit(bytes[place]) { place += 1 }
        return .identifier
    }

    private mutating func quotedName() -> CELToken.Kind {
        let start = place
        place += 1
        while isNameStart(byte(place)) || isDigit(byte(place))
            || [0x2E, 0x2D, 0x2F, 0x20].contains(byte(place))
        { place += 1 }
        guard byte(place) == 0x60, place > start + 1 else {
            report(
                "a name in backticks holds letters, digits, '_', '.', '-', '/' and spaces, "
                    + "and ends with a backtick", start..<max(place, start + 1))
            return .invalid
        }
        place += 1
        return .quotedIdentifier
    }

    // MARK: Numbers

    private mutating func number() -> CELToken.Kind {
        var kind = CELToken.Kind.int
        if byte(place) == 0x30, byte(place + 1) | 0x20 == 0x78, isHexDigit(byte(place + 2)) {
            place += 2
            while isHexDigit(byte(place)) { place += 1 }
        } else {
            while isDigit(byte(place)) { place += 1 }
            if byte(place) == 0x2E, isDigit(byte(place + 1)) {
                kind = .double
                place += 1
                while isDigit(byte(place)) { place += 1 }
            }
            if byte(place) | 0x20 == 0x65 {
                let signed = byte(place + 1) == 0x2B || byte(place + 1) == 0x2D
                if isDigit(byte(place + (signed ? 2 : 1))) {
                    kind = .double
                    place += signed ? 2 : 1
                    while isDigit(byte(place)) { place += 1 }
                }
            }
        }
        if kind == .int, byte(place) | 0x20 == 0x75 {
            place += 1
            kind = .uint
        }
        return kind
    }

    // MARK: Text literals

    /// How many letters (`r`, `b`, `br`, `rb`) stand before a quote here; zero if none do.
    private func quotePrefix() -> Int {
        func isQuote(_ at: Int) -> Bool { byte(at) == 0x22 || byte(at) == 0x27 }
        let first = byte(place) | 0x20
        guard first == 0x72 || first == 0x62 else { return 0 }
        if isQuote(place + 1) { return 1 }
        let second = byte(place + 1) | 0x20
        guard second == 0x72 || second == 0x62, second != first, isQuote(place + 2) else {
            return 0
        }
        return 2
    }

    private mutating func literalText(prefix: Int) -> CELToken.Kind {
        let start = place
        let letters = bytes[place..<(place + prefix)].map { $0 | 0x20 }
        let isRaw = letters.contains(0x72)
        place += prefix
        let quote = bytes[place]
        let isTriple = byte(place + 1) == quote && byte(place + 2) == quote
        place += isTriple ? 3 : 1
        while place < bytes.count {
            if bytes[place] == quote {
                if !isTriple {
                    place += 1
                    return letters.contains(0x62) ? .bytes : .string
                }
                if byte(place + 1) == quote, byte(place + 2) == quote {
                    place += 3
                    return letters.contains(0x62) ? .bytes : .string
                }
            }
            if !isTriple, bytes[place] == 0x0A || bytes[place] == 0x0D { break }
            place += bytes[place] == 0x5C && !isRaw && place + 1 < bytes.count ? 2 : 1
        }
        place = min(place, bytes.count)
        report("this text literal has no closing quote", start..<place)
        return .invalid
    }

    // MARK: Symbols

    private mutating func symbol(_ head: UInt8) -> CELToken.Kind {
        let pair = (head, byte(place + 1))
        switch pair {
        case (0x26, 0x26), (0x7C, 0x7C), (0x3D, 0x3D), (0x21, 0x3D), (0x3C, 0x3D), (0x3E, 0x3D):
            place += 2
            return .symbol
        default: break
        }
        if "+-*/%<>!?:.,()[]{}".utf8.contains(head) {
            place += 1
            return .symbol
        }
        reportStray(head)
        return .invalid
    }

    private mutating func reportStray(_ head: UInt8) {
        let start = place
        place += 1
        while place < bytes.count, bytes[place] & 0xC0 == 0x80 { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        let range = start..<place
        switch head {
        case 0x26: report("'&' is no operator", range, fix: CELFix(range: range, replacement: "&&"))
        case 0x7C: report("'|' is no operator", range, fix: CELFix(range: range, replacement: "||"))
        case 0x3D: report("'=' is no operator", range, fix: CELFix(range: range, replacement: "=="))
        default: report("unexpected character \(quoted(text))", range)
        }
    }

    mutating func report(_ message: String, _ range: Range<Int>, fix: CELFix? = nil) {
        let help = fix.map { "write '\($0.replacement)'" }
        diagnostics.append(CELDiagnostic(message, at: range, help: help, fix: fix))
    }
}
