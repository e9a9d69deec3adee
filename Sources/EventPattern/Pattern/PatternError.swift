/// Why a pattern is refused, and where.
public struct PatternError: Error, Sendable, Hashable {
    /// Lower case, without full stop, complete without its place.
    public let message: String
    /// The position of the node at fault: a byte offset for patterns read from JSON.
    public let position: Int
    /// The place as a JSON path, `$.detail.state[0].prefix`.
    public let path: String

    public init(_ message: String, at position: Int, path: String) {
        self.message = message
        self.position = position
        self.path = path
    }
}

extension PatternError: CustomStringConvertible {
    public var description: String { "\(path): \(message) (at \(position))" }
}
