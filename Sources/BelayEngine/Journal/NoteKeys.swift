package import Cryptography

/// A name and an Ed25519 public key, as `name+hash+base64(0x01 || key)`: what verifiers of notes are given.
package struct NoteVerifier: Sendable, Hashable {
    /// The algorithm byte of Ed25519 in keys of notes.
    static let algorithm: UInt8 = 1

    package let name: String
    package let key: Ed25519.PublicKey
    package let keyHash: UInt32

    /// `nil` if the name is empty or holds white space or a plus sign.
    package init?(name: String, key: Ed25519.PublicKey) {
        guard Self.isName(name) else { return nil }
        self.name = name
        self.key = key
        let hash = SHA256.hash(Array(name.utf8) + [0x0a, Self.algorithm] + key.bytes).bytes
        keyHash = hash[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a vkey; `nil` for an unknown algorithm, a wrong length or a hash that does not fit.
    package init?(vkey: String) {
        let parts = vkey.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decode(parts[2]),
            bytes.first == Self.algorithm,
            let key = Ed25519.PublicKey(Array(bytes.dropFirst()))
        else { return nil }
        self.init(name: String(parts[0]), key: key)
        guard Hex.encode(hashBytes).utf8.elementsEqual(parts[1].utf8) else { return nil }
    }

    package var vkey: String {
        "\(name)+\(Hex.encode(hashBytes))+\(Base64.encode([Self.algorithm] + key.bytes))"
    }

    var hashBytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: keyHash >> (24 - 8 * UInt32($0))) }
    }

    static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && !name.unicodeScalars.contains { $0.properties.isWhitespace || $0 == "+" }
    }
}

/// A name and an Ed25519 private key, as `PRIVATE+KEY+name+hash+base64(0x01 || seed)`.
package struct NoteSigner: Sendable {
    package let key: Ed25519.PrivateKey
    package let verifier: NoteVerifier

    package var name: String { verifier.name }

    /// `nil` if the name cannot stand in a note.
    package init?(name: String, key: Ed25519.PrivateKey) {
        guard let verifier = NoteVerifier(name: name, key: key.publicKey) else { return nil }
        self.key = key
        self.verifier = verifier
    }

    /// Reads an skey; `nil` if it is none or its hash does not fit.
    package init?(skey: String) {
        let parts = skey.split(separator: "+", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "PRIVATE", parts[1] == "KEY",
            let bytes = Base64.decode(parts[4]), bytes.first == NoteVerifier.algorithm,
            let key = Ed25519.PrivateKey(seed: Array(bytes.dropFirst()))
        else { return nil }
        self.init(name: String(parts[2]), key: key)
        guard Hex.encode(verifier.hashBytes).utf8.elementsEqual(parts[3].utf8) else { return nil }
    }

    /// The secret text for the key file.
    package var skey: String {
        let hash = Hex.encode(verifier.hashBytes)
        let seed = Base64.encode([NoteVerifier.algorithm] + key.seed)
        return "PRIVATE+KEY+\(name)+\(hash)+\(seed)"
    }
}
