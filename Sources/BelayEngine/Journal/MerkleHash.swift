package import Cryptography

/// The two hash functions of an RFC 6962 tree; their first byte keeps leaves and nodes apart.
package enum MerkleHash {
    /// The root of a tree without leaves.
    package static let empty = SHA256.hash([])

    package static func leaf(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { leaf($0) } }

    package static func leaf(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var hasher = SHA256()
        hasher.update(0x00)
        hasher.update(bytes)
        return hasher.finalize()
    }

    package static func node(_ left: Digest, _ right: Digest) -> Digest {
        var hasher = SHA256()
        hasher.update(0x01)
        hasher.update(left)
        hasher.update(right)
        return hasher.finalize()
    }
}
