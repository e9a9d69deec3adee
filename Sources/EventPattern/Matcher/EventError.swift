/// Why an event cannot be matched, and at which byte.
public struct EventError: Error, Sendable, Hashable {
    /// Lower case, without full stop, complete without its place.
    public let message: String
    /// Offset in bytes from the start of the event; 0 for events given as values.
    public let offset: Int

    public init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }
}

extension EventError: CustomStringConvertible {
    public var description: String { "\(message) (at byte \(offset))" }
}

/// The most that an event may hold, so that hostile input ends in an error and never in a crash or a hang.
public struct EventBounds: Sendable, Hashable {
    /// Bytes of the whole event.
    public var size: Int
    /// Arrays and objects within one another.
    public var depth: Int
    /// Steps of the search that repeated keys and mixed lists can make necessary, for one rule.
    public var steps: Int

    public init(size: Int = 16 << 20, depth: Int = 128, steps: Int = 1_000_000) {
        self.size = size
        self.depth = depth
        self.steps = steps
    }
}
