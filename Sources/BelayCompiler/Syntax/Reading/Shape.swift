/// What a key takes: the reader of the key and its JSON Schema both follow it.
indirect enum Shape: Sendable {
    /// One line or more of text that is fixed when the file is loaded.
    case text
    case named(NameForm)
    case duration
    case percentage
    case integer(ClosedRange<Int>)
    case boolean
    case timestamp
    /// One of some words.
    case word([String])
    case expression
    /// Text with `${{ }}`.
    case template
    /// An event pattern over an incident's fields.
    case pattern
    /// Any value, with `${{ }}` anywhere in it.
    case value
    /// Nothing: `undo: ~`.
    case nothing
    /// A list; `least` items are needed.
    case list(Shape, least: Int)
    /// A map with keys of the user's choice.
    case map(Shape)
    case object(@Sendable () -> KeyTable)
    case either([Shape])

    static func list(_ shape: Shape) -> Shape { .list(shape, least: 0) }

    /// Whether a single line can be such a value.
    var isScalar: Bool {
        switch self {
        case .text, .named, .word, .duration, .integer: true
        default: false
        }
    }

    /// Whether it is an expression, or may be one.
    var isExpression: Bool {
        switch self {
        case .expression: true
        case .either(let shapes): shapes.contains(where: \.isExpression)
        default: false
        }
    }

    static func words<Word: CaseIterable & RawRepresentable>(_: Word.Type) -> Shape
    where Word.RawValue == String {
        .word(Word.allCases.map(\.rawValue))
    }
}

/// The forms that names have.
enum NameForm: Sendable, CaseIterable {
    /// A file's `metadata.name`, a rule's id: lower case, digits and `-`.
    case name
    /// Step ids, parameters: what an expression reads after a dot.
    case identifier
    /// Action names: identifiers joined by dots.
    case action

    /// What such a name looks like, for messages.
    var words: String {
        switch self {
        case .name: "lower-case letters, digits and `-`, 1 to 63 characters, first and last no `-`"
        case .identifier:
            "lower-case letters, digits and `_`, beginning with a letter, at most 63 characters"
        case .action: "words of lower-case letters, digits and `_`, joined by dots"
        }
    }

    /// The same as a pattern of JSON Schema.
    var pattern: String {
        switch self {
        case .name: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
        case .identifier: "^[a-z][a-z0-9_]{0,62}$"
        case .action: "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*$"
        }
    }

    func admits(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        switch self {
        case .name:
            let dash = UInt8(ascii: "-")
            return (1...63).contains(bytes.count) && bytes.first != dash && bytes.last != dash
                && bytes.allSatisfy { Self.isWord($0) || $0 == dash }
        case .identifier: return Self.isIdentifier(bytes[...]) && bytes.count <= 63
        case .action:
            return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .allSatisfy(Self.isIdentifier)
        }
    }

    private static func isIdentifier(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, isLetter(first) else { return false }
        return bytes.allSatisfy { isWord($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || CoreSchema.isDigit(byte) }
}
