/// A key under which a branch can be found: a class, a field, and the test or gram that is the key.
struct AccessKey {
    let accessClass: AccessClass
    let field: UInt32
    /// The interned test that confirms the key, or the gram itself.
    let value: UInt32
    /// Whether a leaf found under the key satisfies the alternative it was made of.
    let implies: Bool

    /// The number of bytes that a part of a wildcard is looked up by.
    static let gramLength = 4

    /// The key as a word: equal keys have equal words.
    var word: UInt64 {
        UInt64(field) << 36 | UInt64(accessClass.rawValue) << 32 | UInt64(value)
    }
}

/// How the branches of one way in are found.
enum Access {
    /// By keys of the chooser's list, given as a range of its list of numbers.
    case keys(Range<Int>)
    case ranges(field: UInt32, [NumberRange])
    case presence(field: UInt32)
    case always
}
