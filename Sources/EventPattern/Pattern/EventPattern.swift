/// A parsed and validated event pattern: which events it matches, condition by condition.
///
/// Fields are ANDed, the alternatives of one field ORed; `$or` takes alternatives over several fields.
public struct EventPattern: Sendable {
    /// Every condition in the order written, also those that a later one overrides.
    public let conditions: [Condition]
    /// The options it was read with.
    public let options: PatternOptions
    /// The pattern's shape, for explanations.
    let items: [Item]
    /// The combinations of `$or` alternatives, each as indices of `conditions`; one path occurs once in each.
    let branches: [[Int32]]

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
        try self.init(try NodeReader.read(json, depth: options.maximumDepth), options: options)
    }

    /// Reads a pattern from a tree of nodes.
    public init(_ node: PatternNode, options: PatternOptions = .eventBridge) throws(PatternError) {
        var reader = PatternReader(options: options)
        items = try reader.pattern(node)
        conditions = reader.conditions
        branches = reader.branches
        self.options = options
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
