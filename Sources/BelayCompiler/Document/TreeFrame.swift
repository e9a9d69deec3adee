/// A list or map that is being read.
struct Frame {
    /// A key that waits for its value.
    struct Key {
        var text: Located<String>
        var style: YAMLScalar.Style
        /// Whether the entry becomes part of the tree.
        var isKept: Bool
    }

    /// Maps up to this size are searched key by key.
    private static let small = 12

    let isMapping: Bool
    let isFlow: Bool
    let start: Int
    let anchor: String?
    /// Whether a finding has been made about it already.
    let isDamaged: Bool
    var end = 0
    var weight = 1
    var items: [YAMLNode] = []
    var entries: [YAMLEntry] = []
    var key: Key?
    private var seen: [KeyBytes: SourceSpan] = [:]
    private var few: [Located<String>] = []

    init(isMapping: Bool, isFlow: Bool, start: Int, anchor: String?, isDamaged: Bool) {
        self.isMapping = isMapping
        self.isFlow = isFlow
        self.start = start
        self.anchor = anchor
        self.isDamaged = isDamaged
    }

    /// Remembers a key; gives the place of the same key earlier in the map.
    mutating func note(_ key: Located<String>) -> SourceSpan? {
        if seen.isEmpty, few.count < Self.small {
            if let first = few.first(where: { $0.value.hasSameBytes(as: key.value) }) {
                return first.span
            }
            few.append(key)
            return nil
        }
        if seen.isEmpty {
            for earlier in few { seen[KeyBytes(text: earlier.value)] = earlier.span }
        }
        if let first = seen[KeyBytes(text: key.value)] { return first }
        seen[KeyBytes(text: key.value)] = key.span
        return nil
    }
}

/// Text compared by its bytes and not by canonical equivalence.
struct KeyBytes: Hashable {
    let text: String

    static func == (left: KeyBytes, right: KeyBytes) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Whether two texts are the same bytes; `==` takes canonically equivalent ones for the same.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

extension YAMLNode {
    /// Stands for a node that could not be read.
    static func nothing(at span: SourceSpan) -> YAMLNode {
        YAMLNode(.scalar(YAMLScalar(text: "", style: .plain)), at: span, isDamaged: true)
    }
}
