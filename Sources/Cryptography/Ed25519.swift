import CCrypto

/// Ed25519 (RFC 8032): keys are made from 32-byte seeds, signatures are 64 bytes and deterministic.
package enum Ed25519 {
    package static let seedByteCount = 32
    package static let publicKeyByteCount = 32
    package static let signatureByteCount = 64

    /// A signing key; it has no description, so that its seed is not printed by accident.
    package struct PrivateKey: Sendable {
        package let seed: [UInt8]
        package let publicKey: PublicKey

        /// Takes exactly 32 bytes; any other number gives `nil`.
        package init?(seed: [UInt8]) {
            guard seed.count == seedByteCount,
                let publicKey = Ed25519.publicKey(ofSeed: seed)
            else { return nil }
            self.seed = seed
            self.publicKey = publicKey
        }

        /// A new key from the system's random bytes.
        package static func random() -> PrivateKey {
            guard let key = PrivateKey(seed: SecureRandom.bytes(seedByteCount)) else {
                preconditionFailure("a fresh seed makes a key")
            }
            return key
        }

        package func sign(_ message: [UInt8]) -> [UInt8] { Ed25519.sign(message, seed: seed) }
    }

    /// A verifying key of 32 bytes.
    package struct PublicKey: Hashable, Sendable {
        package let bytes: [UInt8]

        /// Takes exactly 32 bytes; any other number gives `nil`.
        package init?(_ bytes: [UInt8]) {
            guard bytes.count == publicKeyByteCount else { return nil }
            self.bytes = bytes
        }

        package func isValid(signature: [UInt8], of message: [UInt8]) -> Bool {
            guard signature.count == signatureByteCount,
                let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count),
                let context = EVP_MD_CTX_new()
            else { return false }
            defer {
                EVP_MD_CTX_free(context)
                EVP_PKEY_free(key)
            }
            return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
                && EVP_DigestVerify(
                    context, signature, signature.count, message, message.count) == 1
        }
    }

    private static func publicKey(ofSeed seed: [UInt8]) -> PublicKey? {
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            return nil
        }
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: publicKeyByteCount)
        var count = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1 else { return nil }
        return PublicKey(bytes)
    }

    private static func sign(_ message: [UInt8], seed: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: signatureByteCount)
        var count = signature.count
        let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
        }
        let signed =
            EVP_DigestSignInit(context, nil, nil, nil, key) == 1
            && EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        precondition(signed && count == signatureByteCount, "libcrypto refuses to sign")
        return signature
    }
}
