/// A key under which a branch can be found: a class, a field, and the test or gram that is the key.
struct AccessKey: Hashable {
    let accessClass: AccessClass
    let field: UInt32
    /// The interned test that confirms the key, or the gram itself.
    let value: UInt32
    /// Whether a leaf found under the key satisfies the alternative it was made of.
    let implies: Bool

    /// The number of bytes that a part of a wildcard is looked up by.
    static let gramLength = 4

    static func == (left: AccessKey, right: AccessKey) -> Bool {
        left.value == right.value && left.field == right.field
            && left.accessClass == right.accessClass
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(UInt64(field) << 32 | UInt64(value))
        hasher.combine(accessClass.rawValue)
    }
}

/// How the branches of one way in are found.
enum Access {
    case keys([AccessKey])
    case ranges(field: UInt32, [NumberRange])
    case presence(field: UInt32)
    case always
}
