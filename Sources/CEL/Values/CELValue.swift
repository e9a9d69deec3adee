/// A value of the Common Expression Language.
///
/// Strings are sequences of code points compared by their UTF-8 bytes, never by Swift's canonical
/// equivalence. `object` wraps a caller's own data without converting it first.
public enum CELValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case timestamp(CELTimestamp)
    case duration(CELDuration)
    case list([CELValue])
    case map(CELMap)
    /// The caller's own data, a map with text keys to every expression.
    case object(any CELObject)
    case optional(CELOptional)
    /// A type as a value: what `type(x)` gives.
    case type(CELTypeName)
    /// A value of an extension's own type, such as an address.
    case opaque(any CELOpaque)
    /// A value that will be known later; whatever needs it is unknown too.
    case unknown(CELUnknown)
}

extension CELValue {
    /// A map with text keys, in the given order.
    public static func map(_ members: KeyValuePairs<String, CELValue>) -> CELValue {
        .map(CELMap(members.map { ($0.key, $0.value) }))
    }

    /// Marks a variable as not known yet: evaluation gives `unknown` with the paths it needed.
    public static func unknown(_ path: String) -> CELValue { .unknown(CELUnknown([path])) }

    /// The truth of a boolean, else nil.
    public var truth: Bool? {
        if case .bool(let truth) = self { truth } else { nil }
    }

    /// The text of a string, else nil.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// Whether the value is not known yet.
    public var isUnknown: Bool {
        if case .unknown = self { true } else { false }
    }
}

/// A value that may be absent: what `optional.of(x)`, `optional.none()` and `a.?b` give.
public final class CELOptional: Sendable {
    /// The value, nil if absent.
    public let value: CELValue?

    /// Wraps a value, or its absence.
    public init(_ value: CELValue?) { self.value = value }

    /// The absent value.
    public static let none = CELOptional(nil)
}

/// The name of a type, as a value.
public struct CELTypeName: Hashable, Sendable {
    /// The type's name in CEL, such as `int` or `google.protobuf.Timestamp`.
    public let name: String

    /// A type of that name.
    public init(_ name: String) { self.name = name }
}

/// Which variables and fields of them a value waits for.
public final class CELUnknown: Sendable {
    /// Dotted paths, in the order in which they were met, without repetition.
    public let paths: [String]
    /// The error of a bound value, thrown where the value is used.
    let failure: CELError?

    /// Unknown because of these paths.
    public init(_ paths: [String]) {
        self.paths = paths
        failure = nil
    }

    init(failure: CELError) {
        paths = []
        self.failure = failure
    }

    /// What stands in the slot of a variable that was never bound.
    static let unbound = CELUnknown([])

    func appending(_ field: String) -> CELUnknown { CELUnknown(paths.map { $0 + "." + field }) }

    func merged(_ other: CELUnknown) -> CELUnknown {
        CELUnknown(paths + other.paths.filter { !paths.contains($0) })
    }
}

/// A caller's own record or mapping with text keys, read on demand.
public protocol CELObject: AnyObject, Sendable {
    /// The member's value, nil if there is none. Must give the same value each time.
    func member(_ name: CELName) -> CELValue?
    /// How many members there are.
    var memberCount: Int { get }
    /// The members' names in a fixed order.
    var memberNames: [String] { get }
}

/// A value of an extension's own type.
public protocol CELOpaque: AnyObject, Sendable {
    /// The type's name in CEL.
    var typeName: CELTypeName { get }
    /// Whether the other value means the same.
    func isEqual(to other: any CELOpaque) -> Bool
    /// The value as text, what `string(x)` gives.
    var text: String { get }
}
