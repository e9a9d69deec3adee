/// A place in the tree of paths that the scanner looks keys up in.
struct NodeRecord {
    /// The first of the node's key slots, and their number less one; no children if the mask is -1.
    var slots: UInt32
    var mask: Int32
    /// The field that ends here, -1 if none.
    var field: Int32
    /// The number of fields here and below.
    var fieldsBelow: UInt32
    /// Whether the keys below are whole, dots and all.
    var keysAreWhole: Bool
    /// Whether some child has children: only then can a key with dots mean anything.
    var hasDeepChildren: Bool
}

/// A key of a node: its length and its first and last eight bytes, and where it stands whole.
struct KeySlot {
    var head: UInt64
    var tail: UInt64
    var length: UInt32
    /// The node it leads to; 0 marks an empty slot, for nothing leads to the root.
    var node: UInt32
    var offset: UInt32
    var unused: UInt32 = 0
}

/// What a test asks.
enum TestKind: UInt8 {
    case text
    case address
    case whole
    case decimal
    case bool
    case null
    case prefix
    case suffix
    case contains
    case foldedText
    case foldedPrefix
    case foldedSuffix
    case wildcard
    case expression
    case range
    case block
    case present
    case absent
    case noneOf
    /// One of many texts: looked up in the table of accesses under this test's number.
    case textSet
}

/// A test as the matcher evaluates it; the meaning of the numbers depends on the kind.
struct TestRecord {
    var kind: TestKind
    /// A sign, a boolean, an address family, whether a range is plain.
    var flag: Bool = false
    /// Bytes of text, parts of a wildcard, inner tests.
    var length: UInt32 = 0
    /// Where the text, the parts or the inner tests begin; the number of an expression or a range.
    var offset: UInt32 = 0
    /// Bits of a block; bytes of a wildcard's parts.
    var bits: UInt32 = 0
    /// The first eight bytes of a text; a magnitude; a double's bits; the first half of an address; the lower end of a
    /// range that doubles hold exactly, which the flag says.
    var first: UInt64 = 0
    /// The exponent of a decimal; the second half of an address; the upper end of such a range.
    var second: UInt64 = 0
}

/// A number as ranges compare it: its kind, and a magnitude or a double's bits.
struct NumberRecord {
    var kind: LeafKind
    var bits: UInt64
}

/// A range; a bound that is not there is `none`.
struct RangeRecord {
    enum Bound: UInt8 {
        case none
        case excluded
        case included
    }

    var lowerBound: Bound
    var upperBound: Bound
    var lower: NumberRecord
    var upper: NumberRecord
}

/// A stretch of the pool of bytes.
struct Stretch {
    var offset: UInt32
    var length: UInt32
}

/// A field with its alternatives.
struct ConditionRecord {
    /// The test if there is only one, first so that a pointer to the record is one to the test.
    var only: TestRecord
    var field: UInt32
    /// The tests side by side if there are several.
    var tests: UInt32
    var count: UInt32
    var allowsAbsence: Bool
}

/// A step of a residual program: `condition` at or above zero asks a condition and goes to `target` if it does not
/// hold; below zero it reports a rule, by its branch `target`, or stops.
struct Instruction {
    var condition: Int32
    var target: UInt32

    static let stop = Instruction(condition: .min, target: 0)

    static func emit(rule: UInt32, branch: UInt32) -> Instruction {
        Instruction(condition: -1 - Int32(rule), target: branch)
    }

    /// The rule that an instruction which does not ask reports.
    @inline(__always)
    var rule: Int { Int(-1 - condition) }
}

/// A way into the rule set: an index key, what confirms it, and the program to run.
///
/// A text to be equal to is confirmed by the slot itself if it is short, without a look anywhere else.
struct AccessSlot {
    /// The first eight bytes of a short text; the hash of any other key.
    var first: UInt64
    /// The last eight bytes of a short text of more than eight.
    var second: UInt64
    /// The length of a short text, `unconfirmed` for any other key.
    var length: UInt32
    /// The field and the class of the key; 0 marks an empty slot.
    var tag: UInt32
    /// The test that confirms the key.
    var test: UInt32
    var program: UInt32

    /// The longest text that two words hold.
    static let longestText = 16
    /// The length that says that the test must be asked.
    static let unconfirmed = UInt32.max
}

/// What kinds of keys lead from a field into the rule set.
struct FieldRecord {
    /// The classes of keys there are, a bit each.
    var classes: UInt32 = 0
    /// The program to run if the field has a leaf, 0 if none.
    var presence: UInt32 = 0
    /// The lengths of prefixes and suffixes and the sizes of blocks that are keys, in the list of sizes.
    var prefixes = Stretch(offset: 0, length: 0)
    var suffixes = Stretch(offset: 0, length: 0)
    var blocks4 = Stretch(offset: 0, length: 0)
    var blocks6 = Stretch(offset: 0, length: 0)
    /// The field's numeric ranges that are ways in, in the list of intervals.
    var ranges = Stretch(offset: 0, length: 0)
}

/// A branch of a rule: what an event must satisfy, whole.
struct BranchRecord {
    var rule: UInt32
    var conditions: UInt32
    var count: UInt32
}

/// The class of an access key.
enum AccessClass: UInt32 {
    case text
    case number
    case literal
    case address
    case folded
    case prefix
    case suffix
    case block
    case gram
    case set

    var bit: UInt32 { 1 << rawValue }
}

/// What a leaf is.
enum LeafKind: UInt8 {
    case text
    /// Whole, at least zero: the magnitude.
    case positive
    /// Whole, below zero: the magnitude.
    case negative
    /// A double's bits; the literal's bytes are kept for exact equality.
    case decimal
    case no
    case yes
    case null

    var isNumber: Bool { self == .positive || self == .negative || self == .decimal }
}

/// A leaf of a field in the event at hand.
struct Leaf {
    /// The text, or a number's literal; eight bytes beyond its end are readable.
    var start: UnsafePointer<UInt8>
    var length: UInt32
    var kind: LeafKind
    var field: UInt32
    /// The next leaf of the same field, -1 if this is the last.
    var next: Int32
    /// A magnitude, or a double's bits; of a text the hash it is looked up by, then the program found, 0 if none.
    var bits: UInt64
}
