import CCrypto

/// Random bytes from the system through libcrypto, for keys, salts, boot ids and identifiers.
package enum SecureRandom {
    package static func bytes(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let status = RAND_bytes(buffer.baseAddress, Int32(count))
            precondition(status == 1, "the system gave no random bytes")
            filled = count
        }
    }
}

/// The same as a generator, for `Int.random(in:using:)` and its like.
package struct SecureRandomGenerator: RandomNumberGenerator, Sendable {
    package init() {}

    package mutating func next() -> UInt64 {
        SecureRandom.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
