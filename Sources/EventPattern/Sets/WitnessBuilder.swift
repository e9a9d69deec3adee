/// Builds events that have given values.
enum WitnessBuilder {
    typealias Sets = [FieldPath: ValueSet]

    /// An event with one value of each set, nil if a set has none to show.
    static func event(_ sets: Sets, _ shape: EventShape) -> EventValue? {
        var root = Node()
        for path in sets.keys.sorted() {
            let set = sets[path]!
            if let value = set.witness, root.accepts(path, shape) || !set.allowsAbsence {
                guard root.add(value, path.segments[...], shape) else { return nil }
            } else if !set.allowsAbsence {
                return nil
            }
        }
        return root.object
    }

    /// An event with a value of each of two branches, side by side in a list where they differ.
    static func event(_ one: Sets, _ other: Sets) -> EventValue? {
        var root = Node()
        for path in Set(one.keys).union(other.keys).sorted() {
            for set in [one[path], other[path]] {
                guard let set, !set.allowsAbsence else { continue }
                guard let value = set.witness else { return nil }
                guard root.add(value, path.segments[...], .lists) else { return nil }
            }
        }
        return root.object
    }

    /// Whether two branches surely exclude one another.
    static func isImpossible(_ one: Sets, _ other: Sets, _ common: Sets, _ shape: EventShape)
        -> Bool
    {
        if one.values.contains(where: { $0.isEmpty == .yes }) { return true }
        if other.values.contains(where: { $0.isEmpty == .yes }) { return true }
        guard shape == .values else { return false }
        return common.values.contains { $0.isEmpty == .yes } || needsValueAndMembers(common)
    }

    /// Whether some field must have a value and members at once, which no single value has.
    static func needsValueAndMembers(_ sets: Sets) -> Bool {
        let needed = sets.filter { !$0.value.allowsAbsence }.keys.sorted()
        return zip(needed, needed.dropFirst()).contains { first, second in
            first.segments.count < second.segments.count
                && FieldPath(Array(second.segments.prefix(first.segments.count))) == first
        }
    }

    /// A place in the event under construction.
    private struct Node {
        var values: [EventScalar] = []
        var children: [(key: String, node: Node)] = []

        private func child(_ key: String) -> Int? {
            children.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
        }

        /// Whether a value can be put at a path without a list.
        func accepts(_ path: FieldPath, _ shape: EventShape) -> Bool {
            var copy = self
            return copy.add(.null, path.segments[...], shape)
        }

        mutating func add(_ value: EventScalar, _ path: ArraySlice<String>, _ shape: EventShape)
            -> Bool
        {
            guard let key = path.first else {
                guard shape == .lists || values.isEmpty && children.isEmpty else { return false }
                values.append(value)
                return true
            }
            guard shape == .lists || values.isEmpty else { return false }
            if let at = child(key) { return children[at].node.add(value, path.dropFirst(), shape) }
            var node = Node()
            guard node.add(value, path.dropFirst(), shape) else { return false }
            children.append((key, node))
            return true
        }

        var object: EventValue { .object(children.map { (key: $0.key, value: $0.node.value) }) }

        private var value: EventValue {
            if values.isEmpty { return object }
            if values.count == 1, children.isEmpty { return values[0].value }
            return .array(values.map(\.value) + (children.isEmpty ? [] : [object]))
        }
    }
}
