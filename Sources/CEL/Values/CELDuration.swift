/// A signed span of time in nanoseconds, about ±292 years.
public struct CELDuration: Hashable, Comparable, Sendable {
    /// The span in nanoseconds.
    public let nanoseconds: Int64

    /// A span of that many nanoseconds.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// A span of whole seconds; nil beyond the range.
    public init?(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return nil }
        nanoseconds = product
    }

    /// Whether the left span is shorter.
    @inline(__always)
    public static func < (left: CELDuration, right: CELDuration) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    func adding(_ other: CELDuration) -> CELDuration? {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(other.nanoseconds)
        return overflow ? nil : CELDuration(nanoseconds: sum)
    }

    func subtracting(_ other: CELDuration) -> CELDuration? {
        let (rest, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        return overflow ? nil : CELDuration(nanoseconds: rest)
    }
}

extension CELDuration: CustomStringConvertible {
    /// The span in seconds with up to nine fraction digits, such as `1.5s`.
    public var description: String {
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        return sign + String(magnitude / 1_000_000_000) + fraction(magnitude % 1_000_000_000) + "s"
    }

    /// Reads `1h30m`, `-1.5s`, `100ms`: signed decimal numbers with the units h, m, s, ms, us, µs
    /// and ns; nil if the text is none or the span is beyond the range.
    public init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        let negative = bytes.first == UInt8(ascii: "-")
        if negative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        if bytes.elementsEqual("0".utf8) {
            self.init(nanoseconds: 0)
            return
        }
        guard !bytes.isEmpty else { return nil }
        var total: UInt64 = 0
        while !bytes.isEmpty {
            guard let part = Self.part(&bytes) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow, sum <= 1 << 63 else { return nil }
            total = sum
        }
        if negative {
            self.init(nanoseconds: total == 1 << 63 ? .min : -Int64(total))
        } else {
            guard total < 1 << 63 else { return nil }
            self.init(nanoseconds: Int64(total))
        }
    }

    private static func part(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var whole: UInt64 = 0
        var digits = 0
        while let byte = bytes.first, byte >= 0x30, byte <= 0x39 {
            let (tens, over) = whole.multipliedReportingOverflow(by: 10)
            let (sum, over2) = tens.addingReportingOverflow(UInt64(byte - 0x30))
            guard !over, !over2 else { return nil }
            whole = sum
            digits += 1
            bytes.removeFirst()
        }
        var fraction = 0.0
        var scaled: UInt64 = 0
        var scale: UInt64 = 1
        if bytes.first == UInt8(ascii: ".") {
            bytes.removeFirst()
            while let byte = bytes.first, byte >= 0x30, byte <= 0x39 {
                if scale < 1_000_000_000_000_000 {
                    scaled = scaled * 10 + UInt64(byte - 0x30)
                    scale *= 10
                }
                digits += 1
                bytes.removeFirst()
            }
        }
        guard digits > 0, let unit = unit(&bytes) else { return nil }
        fraction = Double(scaled) * (Double(unit) / Double(scale))
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        let (sum, overflow2) = product.addingReportingOverflow(UInt64(fraction))
        return overflow2 ? nil : sum
    }

    private static func unit(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        let name = bytes.prefix { $0 != 0x2E && !($0 >= 0x30 && $0 <= 0x39) }
        bytes = bytes.dropFirst(name.count)
        switch String(decoding: name, as: UTF8.self) {
        case "h": return 3_600_000_000_000
        case "m": return 60_000_000_000
        case "s": return 1_000_000_000
        case "ms": return 1_000_000
        case "us", "\u{B5}s", "\u{3BC}s": return 1000
        case "ns": return 1
        default: return nil
        }
    }
}

/// A decimal point and the digits of a part of a second, without trailing zeros; empty for none.
func fraction(_ nanoseconds: UInt64) -> String {
    guard nanoseconds > 0 else { return "" }
    var digits = Array(String(nanoseconds + 1_000_000_000).utf8.dropFirst())
    while digits.last == 0x30 { digits.removeLast() }
    return "." + String(decoding: digits, as: UTF8.self)
}
