import CCrypto

/// Comparison of secrets and signatures whose duration tells nothing of where they differ.
package enum ConstantTime {
    /// Whether both are equal; only a difference in length shows in the time taken.
    package static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && (a.isEmpty || CRYPTO_memcmp(a, b, a.count) == 0)
    }
}
