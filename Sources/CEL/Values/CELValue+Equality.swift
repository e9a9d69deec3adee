// Equality at run time never fails: values of different types are unequal, numbers are compared
// across their types, NaN equals nothing.

extension CELValue {
    /// Whether two values are equal in CEL's sense, across int, uint and double.
    public static func areEqual(_ left: CELValue, _ right: CELValue) -> Bool {
        var steps = 10_000_000
        return areEqual(left, right, &steps)
    }

    /// Equality that takes a step for each pair of values compared; with no steps left it is false.
    static func areEqual(_ left: CELValue, _ right: CELValue, _ steps: inout Int) -> Bool {
        switch (left, right) {
        case (.string(let a), .string(let b)): return sameText(a, b)
        case (.int(let a), .int(let b)): return a == b
        case (.bool(let a), .bool(let b)): return a == b
        case (.double(let a), .double(let b)): return a == b
        case (.uint(let a), .uint(let b)): return a == b
        case (.null, .null): return true
        case (.bytes(let a), .bytes(let b)): return a == b
        case (.timestamp(let a), .timestamp(let b)): return a == b
        case (.duration(let a), .duration(let b)): return a == b
        case (.list(let a), .list(let b)): return equalLists(a, b, &steps)
        case (.map, .map), (.map, .object), (.object, .map), (.object, .object):
            return equalMaps(left, right, &steps)
        case (.optional(let a), .optional(let b)):
            guard let first = a.value, let second = b.value else {
                return a.value == nil && b.value == nil
            }
            steps -= 1
            return steps >= 0 && areEqual(first, second, &steps)
        case (.type(let a), .type(let b)): return sameText(a.name, b.name)
        case (.opaque(let a), .opaque(let b)): return a.isEqual(to: b)
        default: return numericOrder(left, right) == .equal
        }
    }

    private static func equalLists(
        _ left: [CELValue], _ right: [CELValue], _ steps: inout Int
    ) -> Bool {
        guard left.count == right.count else { return false }
        for i in left.indices {
            steps -= 1
            guard steps >= 0, areEqual(left[i], right[i], &steps) else { return false }
        }
        return true
    }

    private static func equalMaps(
        _ left: CELValue, _ right: CELValue, _ steps: inout Int
    ) -> Bool {
        guard left.entryCount == right.entryCount, let keys = left.mapKeys else { return false }
        for key in keys {
            steps -= 1
            guard steps >= 0, let a = left.entry(key), let b = right.entry(key),
                areEqual(a, b, &steps)
            else { return false }
        }
        return true
    }
}

// MARK: - Maps of either kind

extension CELValue {
    /// How many entries a map or object has, else nil.
    var entryCount: Int? {
        switch self {
        case .map(let map): map.count
        case .object(let object): object.memberCount
        default: nil
        }
    }

    /// The keys of a map or object, else nil.
    var mapKeys: [CELValue]? {
        switch self {
        case .map(let map): map.keys
        case .object(let object): object.memberNames.map { .string($0) }
        default: nil
        }
    }

    /// The value under a key of a map or object, nil if there is none.
    func entry(_ key: CELValue) -> CELValue? {
        switch self {
        case .map(let map): map.value(forKey: key)
        case .object(let object):
            if case .string(let name) = key { object.member(CELName(name)) } else { nil }
        default: nil
        }
    }
}

// MARK: - Order

/// How two numbers relate; NaN is unordered.
enum NumericOrder {
    case less
    case equal
    case greater
    case unordered
    /// One of them is no number.
    case none

    fileprivate init<Number: Comparable>(_ left: Number, _ right: Number) {
        self = left < right ? .less : left == right ? .equal : left > right ? .greater : .unordered
    }

    fileprivate var reversed: NumericOrder {
        switch self {
        case .less: .greater
        case .greater: .less
        default: self
        }
    }
}

/// The order of two numbers of any of the three types.
func numericOrder(_ left: CELValue, _ right: CELValue) -> NumericOrder {
    switch (left, right) {
    case (.int(let a), .int(let b)): NumericOrder(a, b)
    case (.uint(let a), .uint(let b)): NumericOrder(a, b)
    case (.double(let a), .double(let b)): NumericOrder(a, b)
    case (.int(let a), .uint(let b)): a < 0 ? .less : NumericOrder(UInt64(a), b)
    case (.uint(let a), .int(let b)): b < 0 ? .greater : NumericOrder(a, UInt64(b))
    case (.int(let a), .double(let b)): order(a, b)
    case (.double(let a), .int(let b)): order(b, a).reversed
    case (.uint(let a), .double(let b)): order(a, b)
    case (.double(let a), .uint(let b)): order(b, a).reversed
    default: .none
    }
}

/// An integer against a double: by the integer's nearest double, as the conformance suite has it, so
/// that beyond 2^53 neighbours may be equal.
@inline(__always)
private func order<Integer: FixedWidthInteger>(_ left: Integer, _ right: Double) -> NumericOrder {
    NumericOrder(Double(left), right)
}
