/// Where the keys of a map stand, for messages about a field rather than its value: `match` -> the word `match`.
package struct KeyPlaces: Sendable {
    private var places: [Located<String>] = []

    package subscript(name: String) -> SourceSpan? {
        places.first { $0.value.hasSameBytes(as: name) }?.span
    }

    mutating func reserveCapacity(_ count: Int) { places.reserveCapacity(count) }

    /// Notes a key that is not there yet.
    mutating func append(_ name: String, at span: SourceSpan) {
        places.append(Located(name, at: span))
    }
}
