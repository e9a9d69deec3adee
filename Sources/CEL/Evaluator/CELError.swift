/// Why an evaluation gave no value.
public final class CELError: Error, Sendable, CustomStringConvertible {
    /// The reasons.
    public enum Kind: String, Sendable {
        case noSuchKey = "no such key"
        case noSuchOverload = "no such overload"
        case divisionByZero = "division by zero"
        case overflow
        case outOfRange = "out of range"
        case invalidArgument = "invalid argument"
        case undeclared
        case unbound
        case costExceeded = "cost exceeded"
        case sizeExceeded = "size exceeded"
        /// The expression itself has mistakes.
        case invalidExpression = "invalid expression"
    }

    /// The reason.
    public let kind: Kind
    /// What happened, with the values that made it happen: lower case, no full stop.
    public let message: String
    /// The bytes of the sub-expression that failed.
    public let range: Range<Int>
    private let isPlaced: Bool

    /// An error of a function; its place is added by whoever calls the function.
    public convenience init(_ kind: Kind, _ message: String) {
        self.init(kind, message, 0..<0, isPlaced: false)
    }

    convenience init(_ kind: Kind, _ message: String, _ place: Place) {
        self.init(kind, message, place.range, isPlaced: true)
    }

    private init(_ kind: Kind, _ message: String, _ range: Range<Int>, isPlaced: Bool) {
        self.kind = kind
        self.message = message
        self.range = range
        self.isPlaced = isPlaced
    }

    /// The same error at that place, unless it has one.
    func placed(_ place: Place) -> CELError {
        isPlaced ? self : CELError(kind, message, place.range, isPlaced: true)
    }

    /// The message, which says the reason.
    public var description: String { message }

    /// The usual error of a function that does not take such arguments.
    static func noOverload(_ function: String, _ arguments: [CELValue]) -> CELError {
        let types = arguments.map { $0.typeName.name }.joined(separator: ", ")
        return CELError(.noSuchOverload, "no such overload: \(function)(\(types))")
    }
}

/// A range of source bytes, small.
struct Place: Sendable {
    let start: Int32
    let end: Int32

    init(_ range: Range<Int>) {
        start = Int32(range.lowerBound)
        end = Int32(range.upperBound)
    }

    var range: Range<Int> { Int(start)..<Int(end) }
}
