package import Cryptography
package import JSON

extension StoredPayload {
    /// How many random bytes key one commitment.
    package static let saltByteCount = 16

    /// A payload under a fresh salt.
    ///
    /// The bytes are RFC 8785 canonical; but that form knows doubles only, so a value with an integer beyond 2^53
    /// keeps its exact compact text. Either way the commitment is over the bytes as stored.
    package init(sealing draft: PayloadDraft, salt: [UInt8]) {
        let bytes =
            draft.value.holdsWideInteger
            ? Array(draft.value.text().utf8) : draft.value.canonicalBytes()
        self.init(name: draft.name, salt: salt, bytes: bytes)
    }

    /// HMAC-SHA256 of the bytes under the salt.
    package var commitment: Digest { HMACSHA256.authenticate(bytes, key: salt) }
}

extension JSONValue {
    /// The value as it will be read back: what a payload keeps of it, members in canonical order.
    package var asStored: JSONValue {
        let bytes = holdsWideInteger ? Array(text().utf8) : canonicalBytes()
        guard let stored = try? JSONParser.parse(bytes) else {
            preconditionFailure("a JSON value cannot be read back")
        }
        return stored
    }

    /// Whether an integer in it would lose digits in canonical form.
    fileprivate var holdsWideInteger: Bool {
        switch self {
        case .null, .bool, .number, .string: false
        case .integer(let value): !(-(1 << 53)...(1 << 53)).contains(value)
        case .bignum: true
        case .array(let items): items.contains { $0.holdsWideInteger }
        case .object(let object): object.contains { $0.value.holdsWideInteger }
        }
    }
}
