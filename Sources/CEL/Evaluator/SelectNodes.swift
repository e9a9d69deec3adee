/// `operand.field`.
final class FieldNode: Node {
    private let operand: any Node
    private let name: CELName
    private let place: Place

    init(_ operand: any Node, _ name: CELName, _ place: Place) {
        (self.operand, self.name, self.place) = (operand, name, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try operand.evaluate(&frame)
        try frame.spend(1, place)
        if case .map(let map) = value, let found = map[name] { return found }
        return try select(name, in: value, place)
    }
}

/// `variable.field.field`, the commonest selection, without copies on the way.
final class PathNode: Node {
    private let slot: Int
    private let variable: VariableNode
    private let names: [CELName]
    private let places: [Place]

    convenience init(_ variable: VariableNode, _ name: CELName, _ place: Place) {
        self.init(variable, [name], [place])
    }

    private init(_ variable: VariableNode, _ names: [CELName], _ places: [Place]) {
        slot = variable.slot
        (self.variable, self.names, self.places) = (variable, names, places)
    }

    func appending(_ name: CELName, _ place: Place) -> PathNode {
        PathNode(variable, names + [name], places + [place])
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        try frame.spend(names.count &+ 1, places[places.count &- 1])
        guard case .map(let first) = frame.variables[slot] else {
            return try walk(try variable.evaluate(&frame), from: 0)
        }
        // The variables, and with them all that is reached here, outlive the frame.
        var map = Unmanaged.passUnretained(first)
        var i = 0
        while true {
            let place = map._withUnsafeGuaranteedRef { $0.place(of: names[i]) }
            guard place >= 0 else { throw missing(names[i], places[i]) }
            i &+= 1
            if i == names.count { return map._withUnsafeGuaranteedRef { $0.values[place] } }
            guard case .map(let inner) = map._withUnsafeGuaranteedRef({ $0.values[place] }) else {
                return try walk(map._withUnsafeGuaranteedRef { $0.values[place] }, from: i)
            }
            map = Unmanaged.passUnretained(inner)
        }
    }

    @inline(never)
    private func walk(_ value: CELValue, from start: Int) throws(CELError) -> CELValue {
        var value = value
        for i in start..<names.count { value = try select(names[i], in: value, places[i]) }
        return value
    }
}

@inline(never)
private func missing(_ name: CELName, _ place: Place) -> CELError {
    CELError(.noSuchKey, "no such key: \(quoted(name.text))", place)
}

@inline(never)
private func notSelectable(_ name: CELName, _ value: CELValue, _ place: Place) -> CELError {
    CELError(
        .noSuchOverload,
        "no such overload: \(value.typeName.name) has no field \(quoted(name.text))", place)
}

/// The field of any value that has fields.
private func select(
    _ name: CELName, in value: CELValue, _ place: Place
) throws(CELError) -> CELValue {
    switch value {
    case .map, .object:
        guard let found = field(name, of: value) else { throw missing(name, place) }
        return found
    case .optional: return try selectOptional(name, in: value, place)
    case .unknown(let unknown): return .unknown(unknown.appending(name.text))
    default: throw notSelectable(name, value, place)
    }
}

@inline(__always)
private func field(_ name: CELName, of value: CELValue) -> CELValue? {
    switch value {
    case .map(let map): map[name]
    case .object(let object): object.member(name)
    default: nil
    }
}

/// The field as an optional, of a map or of what an optional holds.
private func selectOptional(
    _ name: CELName, in value: CELValue, _ place: Place
) throws(CELError) -> CELValue {
    switch value {
    case .map, .object: return .optional(CELOptional(field(name, of: value)))
    case .optional(let optional):
        guard let inner = optional.value else { return value }
        return try selectOptional(name, in: inner, place)
    case .unknown(let unknown): return .unknown(unknown.appending(name.text))
    default: throw notSelectable(name, value, place)
    }
}

/// `operand.?field`.
final class OptionalFieldNode: Node {
    private let operand: any Node
    private let name: CELName
    private let place: Place

    init(_ operand: any Node, _ name: CELName, _ place: Place) {
        (self.operand, self.name, self.place) = (operand, name, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try operand.evaluate(&frame)
        try frame.spend(1, place)
        return try selectOptional(name, in: value, place)
    }
}

/// `has(operand.field)`.
final class PresenceNode: Node {
    private let operand: any Node
    private let name: CELName
    private let place: Place

    init(_ operand: any Node, _ name: CELName, _ place: Place) {
        (self.operand, self.name, self.place) = (operand, name, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        var value = try operand.evaluate(&frame)
        try frame.spend(1, place)
        while true {
            switch value {
            case .map(let map): return .bool(map.place(of: name) >= 0)
            case .object(let object): return .bool(object.member(name) != nil)
            case .unknown(let unknown): return .unknown(unknown.appending(name.text))
            case .optional(let optional):
                guard let inner = optional.value else { return .bool(false) }
                value = inner
            default: throw notSelectable(name, value, place)
            }
        }
    }
}

/// `operand[index]` and `operand[?index]`.
final class IndexNode: Node {
    private let operand: any Node
    private let index: any Node
    private let isOptional: Bool
    private let place: Place

    init(_ operand: any Node, _ index: any Node, isOptional: Bool, _ place: Place) {
        (self.operand, self.index, self.place) = (operand, index, place)
        self.isOptional = isOptional
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try operand.evaluate(&frame)
        let key = try index.evaluate(&frame)
        try frame.spend(1, place)
        if !isOptional, case .map(let map) = value, let found = map.value(forKey: key) {
            return found
        }
        return try element(key, of: value, isOptional)
    }

    private func element(
        _ key: CELValue, of value: CELValue, _ isOptional: Bool
    ) throws(CELError) -> CELValue {
        if case .unknown(let unknown) = value {
            if case .string(let name) = key { return .unknown(unknown.appending(name)) }
            return value
        }
        if case .unknown = key { return key }
        switch value {
        case .optional(let optional):
            guard let inner = optional.value else { return value }
            return try element(key, of: inner, true)
        case .list(let items):
            guard let i = listIndex(key) else {
                throw CELError(.invalidArgument, "invalid index: \(key.summary())", place)
            }
            let found = i >= 0 && i < items.count ? items[i] : nil
            if isOptional { return .optional(CELOptional(found)) }
            guard let found else {
                throw CELError(
                    .outOfRange, "index \(i) is out of range, the list has \(items.count) elements",
                    place)
            }
            return found
        case .map, .object:
            let found = value.entry(key)
            if isOptional { return .optional(CELOptional(found)) }
            guard let found else {
                throw CELError(.noSuchKey, "no such key: \(key.summary())", place)
            }
            return found
        default:
            throw CELError(
                .noSuchOverload, "no such overload: \(value.typeName.name) cannot be indexed", place
            )
        }
    }

    private func listIndex(_ key: CELValue) -> Int? {
        switch key {
        case .int(let number): Int(number)
        case .uint(let number): Int(exactly: number) ?? .max
        case .double(let number): Int(exactly: number)
        default: nil
        }
    }
}
