/// `left == right` and `left != right`.
final class EqualNode: Node {
    private let left: any Node
    private let right: any Node
    private let isNegated: Bool
    private let place: Place

    init(_ left: any Node, _ right: any Node, isNegated: Bool, _ place: Place) {
        (self.left, self.right, self.isNegated, self.place) = (left, right, isNegated, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let a = try left.evaluate(&frame)
        let b = try right.evaluate(&frame)
        switch (a, b) {
        case (.string(let x), .string(let y)):
            try frame.spendText(min(x.utf8.count, y.utf8.count), place)
            return .bool(sameText(x, y) != isNegated)
        case (.int(let x), .int(let y)):
            try frame.spend(1, place)
            return .bool((x == y) != isNegated)
        case (.bool(let x), .bool(let y)):
            try frame.spend(1, place)
            return .bool((x == y) != isNegated)
        default: return try other(a, b, &frame)
        }
    }

    private func other(
        _ a: CELValue, _ b: CELValue, _ frame: inout Frame
    ) throws(CELError) -> CELValue {
        if let unknown = mergedUnknown(a, b) { return unknown }
        try frame.spend(1, place)
        let isEqual = CELValue.areEqual(a, b, &frame.budget)
        try frame.spend(0, place)
        return .bool(isEqual != isNegated)
    }
}

/// `left == "text"` and `left != "text"`.
final class EqualTextNode: Node {
    private let left: any Node
    private let text: String
    private let count: Int
    private let isNegated: Bool
    private let place: Place

    init(_ left: any Node, _ text: String, isNegated: Bool, _ place: Place) {
        (self.left, self.text, self.isNegated, self.place) = (left, text, isNegated, place)
        count = text.utf8.count
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try left.evaluate(&frame)
        if case .string(let other) = value {
            try frame.spendText(min(count, other.utf8.count), place)
            return .bool(sameText(other, text) != isNegated)
        }
        try frame.spend(1, place)
        if case .unknown = value { return value }
        return .bool(isNegated)
    }
}

/// `left < right` and its kin.
final class OrderNode: Node {
    private let left: any Node
    private let right: any Node
    private let op: CELBinaryOperator
    private let place: Place

    init(_ left: any Node, _ right: any Node, _ op: CELBinaryOperator, _ place: Place) {
        (self.left, self.right, self.op, self.place) = (left, right, op, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let a = try left.evaluate(&frame)
        let b = try right.evaluate(&frame)
        switch (a, b) {
        case (.double(let x), .double(let y)):
            try frame.spend(1, place)
            return .bool(holds(x, y))
        case (.int(let x), .int(let y)):
            try frame.spend(1, place)
            return .bool(holds(x, y))
        case (.duration(let x), .duration(let y)):
            try frame.spend(1, place)
            return .bool(holds(x.nanoseconds, y.nanoseconds))
        case (.timestamp(let x), .timestamp(let y)):
            try frame.spend(1, place)
            return .bool(holds(x, y))
        case (.string(let x), .string(let y)):
            try frame.spendText(min(x.utf8.count, y.utf8.count), place)
            return .bool(holds(compareText(x, y), 0))
        default: return try other(a, b, &frame)
        }
    }

    @inline(__always)
    private func holds<Element: Comparable>(_ x: Element, _ y: Element) -> Bool {
        switch op {
        case .less: x < y
        case .lessOrEqual: x <= y
        case .greater: x > y
        default: x >= y
        }
    }

    private func other(
        _ a: CELValue, _ b: CELValue, _ frame: inout Frame
    ) throws(CELError) -> CELValue {
        if let unknown = mergedUnknown(a, b) { return unknown }
        try frame.spend(1, place)
        switch (a, b) {
        case (.bytes(let x), .bytes(let y)):
            try frame.spendText(min(x.count, y.count), place)
            let order = x.withUnsafeBytes { p in y.withUnsafeBytes { compareBytes(p, $0) } }
            return .bool(holds(order, 0))
        case (.bool(let x), .bool(let y)): return .bool(holds(x ? 1 : 0, y ? 1 : 0))
        default: break
        }
        switch numericOrder(a, b) {
        case .less: return .bool(op == .less || op == .lessOrEqual)
        case .equal: return .bool(op == .lessOrEqual || op == .greaterOrEqual)
        case .greater: return .bool(op == .greater || op == .greaterOrEqual)
        case .unordered: return .bool(false)
        case .none: throw CELError.noOverload(op.rawValue, [a, b]).placed(place)
        }
    }
}

/// `element in range`.
final class WithinNode: Node {
    private let element: any Node
    private let range: any Node
    private let place: Place

    init(_ element: any Node, _ range: any Node, _ place: Place) {
        (self.element, self.range, self.place) = (element, range, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try element.evaluate(&frame)
        return try holds(value, try range.evaluate(&frame), &frame)
    }

    func holds(
        _ value: CELValue, _ container: CELValue, _ frame: inout Frame
    ) throws(CELError) -> CELValue {
        if let unknown = mergedUnknown(value, container) { return unknown }
        switch container {
        case .list(let items):
            try frame.spend(max(1, items.count), place)
            for item in items where CELValue.areEqual(value, item, &frame.budget) {
                return .bool(true)
            }
            try frame.spend(0, place)
            return .bool(false)
        case .map(let map):
            try frame.spend(1, place)
            return .bool(map.contains(value))
        case .object:
            try frame.spend(1, place)
            return .bool(container.entry(value) != nil)
        default: throw CELError.noOverload("in", [value, container]).placed(place)
        }
    }
}

/// `"name" in range`, mostly a map.
final class ContainsNameNode: Node {
    private let name: CELName
    private let range: any Node
    private let general: WithinNode
    private let place: Place

    init(_ name: CELName, _ range: any Node, _ general: WithinNode, _ place: Place) {
        (self.name, self.range, self.general, self.place) = (name, range, general, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let container = try range.evaluate(&frame)
        switch container {
        case .map(let map):
            try frame.spend(1, place)
            return .bool(map.place(of: name) >= 0)
        case .object(let object):
            try frame.spend(1, place)
            return .bool(object.member(name) != nil)
        default: return try general.holds(.string(name.text), container, &frame)
        }
    }
}

/// `element in [constants]`.
final class WithinConstantsNode: Node {
    private let element: any Node
    private let constants: CELMap
    private let place: Place

    init(_ element: any Node, _ constants: CELMap, _ place: Place) {
        (self.element, self.constants, self.place) = (element, constants, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try element.evaluate(&frame)
        try frame.spend(1, place)
        if case .unknown = value { return value }
        if case .string(let text) = value, constants.count <= 8 {
            for key in constants.keys {
                if case .string(let constant) = key, sameText(text, constant) { return .bool(true) }
            }
            return .bool(false)
        }
        return .bool(constants.contains(value))
    }
}
