import Cryptography
import JSON

extension Digest {
    /// SHA-256 over the canonical form of a value.
    init(of value: JSONValue) { self = SHA256.hash(value.canonicalBytes()) }
}
