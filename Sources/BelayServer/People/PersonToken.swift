package import BelayCompiler
import BelayEngine
package import Cryptography
package import JSON

/// One person's token as the file of people keeps it: whose it is and its hash, never the token.
package struct PersonToken: Sendable, Hashable {
    /// Printable, without spaces: as records name the person.
    package var name: String
    /// At least one.
    package var roles: [Role]
    package var hash: Digest
    package var createdAt: Timestamp
    package var expiresAt: Timestamp?
    package var revokedAt: Timestamp?

    package init(
        name: String, roles: [Role], hash: Digest, createdAt: Timestamp, expiresAt: Timestamp?
    ) {
        self.name = name
        self.roles = roles
        self.hash = hash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Whether it may be used.
    package enum Standing: String, Sendable {
        case active
        case expired
        case revoked
    }

    package func standing(at now: Timestamp) -> Standing {
        if revokedAt != nil { return .revoked }
        return expiresAt.map { $0 <= now } ?? false ? .expired : .active
    }

    /// A new token's text: shown once, kept nowhere.
    package static func make() -> String { "belay_" + Base64.encode(SecureRandom.bytes(32), .url) }

    /// Whether a person can be called so: as records name people.
    package static func isName(_ text: String) -> Bool {
        RecordText.isName(text) && !text.contains(":")
    }

    package static func hash(of token: String) -> Digest { SHA256.hash(Array(token.utf8)) }
}

extension PersonToken {
    package var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "roles": .array(roles.map { .string($0.rawValue) }),
            "sha256": .string(hash.hex), "created_at": .string(createdAt.rfc3339),
        ]
        object["expires_at"] = expiresAt.map { .string($0.rfc3339) }
        object["revoked_at"] = revokedAt.map { .string($0.rfc3339) }
        return .object(object)
    }

    /// Nil if a member is missing, unknown or not of its kind: nobody gets in by half a line.
    package init?(_ json: JSONValue) {
        guard let name = json["name"]?.stringValue, !name.isEmpty,
            let words = json["roles"]?.arrayValue?.map(\.stringValue), !words.isEmpty,
            let hash = json["sha256"]?.stringValue.flatMap(Digest.init(hex:)),
            let created = json["created_at"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        let roles = words.compactMap { $0.flatMap(Role.init(rawValue:)) }
        guard roles.count == words.count else { return nil }
        self.init(name: name, roles: roles, hash: hash, createdAt: created, expiresAt: nil)
        for (member, keyPath) in [
            ("expires_at", \PersonToken.expiresAt), ("revoked_at", \PersonToken.revokedAt),
        ] {
            guard let value = json[member] else { continue }
            guard let time = value.stringValue.flatMap(Timestamp.init(rfc3339:)) else { return nil }
            self[keyPath: keyPath] = time
        }
    }
}
