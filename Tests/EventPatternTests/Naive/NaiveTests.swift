import Foundation

/// The operators one by one, each in the plainest way.
enum NaiveTests {
    static func holds(_ alternative: NaiveAlternative, _ value: NaiveEvent) -> Bool {
        switch alternative {
        case .exists(let wanted): return wanted
        case .anythingBut(let list): return !list.contains { holds($0, value) }
        case .null: if case .null = value { return true } else { return false }
        case .bool(let wanted): if case .bool(wanted) = value { return true } else { return false }
        case .number(let wanted):
            guard case .number(let literal) = value else { return false }
            return Decimal(string: literal)! == Decimal(string: wanted)!
        case .numeric(let pairs):
            guard case .number(let literal) = value else { return false }
            return pairs.allSatisfy { inOrder(literal, $0, $1) }
        default:
            guard case .text(let text) = value else { return false }
            return holds(alternative, text: text)
        }
    }

    /// 64-bit whole numbers exactly, all others as doubles.
    private static func inOrder(_ left: String, _ sign: String, _ right: String) -> Bool {
        let order: Int
        if let a = whole(left), let b = whole(right) {
            order = a < b ? -1 : a > b ? 1 : 0
        } else {
            let (a, b) = (Double(left)!, Double(right)!)
            order = a < b ? -1 : a > b ? 1 : 0
        }
        switch sign {
        case "=": return order == 0
        case "<": return order < 0
        case "<=": return order <= 0
        case ">": return order > 0
        default: return order >= 0
        }
    }

    private static func whole(_ literal: String) -> Decimal? {
        let value = Decimal(string: literal)!
        var (copy, rounded) = (value, Decimal())
        NSDecimalRound(&rounded, &copy, 0, .plain)
        guard rounded == value, abs(value) <= Decimal(string: "18446744073709551615")! else {
            return nil
        }
        return value
    }

    private static func holds(_ alternative: NaiveAlternative, text: String) -> Bool {
        let bytes = Array(text.utf8)
        switch alternative {
        case .text(let wanted):
            if let address = NaiveAddress(wanted) { return NaiveAddress(text) == address }
            return bytes == Array(wanted.utf8)
        case .exactly(let wanted): return bytes == Array(wanted.utf8)
        case .prefix(let wanted): return bytes.starts(with: wanted.utf8)
        case .suffix(let wanted): return bytes.reversed().starts(with: wanted.utf8.reversed())
        case .equalsIgnoringCase(let wanted): return folded(text) == folded(wanted)
        case .prefixIgnoringCase(let wanted): return folded(text).starts(with: folded(wanted))
        case .suffixIgnoringCase(let wanted):
            return folded(text).reversed().starts(with: folded(wanted).reversed())
        case .contains(let wanted):
            let part = Array(wanted.utf8)
            return (0...bytes.count).contains { bytes[$0...].starts(with: part) }
        case .wildcard(let pattern): return covers(Array(pattern.utf8)[...], bytes[...])
        case .cidr(let block): return inBlock(text, block)
        default: return false
        }
    }

    /// Folding of the few letters that the generator uses.
    private static func folded(_ text: String) -> [Unicode.Scalar] {
        let pairs: [Unicode.Scalar: Unicode.Scalar] = [
            "É": "é", "\u{212A}": "k", "ſ": "s", "Σ": "σ", "ς": "σ", "𐐀": "𐐨",
        ]
        return text.unicodeScalars.map { scalar in
            guard ("A"..."Z").contains(scalar) else { return pairs[scalar] ?? scalar }
            return Unicode.Scalar(scalar.value + 32)!
        }
    }

    private static func covers(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return (text.startIndex...text.endIndex).contains {
                covers(pattern.dropFirst(), text[$0...])
            }
        }
        let literal = first == UInt8(ascii: "\\") ? pattern.dropFirst() : pattern
        return text.first == literal.first && covers(literal.dropFirst(), text.dropFirst())
    }

    private static func inBlock(_ text: String, _ block: String) -> Bool {
        let parts = block.split(separator: "/").map(String.init)
        guard let address = NaiveAddress(text), let base = NaiveAddress(parts[0]) else {
            return false
        }
        let count = Int(parts[1])!
        return address.bits.count == base.bits.count
            && address.bits.prefix(count) == base.bits.prefix(count)
    }
}

/// An address as its bits.
struct NaiveAddress: Equatable {
    let bits: [Bool]

    init?(_ text: String) {
        if let bits = NaiveAddress.four(text) ?? NaiveAddress.six(text) {
            self.bits = bits
        } else {
            return nil
        }
    }

    private static func bits(_ value: Int, _ count: Int) -> [Bool] {
        (0..<count).reversed().map { value >> $0 & 1 == 1 }
    }

    private static func four(_ text: String) -> [Bool]? {
        let octets = text.components(separatedBy: ".").map { Int($0) ?? -1 }
        guard octets.count == 4, octets.allSatisfy({ (0...255).contains($0) }) else { return nil }
        return octets.flatMap { bits($0, 8) }
    }

    private static func six(_ text: String) -> [Bool]? {
        guard text.contains(":"), text.allSatisfy({ $0 == ":" || $0.isHexDigit }) else {
            return nil
        }
        let halves = text.components(separatedBy: "::")
        func groups(_ text: String) -> [Int] {
            text.isEmpty ? [] : text.components(separatedBy: ":").map { Int($0, radix: 16) ?? -1 }
        }
        let head = groups(halves[0])
        let tail = halves.count > 1 ? groups(halves[1]) : []
        let missing = 8 - head.count - tail.count
        guard halves.count == 2 ? missing > 0 : halves.count == 1 && missing == 0 else {
            return nil
        }
        let all = head + Array(repeating: 0, count: missing) + tail
        guard all.allSatisfy({ (0...0xFFFF).contains($0) }) else { return nil }
        return all.flatMap { bits($0, 16) }
    }
}
