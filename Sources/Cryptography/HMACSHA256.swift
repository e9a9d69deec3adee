/// HMAC over SHA-256 (RFC 2104), for commitments, webhook signatures and request signing.
package struct HMACSHA256: Sendable {
    private static let blockSize = 64
    private var inner = SHA256()
    private var outer = SHA256()

    /// A key of any length; one longer than a block is hashed first, as the RFC says.
    package init(key: [UInt8]) {
        var block = key.count > HMACSHA256.blockSize ? SHA256.hash(key).bytes : key
        block += repeatElement(0, count: HMACSHA256.blockSize - block.count)
        inner.update(block.map { $0 ^ 0x36 })
        outer.update(block.map { $0 ^ 0x5c })
    }

    package mutating func update(_ bytes: [UInt8]) { inner.update(bytes) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { inner.update(bytes) }

    package func finalize() -> Digest {
        var outer = outer
        outer.update(inner.finalize())
        return outer.finalize()
    }

    package static func authenticate(_ message: [UInt8], key: [UInt8]) -> Digest {
        message.withUnsafeBytes { message in
            key.withUnsafeBytes { authenticate(message, key: $0) }
        }
    }

    /// The same without copies.
    package static func authenticate(
        _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
    ) -> Digest {
        guard key.count <= blockSize else {
            return SHA256.hash(key).withUnsafeBytes { authenticate(message, key: $0) }
        }
        return withUnsafeTemporaryAllocation(byteCount: blockSize, alignment: 8) { block in
            block.initializeMemory(as: UInt8.self, repeating: 0x36)
            for place in 0..<key.count { block[place] ^= key[place] }
            var inner = SHA256()
            inner.update(UnsafeRawBufferPointer(block))
            inner.update(message)
            for place in 0..<blockSize { block[place] ^= 0x36 ^ 0x5c }
            var outer = SHA256()
            outer.update(UnsafeRawBufferPointer(block))
            outer.update(inner.finalize())
            return outer.finalize()
        }
    }
}
