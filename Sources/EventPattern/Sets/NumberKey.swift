/// What ranges can tell apart: a whole number of 64 bits, or a double.
struct NumberKey: Hashable, Comparable, Sendable {
    /// The plainest number with this key.
    let number: EventNumber

    static let lowest = NumberKey(EventNumber(literal: "-1e400")!)
    static let highest = NumberKey(EventNumber(literal: "1e400")!)

    init(_ number: EventNumber) {
        if case .decimal(let negative, _, _, let double) = number {
            self.number =
                EventNumber(double) ?? EventNumber(literal: negative ? "-1e400" : "1e400")!
        } else {
            self.number = number
        }
    }

    static func < (left: NumberKey, right: NumberKey) -> Bool {
        left.number.order(right.number) == .below
    }

    static func == (left: NumberKey, right: NumberKey) -> Bool {
        left.number.order(right.number) == .same
    }

    func hash(into hasher: inout Hasher) { hasher.combine(number.double) }

    /// The next key above, nil above the highest.
    var successor: NumberKey? {
        if self == .highest { return nil }
        if case .whole(let negative, let magnitude) = number, magnitude >= 1 << 53 {
            if negative { return NumberKey(.whole(negative: true, magnitude: magnitude - 1)) }
            return magnitude == .max
                ? NumberKey(EventNumber(18_446_744_073_709_551_616.0)!)
                : NumberKey(.whole(negative: false, magnitude: magnitude + 1))
        }
        let double = number.double
        if double == -18_446_744_073_709_551_616 {
            return NumberKey(.whole(negative: true, magnitude: .max))
        }
        return EventNumber(double.nextUp).map(NumberKey.init) ?? .highest
    }

    /// The next key below, nil below the lowest.
    var predecessor: NumberKey? { negated.successor?.negated }

    private var negated: NumberKey {
        switch number {
        case .whole(let negative, let magnitude):
            NumberKey(.whole(negative: !negative && magnitude != 0, magnitude: magnitude))
        case .decimal(let negative, let digits, let exponent, let double):
            NumberKey(
                .decimal(negative: !negative, digits: digits, exponent: exponent, double: -double))
        }
    }

    /// A number with this key that is spelled with more digits than a double holds; nil if there is none.
    func neighbour(_ index: Int) -> EventNumber? {
        let tail = String(repeating: "0", count: 420) + String(index + 1)
        let literal: String
        switch number {
        case .whole(let negative, let magnitude):
            literal = "\(negative ? "-" : "")\(magnitude).\(tail)"
        case .decimal(let negative, let digits, let exponent, _):
            let sign = negative ? "-" : ""
            literal = "\(sign)\(digits.text)\(tail)e\(exponent - tail.utf8.count)"
        }
        guard let found = EventNumber(literal: literal), NumberKey(found) == self else {
            return nil
        }
        return found
    }
}
