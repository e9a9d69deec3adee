import CCrypto

/// SHA-256 (FIPS 180-4), in one call or piece by piece; a copy continues independently.
package struct SHA256: Sendable {
    private var context = SHA256_CTX()

    package init() { SHA256_Init(&context) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        SHA256_Update(&context, bytes.baseAddress, bytes.count)
    }

    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    package mutating func update(_ digest: Digest) { digest.withUnsafeBytes { update($0) } }

    package mutating func update(_ byte: UInt8) { withUnsafeBytes(of: byte) { update($0) } }

    /// The digest of all that was given so far; the state itself stays as it is.
    package func finalize() -> Digest {
        var copy = context
        var digest = Digest()
        digest.withUnsafeMutableBytes { out in
            _ = SHA256_Final(out.bindMemory(to: UInt8.self).baseAddress, &copy)
        }
        return digest
    }

    package static func hash(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { hash($0) } }

    package static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var hasher = SHA256()
        hasher.update(bytes)
        return hasher.finalize()
    }

    package static func hash(utf8 text: String) -> Digest { hash(Array(text.utf8)) }
}
