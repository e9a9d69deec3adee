/// The working memory of a match, reached through pointers so that the hot path neither counts references nor
/// checks exclusivity.
struct MatchContext {
    /// A copy of the event, followed by readable zeros; escapes are decoded in place.
    var event: UnsafeMutablePointer<UInt8>
    var eventCapacity: Int
    /// The leaves found so far.
    var leaves: UnsafeMutablePointer<Leaf>
    var leafCount = 0
    var leafCapacity: Int
    /// Per field: the epoch in which it had a leaf, and its first and last leaf.
    var fields: UnsafeMutablePointer<FieldState>
    /// Per condition: the epoch and the answer, `epoch << 1 | answer`.
    var memo: UnsafeMutablePointer<UInt32>
    /// A bit per rule: whether it has been reported for the event at hand.
    var reported: UnsafeMutablePointer<UInt64>
    var results: UnsafeMutablePointer<Int32>
    var resultCount = 0
    /// Text folded for look-ups.
    var folded: UnsafeMutablePointer<UInt8>
    var foldedCapacity: Int
    /// The number of the event at hand, from 1 to 2^31 - 1.
    var epoch: UInt32 = 0
    /// Whether some array of the event is shared by several fields.
    var sharesArrays = false
    var fault = Fault.none
    var faultPlace = 0

    struct FieldState {
        var epoch: UInt32
        var first: Int32
        var last: Int32
    }

    /// What is wrong with an event.
    enum Fault: UInt8 {
        case none
        case notAnObject
        case expectedValue
        case expectedKey
        case expectedColon
        case expectedCommaOrBrace
        case expectedCommaOrBracket
        case badNumber
        case badEscape
        case badUTF8
        case controlCharacter
        case unterminated
        case tooDeep
    }
}

extension MatchContext.Fault {
    func message(_ bounds: EventBounds) -> String {
        switch self {
        case .none: preconditionFailure("no fault")
        case .notAnObject: "the event is not an object"
        case .expectedValue: "expected a value"
        case .expectedKey: "expected a key in quotes"
        case .expectedColon: "expected ':'"
        case .expectedCommaOrBrace: "expected ',' or '}'"
        case .expectedCommaOrBracket: "expected ',' or ']'"
        case .badNumber: "the number is not a JSON number"
        case .badEscape: "the escape is not valid"
        case .badUTF8: "the text is not valid UTF-8"
        case .controlCharacter: "a control character must be escaped"
        case .unterminated: "the text does not end"
        case .tooDeep: "more than \(bounds.depth) levels of nesting"
        }
    }
}
