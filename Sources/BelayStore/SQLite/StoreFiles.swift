package import BelayEngine
import Cryptography
import Glibc

/// The files of one store: the database and what lies beside it.
package struct StoreFiles: Sendable {
    /// The database.
    package let path: String

    package init(path: String) { self.path = path }

    /// Held while the store is open.
    package var lock: String { path + ".lock" }
    /// The signing key, mode 0600.
    package var key: String { path + ".key" }
    /// The verifying keys of all times, one a line; give these to auditors.
    package var verifiers: String { path + ".vkey" }
    /// The last signed checkpoint.
    package var checkpoint: String { path + ".checkpoint" }

    /// The bytes of a file, 0 if there is none.
    static func size(of path: String) -> Int64 {
        var found = stat()
        return stat(path, &found) == 0 ? Int64(found.st_size) : 0
    }

    /// The keys of the `.vkey` file.
    package func knownVerifiers() -> [NoteVerifier] {
        let text = SideFile.read(verifiers).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").compactMap { NoteVerifier(vkey: String($0)) }
    }

    /// The note of the `.checkpoint` file.
    package func keptNote() -> String? {
        SideFile.read(checkpoint).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The key of a log, `nil` if there is none for that name.
    func signer(named origin: String) -> NoteSigner? {
        guard let bytes = SideFile.read(key) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let signer = NoteSigner(skey: String(text.prefix { $0 != "\n" }))
        return signer?.name == origin ? signer : nil
    }

    /// Makes a key and adds its verifier to those known: the verifier first, so that a process that dies between the
    /// two files leaves a verifier nobody signs for, never a key that nobody can verify.
    func makeSigner(named origin: String, seed: [UInt8]) throws(StoreError) -> NoteSigner {
        guard let key = Ed25519.PrivateKey(seed: seed),
            let signer = NoteSigner(name: origin, key: key)
        else { preconditionFailure("an origin without spaces and a seed of 32 bytes") }
        let known = knownVerifiers().map(\.vkey) + [signer.verifier.vkey]
        try SideFile.write(Array(known.map { $0 + "\n" }.joined().utf8), to: verifiers)
        try SideFile.write(Array((signer.skey + "\n").utf8), to: self.key, mode: 0o600)
        return signer
    }
}
