/// Why bytes are not an acceptable JSON document, and at which byte.
package struct JSONError: Error, Sendable, Hashable {
    /// Lower case, without full stop, complete without its place.
    package let message: String
    /// Offset in bytes from the start of the document.
    package let offset: Int

    package init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { "\(message) (at byte \(offset))" }
}

/// The most that a document may hold, so that hostile input ends in an error and never in a crash.
package struct JSONBounds: Sendable {
    /// Bytes of the whole document.
    package var size: Int
    /// Arrays and objects within one another.
    package var depth: Int
    /// Values in the whole document.
    package var nodes: Int

    package init(size: Int = 64 << 20, depth: Int = 64, nodes: Int = 4_000_000) {
        self.size = size
        self.depth = depth
        self.nodes = nodes
    }
}
