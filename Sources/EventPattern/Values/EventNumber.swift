/// A JSON number as patterns compare it.
///
/// Every number whose value is a whole one within 64 bits (signed or unsigned) is `whole`, however it is
/// spelled: 300, 300.0 and 3e2 are one value. All others are `decimal`. Two numbers are equal if their exact
/// decimal values are; they are ordered exactly if both are whole, else as doubles.
public enum EventNumber: Sendable, Hashable {
    case whole(negative: Bool, magnitude: UInt64)
    /// A number that is not whole or too large for 64 bits: its significant digits without zeros at either
    /// end, the power of ten after the last digit, and the nearest double (infinite if out of range).
    case decimal(negative: Bool, digits: ByteText, exponent: Int, double: Double)

    public init(_ value: Int64) {
        self = .whole(negative: value < 0, magnitude: value.magnitude)
    }

    public init(_ value: UInt64) { self = .whole(negative: false, magnitude: value) }

    /// The number that a double's shortest decimal form spells; nil if it is not finite.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.init(literal: "\(value)")
    }

    /// Reads a JSON number; nil if the text is not one.
    public init?(literal: String) {
        guard let decimal = DecimalText(literal) else { return nil }
        if let magnitude = decimal.wholeMagnitude {
            self = .whole(negative: decimal.negative && magnitude != 0, magnitude: magnitude)
        } else {
            self = .decimal(
                negative: decimal.negative, digits: ByteText(decimal.digits),
                exponent: decimal.exponent, double: Double(literal) ?? .infinity)
        }
    }

    /// The number as the double that it is ordered by; exact for `whole` up to 2^53 only.
    public var double: Double {
        switch self {
        case .whole(let negative, let magnitude): negative ? -Double(magnitude) : Double(magnitude)
        case .decimal(_, _, _, let double): double
        }
    }

    /// Whether 64 bits or a double hold the number exactly, the latter by its shortest decimal form.
    public var isExact: Bool {
        switch self {
        case .whole: true
        case .decimal(_, _, _, let double): double.isFinite && EventNumber(double) == self
        }
    }
}

extension EventNumber {
    public static func == (left: EventNumber, right: EventNumber) -> Bool {
        switch (left, right) {
        case (.whole(let a, let b), .whole(let c, let d)): a == c && b == d
        case (.decimal(let a, let b, let c, _), .decimal(let d, let e, let f, _)):
            a == d && c == f && b == e
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .whole(let negative, let magnitude):
            hasher.combine(negative)
            hasher.combine(magnitude)
        case .decimal(_, _, _, let double): hasher.combine(double)
        }
    }

    /// The order of two numbers: exact if both are whole, else of their doubles.
    public func order(_ other: EventNumber) -> NumberOrder {
        switch (self, other) {
        case (.whole(let a, let b), .whole(let c, let d)):
            return NumberOrder.of(
                a ? -Int128(b) : Int128(b), c ? -Int128(d) : Int128(d))
        case (.whole(let a, let b), .decimal(_, _, _, let double)):
            return .of(negative: a, magnitude: b, double)
        case (.decimal(_, _, _, let double), .whole(let a, let b)):
            return NumberOrder.of(negative: a, magnitude: b, double).reversed
        case (.decimal(_, _, _, let a), .decimal(_, _, _, let b)): return NumberOrder.of(a, b)
        }
    }
}

/// How two numbers lie to one another.
public enum NumberOrder: Int8, Sendable {
    case below = -1
    case same = 0
    case above = 1

    var reversed: NumberOrder { NumberOrder(rawValue: -rawValue)! }

    @inline(__always)
    static func of<Value: Comparable>(_ a: Value, _ b: Value) -> NumberOrder {
        a < b ? .below : a > b ? .above : .same
    }

    /// A whole number beside a double, exactly: a double beyond 64 bits is not rounded onto the largest.
    @inline(__always)
    static func of(negative: Bool, magnitude: UInt64, _ double: Double) -> NumberOrder {
        if double >= 18_446_744_073_709_551_616 { return .below }
        if double <= -18_446_744_073_709_551_616 { return .above }
        // A double that is not whole is below 2^52, where every whole number converts exactly or lies beyond.
        let value = Double(magnitude)
        if value > 9_007_199_254_740_992, let other = Int128(exactly: double) {
            return of(negative ? -Int128(magnitude) : Int128(magnitude), other)
        }
        return of(negative ? -value : value, double)
    }
}

extension EventNumber: CustomStringConvertible {
    public var description: String {
        switch self {
        case .whole(let negative, let magnitude): (negative ? "-" : "") + String(magnitude)
        case .decimal(let negative, let digits, let exponent, let double):
            EventNumber.shortest(double, self)
                ?? (negative ? "-" : "") + digits.text + "e" + String(exponent)
        }
    }

    private static func shortest(_ double: Double, _ number: EventNumber) -> String? {
        guard double.isFinite, EventNumber(double) == number else { return nil }
        return "\(double)"
    }
}

extension EventNumber: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self.init(value) }
}
