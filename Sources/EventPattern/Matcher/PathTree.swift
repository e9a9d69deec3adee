/// The fields that patterns name, as a tree of path segments: what an event's keys are looked up in.
struct PathTree: Sendable {
    struct Node: Sendable {
        var children: [ByteText: Int] = [:]
        /// The field that ends here, -1 if none does.
        var field = -1
        /// Whether the keys below are whole, dots and all.
        var keysAreWhole = false
        let path: FieldPath
    }

    private(set) var nodes: [Node]
    /// The path of each field.
    private(set) var fields: [FieldPath] = []
    private let whole: Set<[String]>

    init(keysAreWhole whole: Set<[String]>) {
        self.whole = whole
        nodes = [Node(keysAreWhole: whole.contains([]), path: FieldPath([]))]
    }

    /// The field of a path, made if it is new.
    mutating func field(_ path: FieldPath) -> Int {
        var at = 0
        for segment in path.segments {
            let key = ByteText(segment)
            if let next = nodes[at].children[key] {
                at = next
            } else {
                let below = FieldPath(nodes[at].path.segments + [segment])
                nodes.append(Node(keysAreWhole: whole.contains(below.segments), path: below))
                nodes[at].children[key] = nodes.count - 1
                at = nodes.count - 1
            }
        }
        if nodes[at].field < 0 {
            nodes[at].field = fields.count
            fields.append(path)
        }
        return nodes[at].field
    }

    /// The node that an event's key leads to: a key with dots is several segments.
    func child(of node: Int, _ key: String) -> Int? {
        var at = node
        var rest = Array(key.utf8)[...]
        while !nodes[at].keysAreWhole, let dot = rest.firstIndex(of: UInt8(ascii: ".")) {
            guard let next = nodes[at].children[ByteText(Array(rest[..<dot]))] else { return nil }
            at = next
            rest = rest[(dot + 1)...]
        }
        return nodes[at].children[ByteText(Array(rest))]
    }
}
