/// Which language a pattern is read as: EventBridge's, or that with our extensions and refusals.
public struct PatternOptions: Sendable, Hashable {
    /// Whether `{"contains": text}` is an operator.
    public var contains: Bool
    /// Whether `{"matches": expression}` (RE2, found anywhere in the text) is an operator.
    public var matches: Bool
    /// Whether `{"exactly": text}` is an operator.
    public var exactly: Bool
    /// Paths under which a key is one key, dots and all: `["labels"]` makes `labels: {a.b: …}` the key `a.b`.
    /// Elsewhere `{"a.b": …}` and `{"a": {"b": …}}` are the same path. Events are read in the same way.
    public var keysAreWhole: Set<[String]>
    /// Whether a path named both beside and inside `$or` is an error. EventBridge lets the later override.
    public var refuseOverriddenOr: Bool
    /// The most combinations of `$or` alternatives that one pattern may have.
    public var maximumBranches: Int
    /// The most levels of nesting.
    public var maximumDepth: Int

    public init(
        contains: Bool = false, matches: Bool = false, exactly: Bool = true,
        keysAreWhole: Set<[String]> = [], refuseOverriddenOr: Bool = false,
        maximumBranches: Int = 4096, maximumDepth: Int = 64
    ) {
        self.contains = contains
        self.matches = matches
        self.exactly = exactly
        self.keysAreWhole = keysAreWhole
        self.refuseOverriddenOr = refuseOverriddenOr
        self.maximumBranches = maximumBranches
        self.maximumDepth = maximumDepth
    }

    /// EventBridge's language to the letter.
    public static let eventBridge = PatternOptions()
    /// EventBridge's language with `contains` and `matches`, and overridden paths refused.
    public static let extended = PatternOptions(
        contains: true, matches: true, refuseOverriddenOr: true)
}
