/// The text of a double as ECMAScript's `Number::toString` gives it, which RFC 8785 prescribes.
package enum ECMAScriptNumber {
    /// `value` must be finite.
    package static func text(_ value: Double) -> String {
        precondition(value.isFinite, "JSON has no text for \(value)")
        if value == 0 { return "0" }
        let (digits, exponent) = shortestDigits(value.magnitude)
        return (value < 0 ? "-" : "") + layOut(digits, exponent)
    }

    /// The shortest digits d1…dk and n with value = 0.d1…dk × 10^n, from Swift's own shortest form.
    private static func shortestDigits(_ value: Double) -> (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var exponent = 0
        var afterPoint = false
        var text = Substring(value.description)
        if let e = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            exponent = Int(text[text.index(after: e)...]) ?? 0
            text = text[..<e]
        }
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") {
                afterPoint = true
            } else {
                digits.append(byte)
                if !afterPoint { exponent += 1 }
            }
        }
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, exponent - zeros)
    }

    private static func layOut(_ digits: [UInt8], _ n: Int) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        let k = digits.count
        if k <= n, n <= 21 { return text + String(repeating: "0", count: n - k) }
        if 0 < n, n <= 21 { return String(text.prefix(n)) + "." + String(text.dropFirst(n)) }
        if -6 < n, n <= 0 { return "0." + String(repeating: "0", count: -n) + text }
        let sign = n - 1 < 0 ? "-" : "+"
        let mantissa = k == 1 ? text : String(text.prefix(1)) + "." + String(text.dropFirst(1))
        return mantissa + "e" + sign + String(abs(n - 1))
    }
}
