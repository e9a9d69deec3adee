import Cryptography

/// The forms of a secret that do not follow its characters one by one: base64 at any alignment and alphabet, and
/// hexadecimal digits. Escapes of single characters are `EscapedText`'s.
enum SecretForms {
    /// Derived forms shorter than this would blot out ordinary text.
    private static let shortestDerived = 5

    static func all(of secret: String) -> Set<[UInt8]> {
        let hex = Hex.encode(Array(secret.utf8))
        let derived = base64(Array(secret.utf8)) + [hex, hex.uppercased()]
        return Set(derived.map { Array($0.utf8) }.filter { $0.count >= shortestDerived })
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
