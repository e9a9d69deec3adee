/// The working memory of one thread: buffers kept from event to event, and the last result.
public final class MatchScratch {
    /// The rules that the last event matched, as indices of `Matcher.ruleNames`, each once, in no order.
    public internal(set) var rules: [Int32] = []

    public init() {}
}
