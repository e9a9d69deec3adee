import Text

/// A call of a function by its implementation.
final class CallNode: Node {
    private let function: CELFunction
    private let arguments: [any Node]
    private let place: Place
    /// Whether the function is the caller's and so may give another value each time.
    var isOfCaller: Bool { function.library == .caller }

    init(_ function: CELFunction, _ arguments: [any Node], _ place: Place) {
        (self.function, self.arguments, self.place) = (function, arguments, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        var values: [CELValue] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try argument.evaluate(&frame)) }
        try frame.spend(cost(values), place)
        if let unknown = unknown(values) { return unknown }
        if function.library == .caller, !admits(values) {
            throw CELError.noOverload(function.name, values).placed(place)
        }
        do throws(CELError) {
            let result = try invoke(values, &frame)
            try check(result, &frame)
            return result
        } catch { throw error.placed(place) }
    }

    private func unknown(_ values: [CELValue]) -> CELValue? {
        var found: CELUnknown?
        for value in values {
            if case .unknown(let unknown) = value {
                found = found.map { $0.merged(unknown) } ?? unknown
            }
        }
        return found.map { .unknown($0) }
    }

    private func admits(_ values: [CELValue]) -> Bool {
        function.overloads.contains { overload in
            overload.parameters.count == values.count
                && zip(overload.parameters, values).allSatisfy { $0.admits($1) }
        }
    }

    private func invoke(_ values: [CELValue], _ frame: inout Frame) throws(CELError) -> CELValue {
        switch (function.implementation, values.count) {
        case (.nullary(let body), 0): return try body()
        case (.unary(let body), 1): return try body(values[0])
        case (.binary(let body), 2): return try body(values[0], values[1])
        case (.variadic(let body), _): return try body(values)
        case (.metered(let body), _):
            let result = try body(values, &frame.budget)
            try frame.spend(0, place)
            return result
        case (.late, _):
            guard let body = frame.activation?.pointee.functions[function.name] else {
                throw CELError(.unbound, "the function \(function.name)() is not known here")
            }
            return try body(values)
        default: throw CELError.noOverload(function.name, values)
        }
    }

    private func cost(_ values: [CELValue]) -> Int {
        guard case .traversal = function.cost else { return 1 }
        return max(1, values.reduce(0) { $0 + Self.size($1) } / 10)
    }

    private static func size(_ value: CELValue) -> Int {
        switch value {
        case .string(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .list(let items): items.count
        case .map, .object: value.entryCount ?? 0
        default: 0
        }
    }

    /// What a function built counts against the limits like what an operator built.
    private func check(_ result: CELValue, _ frame: inout Frame) throws(CELError) {
        switch result {
        case .string(let text):
            try frame.checkText(text.utf8.count, place)
            try frame.spend(text.utf8.count / 10, place)
        case .bytes(let bytes):
            try frame.checkText(bytes.count, place)
            try frame.spend(bytes.count / 10, place)
        case .list(let items):
            try frame.checkElements(items.count, place)
            try frame.spend(items.count / 10, place)
        default: break
        }
    }
}

/// `optional.or(other)` and `optional.orValue(value)`; the argument is evaluated only if it is needed.
final class OptionalOrNode: Node {
    private let operand: any Node
    private let other: any Node
    private let givesOptional: Bool
    private let place: Place

    init(_ operand: any Node, _ other: any Node, givesOptional: Bool, _ place: Place) {
        (self.operand, self.other, self.givesOptional) = (operand, other, givesOptional)
        self.place = place
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try operand.evaluate(&frame)
        try frame.spend(1, place)
        if case .unknown = value { return value }
        guard case .optional(let optional) = value else {
            throw CELError.noOverload(givesOptional ? "or" : "orValue", [value]).placed(place)
        }
        if let inner = optional.value { return givesOptional ? value : inner }
        let result = try other.evaluate(&frame)
        if !givesOptional { return result }
        switch result {
        case .optional, .unknown: return result
        default: throw CELError.noOverload("or", [value, result]).placed(place)
        }
    }
}

/// `text.startsWith(part)`, `endsWith` and `contains`.
final class TextTestNode: Node {
    enum Test: String {
        case startsWith
        case endsWith
        case contains
    }
    private let text: any Node
    private let part: any Node
    private let test: Test
    private let place: Place

    init(_ text: any Node, _ part: any Node, _ test: Test, _ place: Place) {
        (self.text, self.part, self.test, self.place) = (text, part, test, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let a = try text.evaluate(&frame)
        let b = try part.evaluate(&frame)
        guard case .string(let whole) = a, case .string(let part) = b else {
            if let unknown = mergedUnknown(a, b) { return unknown }
            throw CELError.noOverload(test.rawValue, [a, b]).placed(place)
        }
        switch test {
        case .startsWith:
            try frame.spendText(part.utf8.count, place)
            return .bool(textHasPrefix(whole, part))
        case .endsWith:
            try frame.spendText(part.utf8.count, place)
            return .bool(textHasSuffix(whole, part))
        case .contains:
            let size = ((whole.utf8.count + 9) / 10) * ((part.utf8.count + 9) / 10)
            try frame.spend(size, place)
            return .bool(textContains(whole, part))
        }
    }
}

/// `text.matches(pattern)`; a constant pattern is compiled once.
final class MatchesNode: Node {
    private let text: any Node
    private let pattern: any Node
    private let compiled: RegularExpression?
    private let place: Place

    init(_ text: any Node, _ pattern: any Node, _ compiled: RegularExpression?, _ place: Place) {
        (self.text, self.pattern, self.compiled, self.place) = (text, pattern, compiled, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try text.evaluate(&frame)
        if let compiled, case .string(let text) = value {
            try spend(text, compiled.pattern, &frame)
            return .bool(withBytes(text) { compiled.isFound(in: $0) })
        }
        let source = try pattern.evaluate(&frame)
        guard case .string(let text) = value, case .string(let pattern) = source else {
            if let unknown = mergedUnknown(value, source) { return unknown }
            throw CELError.noOverload("matches", [value, source]).placed(place)
        }
        try spend(text, pattern, &frame)
        do throws(RegularExpressionError) {
            let expression = try RegularExpression(pattern)
            return .bool(withBytes(text) { expression.isFound(in: $0) })
        } catch {
            throw CELError(.invalidArgument, "invalid pattern: \(error.message)", place)
        }
    }

    private func spend(
        _ text: String, _ pattern: String, _ frame: inout Frame
    ) throws(CELError) {
        try frame.spend(((text.utf8.count + 10) / 10) * ((pattern.utf8.count + 3) / 4), place)
    }
}
