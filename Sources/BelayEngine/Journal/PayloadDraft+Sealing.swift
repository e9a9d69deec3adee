package import Cryptography
package import JSON

extension StoredPayload {
    /// How many random bytes key one commitment.
    package static let saltByteCount = 16

    /// A payload under a fresh salt.
    package init(sealing draft: PayloadDraft, salt: [UInt8]) {
        self.init(name: draft.name, salt: salt, bytes: draft.bytes)
    }

    /// HMAC-SHA256 of the bytes under the salt.
    package var commitment: Digest { HMACSHA256.authenticate(bytes, key: salt) }
}

extension JSONValue {
    /// The value as it will be read back: what a payload keeps of it, members in canonical order.
    package var asStored: JSONValue {
        guard let stored = try? JSONParser.parse(storedBytes) else {
            preconditionFailure("a JSON value cannot be read back")
        }
        return stored
    }

    /// The text that a payload keeps of it.
    var storedBytes: [UInt8] {
        holdsWideInteger ? Array(text().utf8) : canonicalBytes()
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
