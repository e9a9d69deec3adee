/// A parsed and validated event pattern: which events it matches, condition by condition.
///
/// Fields are ANDed, the alternatives of one field ORed; `$or` takes alternatives over several fields.
public struct EventPattern: Sendable {
    let storage: PatternStorage

    /// Every condition in the order written, also those that a later one overrides.
    public var conditions: [Condition] { storage.reading.conditions }
    /// The options it was read with.
    public var options: PatternOptions { storage.options }
    /// The pattern's shape, for explanations.
    var items: [Item] { storage.reading.items }
    /// The combinations of `$or` alternatives, each as indices of `conditions`; one path occurs once in each.
    var branches: [[Int32]] { storage.reading.branches }

    /// A part of a pattern's object.
    indirect enum Item: Sendable {
        case condition(Int)
        case any([[Item]], position: Int)
    }

    /// Reads a pattern from JSON text.
    public init(json: String, options: PatternOptions = .eventBridge) throws(PatternError) {
        try self.init(json: Array(json.utf8), options: options)
    }

    /// Reads a pattern from the UTF-8 bytes of JSON text; positions are byte offsets.
    public init(json: [UInt8], options: PatternOptions = .eventBridge) throws(PatternError) {
        storage = try PatternStorage(json: json, options)
    }

    /// Reads a pattern from a tree of nodes.
    public init(_ node: PatternNode, options: PatternOptions = .eventBridge) throws(PatternError) {
        storage = try PatternStorage(node, options)
    }

    /// The number of branches and of conditions in all of them together.
    var size: (branches: Int, conditions: Int) {
        if let flat = storage.flat { return (1, flat.count) }
        return (branches.count, branches.reduce(0) { $0 + $1.count })
    }
}

extension EventPattern {
    /// Whether the pattern matches an event given as values.
    public func matches(_ event: EventValue) throws(EventError) -> Bool {
        try Evaluation(self, event).matches()
    }

    /// Whether the pattern matches an event given as JSON.
    public func matches(json: [UInt8], bounds: EventBounds = EventBounds()) throws(EventError)
        -> Bool
    {
        try matches(try EventValue(json: json, bounds: bounds))
    }
}
