#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Reads a number from an event's bytes, which end in a byte that no number holds.
enum NumberScanner {
    /// The end of the number, what it is, and its magnitude or its double's bits; nil if its grammar is wrong.
    /// The end is the place itself if there is no number at all.
    static func read(_ place: UnsafePointer<UInt8>) -> (UnsafePointer<UInt8>, LeafKind, UInt64)? {
        let negative = place.pointee == UInt8(ascii: "-")
        var at = negative ? place + 1 : place
        let first = at
        var value: UInt64 = 0
        while JSONGrammar.isDigit(at.pointee) {
            value = value &* 10 &+ UInt64(at.pointee & 15)
            at += 1
        }
        let whole = at - first
        guard whole > 0 else { return negative ? nil : (place, .null, 0) }
        guard whole == 1 || first.pointee != UInt8(ascii: "0") else { return nil }
        var fraction = 0
        if at.pointee == UInt8(ascii: ".") {
            at += 1
            let from = at
            while JSONGrammar.isDigit(at.pointee) {
                value = value &* 10 &+ UInt64(at.pointee & 15)
                at += 1
            }
            fraction = at - from
            guard fraction > 0 else { return nil }
        }
        let hasExponent = at.pointee | 0x20 == UInt8(ascii: "e")
        if !hasExponent, whole + fraction <= 15 || fraction == 0 && whole <= 19 {
            let (kind, bits) = plain(value, fraction, negative)
            return (at, kind, bits)
        }
        if hasExponent {
            at += 1
            if at.pointee == UInt8(ascii: "-") || at.pointee == UInt8(ascii: "+") { at += 1 }
            guard JSONGrammar.isDigit(at.pointee) else { return nil }
            while JSONGrammar.isDigit(at.pointee) { at += 1 }
        }
        let (kind, bits) = general(UnsafeBufferPointer(start: place, count: at - place))
        return (at, kind, bits)
    }

    /// A number of few digits without exponent: whole, or exactly a quotient of two exact doubles.
    @inline(__always)
    private static func plain(_ value: UInt64, _ fraction: Int, _ negative: Bool) -> (
        LeafKind, UInt64
    ) {
        if fraction == 0 { return (negative && value != 0 ? .negative : .positive, value) }
        let power = powers[fraction]
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: power)
        if rest == 0 { return (negative && quotient != 0 ? .negative : .positive, quotient) }
        let double = Double(value) / Double(power)
        return (.decimal, (negative ? -double : double).bitPattern)
    }

    /// Any number of right grammar.
    @inline(never)
    private static func general(_ literal: UnsafeBufferPointer<UInt8>) -> (LeafKind, UInt64) {
        let digits = DecimalDigits(literal)
        if let magnitude = digits.wholeMagnitude {
            return (digits.negative && magnitude != 0 ? .negative : .positive, magnitude)
        }
        let double = literal.withMemoryRebound(to: CChar.self) { strtod($0.baseAddress!, nil) }
        return (.decimal, double.bitPattern)
    }

    private static var powers: InlineArray<16, UInt64> {
        [
            1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
            10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
            100_000_000_000_000, 1_000_000_000_000_000,
        ]
    }
}

/// The significant digits of a number's literal, read where they stand.
struct DecimalDigits {
    let negative: Bool
    /// The number of significant digits, without zeros at either end.
    private(set) var count = 0
    /// The power of ten of the last significant digit; 0 for zero.
    private(set) var exponent = 0
    private let literal: UnsafeBufferPointer<UInt8>
    private var firstPlace = 0
    private var lastPlace = -1

    /// Reads a literal of right grammar.
    init(_ literal: UnsafeBufferPointer<UInt8>) {
        self.literal = literal
        negative = literal[0] == UInt8(ascii: "-")
        var at = negative ? 1 : 0
        var afterPoint = 0
        var isAfterPoint = false
        var lastAfterPoint = 0
        var seen = 0
        while at < literal.count, literal[at] | 0x20 != UInt8(ascii: "e") {
            let byte = literal[at]
            if byte == UInt8(ascii: ".") {
                isAfterPoint = true
            } else {
                if isAfterPoint { afterPoint += 1 }
                if seen > 0 || byte != UInt8(ascii: "0") {
                    if seen == 0 { firstPlace = at }
                    seen += 1
                }
                if byte != UInt8(ascii: "0") {
                    lastPlace = at
                    lastAfterPoint = afterPoint
                    count = seen
                } else if !isAfterPoint, count > 0 {
                    lastAfterPoint -= 1
                }
            }
            at += 1
        }
        guard count > 0 else { return }
        exponent = -lastAfterPoint
        if at < literal.count { exponent += DecimalDigits.power(literal, at + 1) }
    }

    private static func power(_ literal: UnsafeBufferPointer<UInt8>, _ from: Int) -> Int {
        var at = from
        let negative = literal[at] == UInt8(ascii: "-")
        if negative || literal[at] == UInt8(ascii: "+") { at += 1 }
        var value = 0
        while at < literal.count {
            value = min(value * 10 + Int(literal[at] & 15), 1 << 40)
            at += 1
        }
        return negative ? -value : value
    }

    /// Calls a body with each significant digit's value.
    @inline(__always)
    private func visit(_ body: (UInt8) -> Bool) {
        guard count > 0 else { return }
        for at in firstPlace...lastPlace where literal[at] != UInt8(ascii: ".") {
            guard body(literal[at]) else { return }
        }
    }

    /// The magnitude if the number is whole and fits 64 bits without sign.
    var wholeMagnitude: UInt64? {
        guard exponent >= 0, count + exponent <= 20 else { return nil }
        var value: UInt64 = 0
        var fits = true
        func append(_ digit: UInt64) {
            let (product, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            fits = fits && !over && !carry
            value = sum
        }
        visit {
            append(UInt64($0 & 15))
            return fits
        }
        for _ in 0..<exponent where fits { append(0) }
        return fits ? value : nil
    }

    /// Whether the digits are these ASCII digits.
    func hasDigits(_ digits: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        guard count == length else { return false }
        var at = 0
        var equal = true
        visit { digit in
            equal = digit == digits[at]
            at += 1
            return equal
        }
        return equal
    }
}
