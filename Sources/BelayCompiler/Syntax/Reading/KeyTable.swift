/// One key that a map of the language has.
struct Key: Sendable {
    let name: String
    let shape: Shape
    let isRequired: Bool
    /// One sentence for editors.
    let summary: String
    /// Names that it had before; they are still read, with a warning.
    let former: [String]

    init(
        _ name: String, _ shape: Shape, required: Bool = false, former: [String] = [],
        _ summary: String
    ) {
        self.name = name
        self.shape = shape
        isRequired = required
        self.summary = summary
        self.former = former
    }
}

/// All keys of one kind of map: readers, messages and JSON Schemas are made from it.
struct KeyTable: Sendable {
    /// The name of its definition in a schema: `step`.
    let name: String
    /// As messages call it: `a step`.
    let title: String
    let keys: [Key]
    /// What users try that is no key, and what they may have meant.
    let hints: [String: String]
    /// Sets of keys of which one must be there.
    let alternatives: [[String]]
    /// What all other keys take, if others are allowed.
    let rest: Shape?
    /// The place of each name in `keys`, former names included.
    let places: [String: Int]

    init(
        _ name: String, _ title: String, _ keys: [Key], hints: [String: String] = [:],
        alternatives: [[String]] = [], rest: Shape? = nil
    ) {
        precondition(keys.count <= 64, "a table has at most 64 keys")
        self.name = name
        self.title = title
        self.keys = keys
        self.hints = hints
        self.alternatives = alternatives
        self.rest = rest
        var places: [String: Int] = [:]
        for (place, key) in keys.enumerated() {
            places[key.name] = place
            for former in key.former { places[former] = place }
        }
        self.places = places
    }
}
