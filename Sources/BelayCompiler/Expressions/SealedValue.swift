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
}
