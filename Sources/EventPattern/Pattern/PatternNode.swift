/// A pattern as a tree that any loader can build (JSON, YAML), each node with the place it came from.
///
/// Positions are the loader's own numbers; they come back in `PatternError` and in explanations. The JSON
/// reader uses byte offsets.
public struct PatternNode: Sendable {
    /// What a node is.
    public enum Kind: Sendable {
        case object([Member])
        case array([PatternNode])
        case text(String)
        /// A number by its literal text, which must be a JSON number.
        case number(literal: String)
        case bool(Bool)
        case null
    }

    /// One member of an object.
    public struct Member: Sendable {
        public var key: String
        public var position: Int
        public var value: PatternNode

        public init(key: String, position: Int, value: PatternNode) {
            self.key = key
            self.position = position
            self.value = value
        }
    }

    public var kind: Kind
    public var position: Int

    public init(_ kind: Kind, at position: Int) {
        self.kind = kind
        self.position = position
    }
}

extension PatternNode {
    /// The node as a person would call it, for messages.
    var name: String {
        switch kind {
        case .object: "an object"
        case .array: "a list"
        case .text: "text"
        case .number: "a number"
        case .bool: "a boolean"
        case .null: "null"
        }
    }
}
