/// Where the keys of a map stand, for messages about a field rather than its value: `match` -> the word `match`.
package struct KeyPlaces: Sendable {
    private var places: [Located<String>] = []

    package subscript(name: String) -> SourceSpan? {
        get { places.first { $0.value.hasSameBytes(as: name) }?.span }
        set {
            places.removeAll { $0.value.hasSameBytes(as: name) }
            if let newValue { places.append(Located(name, at: newValue)) }
        }
    }
}
