/// A lexical unit of the source.
struct CELToken {
    enum Kind: Equatable {
        case end
        case identifier
        /// A name in backticks.
        case quotedIdentifier
        case int
        case uint
        case double
        case string
        case bytes
        /// An operator or bracket; its text is the token's.
        case symbol
        /// Bytes that no token begins with, or a literal that never ends; already reported.
        case invalid
    }
    var kind: Kind
    var start: Int
    var end: Int
    var range: Range<Int> { start..<end }
}
