/// An immutable matcher: which of many named patterns match an event.
///
/// Safe to share between threads; each thread brings its own `MatchScratch`.
public struct Matcher: Sendable {
    /// The names of the rules; results are indices of this array.
    public let ruleNames: [String]
    public let bounds: EventBounds
    private let patterns: [[EventPattern]]

    init(
        names: [String], patterns: [[EventPattern]], keysAreWhole: Set<[String]>,
        bounds: EventBounds
    ) {
        ruleNames = names
        self.patterns = patterns
        self.bounds = bounds
    }

    /// Makes the working memory that one thread needs; it serves any number of events and matchers.
    public func makeScratch() -> MatchScratch { MatchScratch() }

    /// Matches an event given as the UTF-8 bytes of a JSON object; the result is in `scratch.rules`.
    public func match(_ event: [UInt8], using scratch: MatchScratch) throws(EventError) {
        try match(try EventValue(json: event, bounds: bounds), using: scratch)
    }

    /// Matches an event given as the UTF-8 bytes of a JSON object; the result is in `scratch.rules`.
    public func match(_ event: UnsafeRawBufferPointer, using scratch: MatchScratch)
        throws(EventError)
    {
        try match(Array(event), using: scratch)
    }

    /// Matches an event given as values; the result is in `scratch.rules`.
    public func match(_ event: EventValue, using scratch: MatchScratch) throws(EventError) {
        scratch.rules.removeAll(keepingCapacity: true)
        for (rule, patterns) in patterns.enumerated() {
            for pattern in patterns where try pattern.matches(event) {
                scratch.rules.append(Int32(rule))
                break
            }
        }
    }

    /// The names of the rules that match an event given as the UTF-8 bytes of a JSON object, in the order in
    /// which they were added.
    public func rules(matching event: [UInt8]) throws(EventError) -> [String] {
        let scratch = makeScratch()
        try match(event, using: scratch)
        return scratch.rules.sorted().map { ruleNames[Int($0)] }
    }
}
