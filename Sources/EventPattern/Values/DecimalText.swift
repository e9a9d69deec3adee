/// The exact decimal value of a JSON number's text: sign, significant digits, power of ten.
struct DecimalText {
    let negative: Bool
    /// ASCII digits without zeros at either end; empty for zero.
    let digits: [UInt8]
    /// The power of ten of the last digit.
    let exponent: Int

    /// Reads a number by the JSON grammar; nil if the text is not one.
    init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        negative = bytes.first == UInt8(ascii: "-")
        if negative { bytes.removeFirst() }
        let whole = Self.takeDigits(&bytes)
        guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else {
            return nil
        }
        var fraction: ArraySlice<UInt8> = []
        if bytes.first == UInt8(ascii: ".") {
            bytes.removeFirst()
            fraction = Self.takeDigits(&bytes)
            guard !fraction.isEmpty else { return nil }
        }
        var power = 0
        if let mark = bytes.first, mark | 0x20 == UInt8(ascii: "e") {
            bytes.removeFirst()
            guard let value = Self.takeExponent(&bytes) else { return nil }
            power = value
        }
        guard bytes.isEmpty else { return nil }
        (digits, exponent) = Self.trimmed(Array(whole + fraction), power - fraction.count)
    }

    private static func takeDigits(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = bytes.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        bytes = bytes.dropFirst(digits.count)
        return digits
    }

    /// The exponent, held within bounds that no double and no 64-bit number reaches.
    private static func takeExponent(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        let negative = bytes.first == UInt8(ascii: "-")
        if negative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        let digits = takeDigits(&bytes)
        guard !digits.isEmpty else { return nil }
        var value = 0
        for digit in digits { value = min(value * 10 + Int(digit & 15), 1 << 40) }
        return negative ? -value : value
    }

    private static func trimmed(_ digits: [UInt8], _ exponent: Int) -> ([UInt8], Int) {
        let zero = UInt8(ascii: "0")
        var kept = digits[...].drop { $0 == zero }
        var exponent = exponent
        while kept.last == zero {
            kept.removeLast()
            exponent += 1
        }
        return kept.isEmpty ? ([], 0) : (Array(kept), exponent)
    }

    /// The magnitude if the number is whole and fits 64 bits without sign.
    var wholeMagnitude: UInt64? {
        guard exponent >= 0, digits.count + exponent <= 20 else { return nil }
        var value: UInt64 = 0
        for digit in digits + Array(repeating: UInt8(ascii: "0"), count: exponent) {
            let (product, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit & 15))
            guard !over, !carry else { return nil }
            value = sum
        }
        return value
    }
}
