/// One question about one leaf: what every operator comes down to.
///
/// The matcher interns tests, indexes those it can look up, and evaluates the rest; the linter turns them into
/// value sets. A new operator that can be said in these words needs nothing but its own file.
enum Test: Hashable, Sendable {
    case text(ByteText)
    /// Text that spells this IP address.
    indirect case address(Address)
    /// A number of this exact decimal value.
    indirect case number(EventNumber)
    case bool(Bool)
    case null
    case prefix(ByteText)
    case suffix(ByteText)
    case contains(ByteText)
    /// Text whose simple case folding is this, begins or ends with it.
    case foldedText(ByteText)
    case foldedPrefix(ByteText)
    case foldedSuffix(ByteText)
    case wildcard(Glob)
    case expression(Expression)
    indirect case range(NumberRange)
    indirect case block(AddressBlock)
    /// Any leaf.
    case present
    /// No leaf: judged by the matcher, false for every leaf.
    case absent
    /// A leaf for which none of these holds.
    case noneOf([Test])
}

/// A range of numbers; a missing bound is open.
struct NumberRange: Hashable, Sendable {
    struct Bound: Hashable, Sendable {
        let number: EventNumber
        let included: Bool
    }

    let lower: Bound?
    let upper: Bound?

    func contains(_ number: EventNumber) -> Bool {
        if let lower {
            let order = number.order(lower.number)
            guard order == .above || lower.included && order == .same else { return false }
        }
        if let upper {
            let order = number.order(upper.number)
            guard order == .below || upper.included && order == .same else { return false }
        }
        return true
    }
}

extension Test {
    /// Whether the test holds for a leaf.
    func holds(_ scalar: EventScalar) -> Bool {
        switch (self, scalar) {
        case (.present, _): true
        case (.absent, _): false
        case (.noneOf(let tests), _): !tests.contains { $0.holds(scalar) }
        case (.null, .null): true
        case (.bool(let wanted), .bool(let value)): wanted == value
        case (.number(let wanted), .number(let value)): wanted == value
        case (.range(let range), .number(let value)): range.contains(value)
        case (_, .text(let text)): text.bytes.withUnsafeBufferPointer { holds(text: $0) }
        default: false
        }
    }

    /// Whether the test holds for text, given as valid UTF-8.
    func holds(text: UnsafeBufferPointer<UInt8>) -> Bool {
        switch self {
        case .text(let wanted): text.elementsEqual(wanted.bytes)
        case .address(let wanted): Address(text) == wanted
        case .prefix(let wanted): text.starts(with: wanted.bytes)
        case .suffix(let wanted): text.suffix(wanted.bytes.count).elementsEqual(wanted.bytes)
        case .contains(let part):
            ByteSearch.first(part.bytes, in: text, from: 0, to: text.count) != nil
        case .foldedText(let folded):
            folded.bytes.withUnsafeBufferPointer { FoldedText.begins(text, with: $0, whole: true) }
        case .foldedPrefix(let folded):
            folded.bytes.withUnsafeBufferPointer { FoldedText.begins(text, with: $0, whole: false) }
        case .foldedSuffix(let folded):
            folded.bytes.withUnsafeBufferPointer { FoldedText.ends(text, with: $0) }
        case .wildcard(let glob): glob.matches(text)
        case .expression(let expression): expression.isFound(in: text)
        case .block(let block): Address(text).map(block.contains) ?? false
        case .present: true
        case .noneOf(let tests): !tests.contains { $0.holds(text: text) }
        case .number, .range, .bool, .null, .absent: false
        }
    }
}
