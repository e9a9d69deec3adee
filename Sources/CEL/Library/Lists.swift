extension StandardFunctions {
    private static let anyList = CELType.list(.parameter("T"))

    static let lists: [CELFunction] = [
        global("lists.range", .lists, [[.int]], .list(.int), .unary(range)),
        member("slice", .lists, anyList, [[.int, .int]], anyList, .variadic(slice)),
        CELFunction(
            "flatten",
            [
                .member(of: .list(anyList), result: anyList),
                .member(of: .list(.dyn), .int, result: .list(.dyn)),
                .member(of: .list(.dyn), result: .list(.dyn)),
            ], .lists, .traversal, .metered(flatten)),
        member("distinct", .lists, anyList, [[]], anyList, .metered(distinct)),
        member("sort", .lists, anyList, [[]], anyList, .metered(sort)),
        member("first", .lists, anyList, [[]], .optional(.parameter("T")), .unary(first)),
        member("last", .lists, anyList, [[]], .optional(.parameter("T")), .unary(last)),
    ]

    @Sendable private static func range(_ value: CELValue) throws(CELError) -> CELValue {
        guard case .int(let count) = value else {
            throw CELError.noOverload("lists.range", [value])
        }
        guard count >= 0, count <= 100_000 else {
            throw CELError(.sizeExceeded, "lists.range() takes 0 to 100000, found \(count)")
        }
        return .list((0..<count).map { .int($0) })
    }

    @Sendable private static func slice(_ values: [CELValue]) throws(CELError) -> CELValue {
        guard case .list(let items) = values[0], case .int(let start) = values[1],
            case .int(let end) = values[2]
        else { throw CELError.noOverload("slice", values) }
        guard start >= 0, start <= end, end <= items.count else {
            throw CELError(
                .outOfRange,
                "slice(\(start), \(end)) is out of range, the list has \(items.count) elements")
        }
        return .list(Array(items[Int(start)..<Int(end)]))
    }

    @Sendable private static func first(_ value: CELValue) throws(CELError) -> CELValue {
        guard case .list(let items) = value else { throw CELError.noOverload("first", [value]) }
        return .optional(CELOptional(items.first))
    }

    @Sendable private static func last(_ value: CELValue) throws(CELError) -> CELValue {
        guard case .list(let items) = value else { throw CELError.noOverload("last", [value]) }
        return .optional(CELOptional(items.last))
    }

    @Sendable private static func flatten(
        _ values: [CELValue], _ budget: inout Int
    ) throws(CELError) -> CELValue {
        guard case .list(let items) = values[0] else {
            throw CELError.noOverload("flatten", values)
        }
        var depth = 1
        if values.count > 1 {
            guard case .int(let given) = values[1] else {
                throw CELError.noOverload("flatten", values)
            }
            guard given >= 0 else {
                throw CELError(.invalidArgument, "flatten() takes no negative depth: \(given)")
            }
            depth = Int(min(given, 250))
        }
        var flat: [CELValue] = []
        append(items, depth, &flat, &budget)
        return .list(flat)
    }

    private static func append(
        _ items: [CELValue], _ depth: Int, _ flat: inout [CELValue], _ budget: inout Int
    ) {
        for item in items {
            budget -= 1
            guard budget >= 0 else { return }
            if depth > 0, case .list(let inner) = item {
                append(inner, depth - 1, &flat, &budget)
            } else {
                flat.append(item)
            }
        }
    }

    @Sendable private static func distinct(
        _ values: [CELValue], _ budget: inout Int
    ) throws(CELError) -> CELValue {
        guard case .list(let items) = values[0] else {
            throw CELError.noOverload("distinct", values)
        }
        var keys = CELMapBuilder()
        var others: [CELValue] = []
        var kept: [CELValue] = []
        for item in items {
            budget -= 1
            guard budget >= 0 else { return .null }
            if let key = mapKey(item) {
                if keys.insert(key, .null) { kept.append(item) }
            } else if !others.contains(where: { CELValue.areEqual($0, item, &budget) }) {
                budget -= others.count
                others.append(item)
                kept.append(item)
            }
        }
        return .list(kept)
    }

    /// Sorts values that are all of one ordered type, or all numbers.
    @Sendable private static func sort(
        _ values: [CELValue], _ budget: inout Int
    ) throws(CELError) -> CELValue {
        guard case .list(let items) = values[0] else { throw CELError.noOverload("sort", values) }
        let order = try sortedPlaces(items, "sort", &budget)
        return .list(order.map { items[$0] })
    }

    /// The places of the keys in ascending order; equal keys keep theirs.
    static func sortedPlaces(
        _ keys: [CELValue], _ name: String, _ budget: inout Int
    ) throws(CELError) -> [Int] {
        budget -= keys.count
        guard let head = keys.first else { return [] }
        for key in keys where sortOrder(head, key) == nil {
            throw CELError(
                .invalidArgument,
                "\(name)() needs keys of one ordered type, found \(head.typeName.name) and "
                    + key.typeName.name)
        }
        return keys.indices.sorted { left, right in
            let order = sortOrder(keys[left], keys[right]) ?? 0
            return order < 0 || order == 0 && left < right
        }
    }

    private static func sortOrder(_ left: CELValue, _ right: CELValue) -> Int? {
        switch (left, right) {
        case (.string(let a), .string(let b)): compareText(a, b)
        case (.bytes(let a), .bytes(let b)):
            a.withUnsafeBytes { p in b.withUnsafeBytes { compareBytes(p, $0) } }
        case (.bool(let a), .bool(let b)): (a ? 1 : 0) - (b ? 1 : 0)
        case (.timestamp(let a), .timestamp(let b)): a < b ? -1 : a == b ? 0 : 1
        case (.duration(let a), .duration(let b)): a < b ? -1 : a == b ? 0 : 1
        default:
            switch numericOrder(left, right) {
            case .less: -1
            case .equal: 0
            case .greater: 1
            case .unordered: 0
            case .none: nil
            }
        }
    }
}

// MARK: - Sets

extension StandardFunctions {
    private static func onSets(
        _ name: String,
        _ body: @escaping @Sendable ([CELValue], [CELValue], inout Int) -> Bool
    ) -> CELFunction {
        global(
            name, .sets, [[.list(.parameter("T")), .list(.parameter("T"))]], .bool,
            .metered { values, budget throws(CELError) in
                guard values.count == 2, case .list(let left) = values[0],
                    case .list(let right) = values[1]
                else { throw CELError.noOverload(name, values) }
                return .bool(body(left, right, &budget))
            })
    }

    /// Whether the list has every element of the part.
    private static func has(
        _ whole: [CELValue], _ part: [CELValue], _ budget: inout Int
    ) -> Bool {
        for element in part where !holds(whole, element, &budget) { return false }
        return true
    }

    private static func holds(
        _ list: [CELValue], _ element: CELValue, _ budget: inout Int
    ) -> Bool {
        for candidate in list {
            budget -= 1
            guard budget >= 0 else { return false }
            if CELValue.areEqual(candidate, element, &budget) { return true }
        }
        return false
    }

    static let sets: [CELFunction] = [
        onSets("sets.contains") { left, right, budget in has(left, right, &budget) },
        onSets("sets.equivalent") { left, right, budget in
            has(left, right, &budget) && has(right, left, &budget)
        },
        onSets("sets.intersects") { left, right, budget in
            for element in right where holds(left, element, &budget) { return true }
            return false
        },
    ]
}
