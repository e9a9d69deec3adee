import Cryptography

/// A C2SP signed note: text, a blank line, and signature lines `— name base64(keyhash || signature)`.
package struct SignedNote: Sendable, Hashable {
    /// One signature line.
    package struct Signature: Sendable, Hashable {
        package var name: String
        /// The first four bytes, which tell the key.
        package var keyHash: UInt32
        package var bytes: [UInt8]
        package var line: String
    }

    /// Why a note does not stand.
    package enum Fault: Error, Sendable, Hashable {
        /// Not in the form of a note.
        case malformed
        /// None of the known keys has signed it.
        case unverified
        /// A line that names a known key does not hold for it.
        case invalidSignature
    }

    /// Upstream's limits.
    private static let signatureLimit = 100
    private static let byteLimit = 1 << 20

    /// All lines of text, the last one ended too.
    package let text: String
    package let signatures: [Signature]

    /// Reads the form; nothing is verified.
    package init(_ note: String) throws(Fault) {
        let bytes = Array(note.utf8)
        guard bytes.count <= Self.byteLimit, bytes.last == 0x0a, Self.isPlain(bytes),
            let blank = Self.lastBlankLine(bytes)
        else { throw .malformed }
        text = String(decoding: bytes[...blank], as: UTF8.self)
        let block = bytes[(blank + 2)...].dropLast()
        let lines = block.split(separator: 0x0a, omittingEmptySubsequences: false)
        guard !block.isEmpty, lines.count <= Self.signatureLimit else { throw .malformed }
        var signatures: [Signature] = []
        for line in lines {
            guard let signature = Self.signature(String(decoding: line, as: UTF8.self)) else {
                throw .malformed
            }
            signatures.append(signature)
        }
        self.signatures = signatures
    }

    /// Signs a text, whose last line must be ended.
    package init(signing text: String, by signer: NoteSigner) {
        precondition(text.utf8.last == 0x0a, "the text of a note ends with a line")
        let bytes = signer.key.sign(Array(text.utf8))
        let line = "\u{2014} \(signer.name) \(Base64.encode(signer.verifier.hashBytes + bytes))"
        self.text = text
        signatures = [
            Signature(
                name: signer.name, keyHash: signer.verifier.keyHash, bytes: bytes, line: line)
        ]
    }

    /// The note as it is written.
    package var note: String { text + "\n" + signatures.map { $0.line + "\n" }.joined() }

    /// Throws unless a known key has signed, and no line of a known key is wrong.
    package func verify(_ keys: [NoteVerifier]) throws(Fault) {
        var verified = false
        for signature in signatures {
            let known = keys.first {
                $0.keyHash == signature.keyHash && $0.name.utf8.elementsEqual(signature.name.utf8)
            }
            guard let known else { continue }
            let signed = Array(text.utf8)
            guard known.key.isValid(signature: signature.bytes, of: signed) else {
                throw .invalidSignature
            }
            verified = true
        }
        guard verified else { throw .unverified }
    }

    /// No control characters but line ends.
    private static func isPlain(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 || $0 == 0x0a }
    }

    /// The place of the line end before the last blank line.
    private static func lastBlankLine(_ bytes: [UInt8]) -> Int? {
        guard bytes.count > 2 else { return nil }
        return (0..<bytes.count - 2).last { bytes[$0] == 0x0a && bytes[$0 + 1] == 0x0a }
    }

    private static func signature(_ line: String) -> Signature? {
        let parts = line.utf8.split(separator: 0x20, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard parts.count == 3, parts[0] == "\u{2014}", NoteVerifier.isName(parts[1]),
            let bytes = Base64.decode(parts[2]), bytes.count > 4
        else { return nil }
        let hash = bytes[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Signature(name: parts[1], keyHash: hash, bytes: Array(bytes[4...]), line: line)
    }
}
