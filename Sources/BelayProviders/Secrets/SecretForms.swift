import Cryptography
import JSON

/// The forms in which a secret's text may turn up: as it is, in base64 at any alignment and alphabet,
/// percent-encoded, escaped as JSON does, and in hexadecimal digits.
enum SecretForms {
    /// Derived forms shorter than this would blot out ordinary text.
    private static let shortestDerived = 5

    static func all(of secret: String) -> Set<[UInt8]> {
        var forms: Set<[UInt8]> = [Array(secret.utf8)]
        let hex = Hex.encode(Array(secret.utf8))
        let derived =
            base64(Array(secret.utf8)) + percent(secret) + json(secret) + [hex, hex.uppercased()]
        forms.formUnion(derived.map { Array($0.utf8) }.filter { $0.count >= shortestDerived })
        return forms
    }

    /// Within longer data the first and last characters depend on the neighbours: only those in between are
    /// the secret's own.
    private static func base64(_ bytes: [UInt8]) -> [String] {
        var forms: [String] = []
        for alphabet in [Base64.Alphabet.standard, .url] {
            for shift in 0..<3 {
                let text = Base64.encode([UInt8](repeating: 0, count: shift) + bytes, alphabet)
                let first = shift == 0 ? 0 : shift + 1
                let rest = (shift + bytes.count) % 3
                let bare = text.utf8.filter { $0 != UInt8(ascii: "=") }
                let own = bare.dropFirst(first).dropLast(rest == 0 ? 0 : 1)
                forms.append(String(decoding: own, as: UTF8.self))
            }
        }
        return forms
    }

    private static func percent(_ secret: String) -> [String] {
        let strict = PercentEncoding.encode(secret)
        let lower = String(decoding: lowerEscapes(Array(strict.utf8)), as: UTF8.self)
        let form = strict.replacingAll("%20", with: "+")
        return [strict, lower, form, PercentEncoding.encode(secret, keeping: "/:@!$&'()*+,;=")]
    }

    /// `%2F` as `%2f`, the rest unchanged.
    private static func lowerEscapes(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for place in bytes.indices where bytes[place] == UInt8(ascii: "%") {
            for digit in place + 1...place + 2 where (0x41...0x46).contains(bytes[digit]) {
                bytes[digit] |= 0x20
            }
        }
        return bytes
    }

    /// Without its quotes; with `/`, and with `<`, `>` and `&` escaped as some writers do.
    private static func json(_ secret: String) -> [String] {
        let plain = String(JSONValue.string(secret).text().dropFirst().dropLast())
        let html = plain.replacingAll("<", with: "\\u003c").replacingAll(">", with: "\\u003e")
            .replacingAll("&", with: "\\u0026")
        let ascii = secret.utf16.map { unit -> String in
            guard unit >= 0x80 else {
                return String(
                    JSONValue.string(String(Unicode.Scalar(UInt8(unit)))).text().dropFirst()
                        .dropLast())
            }
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }.joined()
        return [plain, plain.replacingAll("/", with: "\\/"), html, ascii]
    }
}

extension String {
    /// Every place where the bytes of `text` stand, replaced.
    func replacingAll(_ text: String, with other: String) -> String {
        String(
            decoding: Array(utf8).replacingAll(Array(text.utf8), with: Array(other.utf8)),
            as: UTF8.self)
    }
}

extension [UInt8] {
    func replacingAll(_ sought: [UInt8], with other: [UInt8]) -> [UInt8] {
        guard let first = sought.first, count >= sought.count else { return self }
        var out: [UInt8] = []
        var start = 0
        var place = 0
        while place <= count - sought.count {
            if self[place] == first, self[place..<place + sought.count].elementsEqual(sought) {
                out += self[start..<place]
                out += other
                place += sought.count
                start = place
            } else {
                place += 1
            }
        }
        return start == 0 ? self : out + self[start...]
    }
}
