/// `[a, b, ?c]`.
final class ListNode: Node {
    private let elements: [any Node]
    private let optionals: Set<Int>
    private let place: Place

    init(_ elements: [any Node], _ optionals: Set<Int>, _ place: Place) {
        (self.elements, self.optionals, self.place) = (elements, optionals, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        try frame.spend(10, place)
        var items: [CELValue] = []
        items.reserveCapacity(elements.count)
        var unknown: CELUnknown?
        for (i, element) in elements.enumerated() {
            let value = try element.evaluate(&frame)
            if case .unknown(let other) = value {
                unknown = unknown.map { $0.merged(other) } ?? other
            } else if optionals.contains(i) {
                if let inner = try unwrapped(value, place) { items.append(inner) }
            } else {
                items.append(value)
            }
        }
        return unknown.map { .unknown($0) } ?? .list(items)
    }
}

/// What an optional holds; an error if the value is none.
func unwrapped(_ value: CELValue, _ place: Place) throws(CELError) -> CELValue? {
    guard case .optional(let optional) = value else {
        throw CELError(
            .noSuchOverload, "'?' needs an optional value, found \(value.typeName.name)", place)
    }
    return optional.value
}

/// `{k: v, ?k: v}`.
final class MapNode: Node {
    private let keys: [any Node]
    private let values: [any Node]
    private let optionals: Set<Int>
    private let place: Place

    init(_ keys: [any Node], _ values: [any Node], _ optionals: Set<Int>, _ place: Place) {
        (self.keys, self.values, self.optionals) = (keys, values, optionals)
        self.place = place
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        try frame.spend(30, place)
        var builder = CELMapBuilder()
        var unknown: CELUnknown?
        for i in keys.indices {
            let key = try keys[i].evaluate(&frame)
            var value = try values[i].evaluate(&frame)
            if case .unknown(let other) = mergedUnknown(key, value) {
                unknown = unknown.map { $0.merged(other) } ?? other
                continue
            }
            if optionals.contains(i) {
                guard let inner = try unwrapped(value, place) else { continue }
                value = inner
            }
            try insert(key, value, into: &builder, place)
        }
        return unknown.map { .unknown($0) } ?? .map(CELMap(builder))
    }
}

/// Adds an entry; a key of a wrong type or a repeated key is an error.
func insert(
    _ key: CELValue, _ value: CELValue, into builder: inout CELMapBuilder, _ place: Place
) throws(CELError) {
    switch key {
    case .bool, .int, .uint, .string: break
    default:
        throw CELError(
            .invalidArgument, "unsupported key type \(key.typeName.name): \(key.summary())", place)
    }
    guard builder.insert(key, value) else {
        throw CELError(.invalidArgument, "repeated key: \(key.summary())", place)
    }
}
