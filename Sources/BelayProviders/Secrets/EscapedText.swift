/// A text as it may stand in others: each of its characters as it is or escaped as URLs and JSON do, in any mixture.
///
/// Which characters a server escapes is its own affair (`/` or not, `+` or `%20`, capital digits or small), so no list of
/// whole forms is complete.
struct EscapedText: Sendable {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Every place where the text stands, replaced.
    func replaced(in text: [UInt8], by mark: [UInt8]) -> [UInt8] {
        guard let first = bytes.first, text.count >= bytes.count else { return text }
        var out: [UInt8] = []
        var start = 0
        var place = 0
        while place < text.count {
            let byte = text[place]
            let mayBegin =
                byte == first || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\")
                || byte == UInt8(ascii: "+")
            if mayBegin, let end = end(of: 0, in: text, at: place) {
                out += text[start..<place]
                out += mark
                place = end
                start = end
            } else {
                place += 1
            }
        }
        return start == 0 ? text : out + text[start...]
    }

    /// Where the rest of this text from `own` on ends if it stands at `place`; nil if it does not.
    private func end(of own: Int, in text: [UInt8], at place: Int) -> Int? {
        var (own, place) = (own, place)
        while own < bytes.count {
            let steps = steps(own, text, place)
            guard let first = steps.first else { return nil }
            if steps.count > 1 {
                for step in steps {
                    if let end = end(of: own + step.own, in: text, at: place + step.text) {
                        return end
                    }
                }
                return nil
            }
            own += first.own
            place += first.text
        }
        return place
    }

    /// How many bytes of this text and of the other belong together here, in each reading that fits.
    private func steps(_ own: Int, _ text: [UInt8], _ place: Int) -> [(own: Int, text: Int)] {
        guard place < text.count else { return [] }
        let (wanted, found) = (bytes[own], text[place])
        var steps: [(own: Int, text: Int)] = []
        if found == UInt8(ascii: "%"), Self.number(text, place + 1, 2) == UInt32(wanted) {
            steps.append((1, 3))
        }
        if found == UInt8(ascii: "\\") { steps += backslashed(own, text, place) }
        if found == UInt8(ascii: "+"), wanted == UInt8(ascii: " ") { steps.append((1, 1)) }
        if found == wanted { steps.append((1, 1)) }
        return steps
    }

    /// JSON's escapes; JSON inside JSON doubles the backslashes.
    private func backslashed(
        _ own: Int, _ text: [UInt8], _ place: Int
    ) -> [(own: Int, text: Int)] {
        var next = place
        while next < text.count, next - place < 8, text[next] == UInt8(ascii: "\\") { next += 1 }
        var steps: [(own: Int, text: Int)] = []
        if next < text.count {
            if text[next] == UInt8(ascii: "u") {
                if let step = coded(own, text, next) {
                    steps.append((step.own, step.text + next - place))
                }
            } else if bytes[own] == Self.meaning(text[next]) {
                steps.append((1, next + 1 - place))
            }
        }
        // An escaped backslash, and each doubling of it.
        if bytes[own] == UInt8(ascii: "\\") {
            for count in [8, 4, 2] where next - place >= count { steps.append((1, count)) }
        }
        return steps
    }

    /// `u` and four digits, or a pair of these, for the character that stands here.
    private func coded(_ own: Int, _ text: [UInt8], _ place: Int) -> (own: Int, text: Int)? {
        guard let unit = Self.number(text, place + 1, 4) else { return nil }
        var (value, length) = (unit, 5)
        if (0xd800..<0xdc00).contains(unit) {
            var next = place + 5
            while next < text.count, text[next] == UInt8(ascii: "\\") { next += 1 }
            guard next < text.count, text[next] == UInt8(ascii: "u"),
                let low = Self.number(text, next + 1, 4), (0xdc00..<0xe000).contains(low)
            else { return nil }
            value = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
            length = next + 5 - place
        }
        guard let scalar = Unicode.Scalar(value) else { return nil }
        let encoded = Array(String(Character(scalar)).utf8)
        return bytes[own...].starts(with: encoded) ? (encoded.count, length) : nil
    }

    /// What a character after a backslash stands for.
    private static func meaning(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "'"): byte
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        default: nil
        }
    }

    /// So many hexadecimal digits as a number.
    private static func number(_ text: [UInt8], _ place: Int, _ count: Int) -> UInt32? {
        guard place + count <= text.count else { return nil }
        var value: UInt32 = 0
        for byte in text[place..<place + count] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return value
    }
}
