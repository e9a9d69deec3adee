package import BelayCompiler
package import JSON

/// Resolves secrets by name at the last moment and knows what must never be shown.
package protocol SecretOpener: Sendable {
    func open(_ name: String) throws(SecretError) -> String
    /// Replaces every resolved secret, in its plain, base64, URL and JSON forms, by `‹secret NAME›`.
    func redact(_ text: String) -> String
}

/// Why a secret could not be had; the message never holds its value.
package struct SecretError: Error, Sendable, Hashable {
    package var message: String

    package init(_ message: String) { self.message = message }
}

extension SealedValue {
    /// The value with each secret opened; for transports only.
    package func opened(by opener: any SecretOpener) throws(SecretError) -> JSONValue {
        switch self {
        case .plain(let value): return value
        case .secret(let name): return .string(try opener.open(name))
        case .text(let pieces):
            var text = ""
            for piece in pieces {
                let value = try piece.opened(by: opener)
                text += value.stringValue ?? value.text()
            }
            return .string(text)
        case .list(let items):
            var values: [JSONValue] = []
            for item in items { values.append(try item.opened(by: opener)) }
            return .array(values)
        case .object(let object): return .object(try object.opened(by: opener))
        }
    }
}

extension SealedObject {
    package func opened(by opener: any SecretOpener) throws(SecretError) -> JSONObject {
        var object = JSONObject()
        for member in members { object[member.name] = try member.value.opened(by: opener) }
        return object
    }
}
