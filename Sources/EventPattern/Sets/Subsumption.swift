/// Whether one branch takes in another, and events that tell them apart.
enum Subsumption {
    typealias Sets = [FieldPath: ValueSet]

    /// Whether every event of one branch is surely one of another.
    static func includes(_ larger: Sets, _ smaller: Sets, _ shape: EventShape) -> Bool {
        larger.allSatisfy { path, set in
            (smaller[path] ?? .anything).isIncluded(in: set)
                && (shape == .values || !set.allowsAbsence || isAlone(path, larger, smaller))
        }
    }

    /// Whether no other field can share a list with this one, so that its absence does not depend on them.
    private static func isAlone(_ path: FieldPath, _ one: Sets, _ other: Sets) -> Bool {
        let first = FieldPath(Array(path.segments.prefix(1)))
        return (Array(one.keys) + Array(other.keys)).allSatisfy {
            $0 == path || FieldPath(Array($0.segments.prefix(1))) != first
        }
    }

    /// The most ways to step outside that are tried.
    private static let maximumWays = 64

    /// Events of a branch that step outside each of the others in some field.
    static func witnesses(_ sets: Sets, outside others: [Sets], _ shape: EventShape) -> [EventValue]
    {
        var ways: [Sets] = [sets]
        for other in others {
            var next: [Sets] = []
            for way in ways {
                for path in other.keys.sorted() {
                    let rest = (way[path] ?? .anything).intersection(other[path]!.complement)
                    guard rest.isEmpty != .yes else { continue }
                    var copy = way
                    copy[path] = rest
                    next.append(copy)
                    if next.count == maximumWays { break }
                }
                if next.count == maximumWays { break }
            }
            ways = next
        }
        return ways.compactMap { WitnessBuilder.event($0, shape) }
    }
}

extension ValueSet {
    fileprivate func isIncluded(in set: ValueSet) -> Bool { set.includes(self) == .yes }
}
