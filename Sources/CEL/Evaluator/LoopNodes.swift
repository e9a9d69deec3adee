/// What a macro goes over: the elements of a list, or the keys (and values) of a map.
struct LoopRange {
    /// The first variable's values; nil if they are the places 0, 1, ….
    let firsts: [CELValue]?
    /// The second variable's values, or the only one's.
    let lasts: [CELValue]

    init(_ value: CELValue, isPair: Bool, _ place: Place) throws(CELError) {
        switch value {
        case .list(let items):
            firsts = nil
            lasts = items
        case .map(let map):
            firsts = isPair ? map.keys : nil
            lasts = isPair ? map.values : map.keys
        case .object(let object):
            let names = object.memberNames
            let keys = names.map { CELValue.string($0) }
            firsts = isPair ? keys : nil
            lasts = isPair ? names.map { object.member(CELName($0)) ?? .null } : keys
        default:
            throw CELError(
                .noSuchOverload, "no such overload: cannot go over \(value.typeName.name)", place)
        }
    }
}

/// The range, the variables and the place that every macro has.
struct Loop: Sendable {
    let range: any Node
    /// Where the first variable stands among the locals; a second one stands behind it.
    let local: Int
    let isPair: Bool
    let place: Place

    /// Evaluates the range; nil with its value if it is unknown.
    func elements(_ frame: inout Frame) throws(CELError) -> (LoopRange?, CELValue) {
        let value = try range.evaluate(&frame)
        if case .unknown = value { return (nil, value) }
        return (try LoopRange(value, isPair: isPair, place), value)
    }

    @inline(__always)
    func bind(_ elements: LoopRange, _ i: Int, _ frame: inout Frame) {
        if isPair {
            frame.locals[local] = elements.firsts.map { $0[i] } ?? .int(Int64(i))
            frame.locals[local + 1] = elements.lasts[i]
        } else {
            frame.locals[local] = elements.lasts[i]
        }
    }
}

/// `all` and `exists`: they forget errors like `&&` and `||`.
final class QuantifierNode: Node {
    private let loop: Loop
    private let body: any Node
    private let decisive: Bool

    init(_ loop: Loop, _ body: any Node, decisive: Bool) {
        (self.loop, self.body, self.decisive) = (loop, body, decisive)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let (range, value) = try loop.elements(&frame)
        guard let range else { return value }
        var failure: CELError?
        var unknown: CELUnknown?
        let cost = decisive ? 4 : 3
        for i in 0..<range.lasts.count {
            try frame.spend(cost, loop.place)
            loop.bind(range, i, &frame)
            do throws(CELError) {
                let value = try body.evaluate(&frame)
                switch value {
                case .bool(let truth): if truth == decisive { return .bool(decisive) }
                case .unknown(let other): unknown = unknown.map { $0.merged(other) } ?? other
                default:
                    failure =
                        failure
                        ?? CELError(
                            .noSuchOverload,
                            "no such overload: the condition is \(value.typeName.name)", loop.place)
                }
            } catch {
                if error.kind == .costExceeded { throw error }
                failure = failure ?? error
            }
        }
        if let unknown { return .unknown(unknown) }
        if let failure { throw failure }
        try frame.spend(1, loop.place)
        return .bool(!decisive)
    }
}

/// Evaluates a condition of a macro that forgets no errors; nil with the value if it is unknown.
private func condition(
    _ node: any Node, _ frame: inout Frame, _ place: Place
) throws(CELError) -> (Bool?, CELValue) {
    let value = try node.evaluate(&frame)
    switch value {
    case .bool(let truth): return (truth, value)
    case .unknown: return (nil, value)
    default:
        throw CELError(
            .noSuchOverload, "no such overload: the condition is \(value.typeName.name)", place)
    }
}

/// `exists_one`.
final class ExistsOneNode: Node {
    private let loop: Loop
    private let body: any Node

    init(_ loop: Loop, _ body: any Node) { (self.loop, self.body) = (loop, body) }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let (range, value) = try loop.elements(&frame)
        guard let range else { return value }
        var count = 0
        for i in 0..<range.lasts.count {
            try frame.spend(2, loop.place)
            loop.bind(range, i, &frame)
            let (truth, value) = try condition(body, &frame, loop.place)
            guard let truth else { return value }
            if truth { count += 1 }
        }
        return .bool(count == 1)
    }
}

/// `filter`, `map` and `transformList`.
final class ListLoopNode: Node {
    private let loop: Loop
    private let filter: (any Node)?
    /// Nil for `filter`, which keeps the elements.
    private let body: (any Node)?

    init(_ loop: Loop, _ filter: (any Node)?, _ body: (any Node)?) {
        (self.loop, self.filter, self.body) = (loop, filter, body)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let (range, value) = try loop.elements(&frame)
        guard let range else { return value }
        try frame.checkElements(range.lasts.count, loop.place)
        var items: [CELValue] = []
        if filter == nil { items.reserveCapacity(range.lasts.count) }
        for i in 0..<range.lasts.count {
            try frame.spend(1, loop.place)
            loop.bind(range, i, &frame)
            if let filter {
                let (truth, value) = try condition(filter, &frame, loop.place)
                guard let truth else { return value }
                guard truth else { continue }
            }
            try frame.spend(11, loop.place)
            let item = try body?.evaluate(&frame) ?? range.lasts[i]
            if case .unknown = item { return item }
            items.append(item)
        }
        return .list(items)
    }
}

/// `list.sortBy(element, key)`.
final class SortNode: Node {
    private let loop: Loop
    private let key: any Node

    init(_ loop: Loop, _ key: any Node) { (self.loop, self.key) = (loop, key) }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let (range, value) = try loop.elements(&frame)
        guard let range else { return value }
        var keys: [CELValue] = []
        for i in 0..<range.lasts.count {
            try frame.spend(12, loop.place)
            loop.bind(range, i, &frame)
            let key = try key.evaluate(&frame)
            if case .unknown = key { return key }
            keys.append(key)
        }
        do throws(CELError) {
            let order = try StandardFunctions.sortedPlaces(keys, "sortBy", &frame.budget)
            return .list(order.map { range.lasts[$0] })
        } catch { throw error.placed(loop.place) }
    }
}

/// `transformMap` and `transformMapEntry`.
final class MapLoopNode: Node {
    private let loop: Loop
    private let filter: (any Node)?
    private let body: any Node
    /// Whether the body gives whole entries as a map.
    private let givesEntries: Bool

    init(_ loop: Loop, _ filter: (any Node)?, _ body: any Node, givesEntries: Bool) {
        (self.loop, self.filter, self.body) = (loop, filter, body)
        self.givesEntries = givesEntries
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let (range, value) = try loop.elements(&frame)
        guard let range else { return value }
        try frame.checkElements(range.lasts.count, loop.place)
        var builder = CELMapBuilder()
        for i in 0..<range.lasts.count {
            try frame.spend(1, loop.place)
            loop.bind(range, i, &frame)
            if let filter {
                let (truth, value) = try condition(filter, &frame, loop.place)
                guard let truth else { return value }
                guard truth else { continue }
            }
            try frame.spend(31, loop.place)
            let item = try body.evaluate(&frame)
            if case .unknown = item { return item }
            try add(item, range, i, &builder)
            try frame.checkElements(builder.count, loop.place)
        }
        return .map(CELMap(builder))
    }

    private func add(
        _ item: CELValue, _ range: LoopRange, _ i: Int, _ builder: inout CELMapBuilder
    ) throws(CELError) {
        guard givesEntries else {
            let key = range.firsts.map { $0[i] } ?? .int(Int64(i))
            return try insert(key, item, into: &builder, loop.place)
        }
        guard let keys = item.mapKeys else {
            throw CELError(
                .noSuchOverload, "the entry must be a map, found \(item.typeName.name)", loop.place)
        }
        for key in keys { try insert(key, item.entry(key) ?? .null, into: &builder, loop.place) }
    }
}

/// `cel.bind(name, value, result)`.
final class BindNode: Node {
    private let value: any Node
    private let local: Int
    private let body: any Node

    init(_ value: any Node, _ local: Int, _ body: any Node) {
        (self.value, self.local, self.body) = (value, local, body)
    }

    /// An error of the value shows only where the body uses it.
    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        do throws(CELError) { frame.locals[local] = try value.evaluate(&frame) } catch {
            if error.kind == .costExceeded { throw error }
            frame.locals[local] = .unknown(CELUnknown(failure: error))
        }
        return try body.evaluate(&frame)
    }
}

/// `optional.optMap(name, result)` and `optFlatMap`.
final class OptionalMapNode: Node {
    private let operand: any Node
    private let local: Int
    private let body: any Node
    private let isFlat: Bool
    private let place: Place

    init(_ operand: any Node, _ local: Int, _ body: any Node, isFlat: Bool, _ place: Place) {
        (self.operand, self.local, self.body, self.isFlat) = (operand, local, body, isFlat)
        self.place = place
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try operand.evaluate(&frame)
        try frame.spend(1, place)
        if case .unknown = value { return value }
        guard case .optional(let optional) = value else {
            throw CELError.noOverload(isFlat ? "optFlatMap" : "optMap", [value]).placed(place)
        }
        guard let inner = optional.value else { return value }
        frame.locals[local] = inner
        let result = try body.evaluate(&frame)
        switch result {
        case .unknown: return result
        case .optional where isFlat: return result
        default:
            guard !isFlat else {
                throw CELError(
                    .noSuchOverload, "optFlatMap() needs an optional result", place)
            }
            return .optional(CELOptional(result))
        }
    }
}
