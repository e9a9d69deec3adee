package import JSON

/// A value in which secrets stand sealed: everything that is not opened by a transport prints `‹secret NAME›`.
package enum SealedValue: Sendable, Hashable {
    case plain(JSONValue)
    /// The named secret of the environment.
    case secret(String)
    /// Text of plain and secret pieces, in order.
    case text([SealedValue])
    case list([SealedValue])
    case object(SealedObject)

    /// The value with each secret replaced by `‹secret NAME›`: safe to print, store and hash.
    package var redacted: JSONValue {
        switch self {
        case .plain(let value): value
        case .secret(let name): .string("‹secret \(name)›")
        case .text(let pieces):
            .string(pieces.map { $0.redacted.stringValue ?? $0.redacted.text() }.joined())
        case .list(let items): .array(items.map(\.redacted))
        case .object(let object): .object(object.redacted)
        }
    }

    /// The value if no secret is in it.
    package var plainValue: JSONValue? {
        switch self {
        case .plain(let value): value
        case .secret: nil
        case .text(let pieces): pieces.allSatisfy { $0.plainValue != nil } ? redacted : nil
        case .list(let items): items.allSatisfy { $0.plainValue != nil } ? redacted : nil
        case .object(let object):
            object.members.allSatisfy { $0.value.plainValue != nil } ? redacted : nil
        }
    }

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

/// Named sealed values in order, such as a call's inputs.
package struct SealedObject: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: SealedValue

        package init(name: String, value: SealedValue) {
            self.name = name
            self.value = value
        }
    }

    package var members: [Member]

    package init(_ members: [Member] = []) { self.members = members }

    /// An object without secrets.
    package init(plain object: JSONObject) {
        members = object.map { Member(name: $0.name, value: .plain($0.value)) }
    }

    package subscript(name: String) -> SealedValue? {
        get { members.first { $0.name == name }?.value }
        set {
            members.removeAll { $0.name == name }
            if let newValue { members.append(Member(name: name, value: newValue)) }
        }
    }

    package var redacted: JSONObject { JSONObject(members.map { ($0.name, $0.value.redacted) }) }

    package func opened(by opener: any SecretOpener) throws(SecretError) -> JSONObject {
        var object = JSONObject()
        for member in members { object[member.name] = try member.value.opened(by: opener) }
        return object
    }
}

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
