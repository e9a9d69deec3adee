/// `a && b && …` and `a || b || …`: an error or a term that is no bool is forgotten if another term
/// decides; what is unknown outweighs what is an error.
final class LogicNode: Node {
    private let terms: [any Node]
    /// The truth that decides: false for `&&`, true for `||`.
    private let decisive: Bool
    private let place: Place

    init(_ terms: [any Node], decisive: Bool, _ place: Place) {
        (self.terms, self.decisive, self.place) = (terms, decisive, place)
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        var i = 0
        while i < terms.count {
            let value: CELValue
            do throws(CELError) { value = try terms[i].evaluate(&frame) } catch {
                if error.kind == .costExceeded { throw error }
                return try absorbed(&frame, from: i + 1, error, nil)
            }
            guard case .bool(let truth) = value else {
                if case .unknown(let unknown) = value {
                    return try absorbed(&frame, from: i + 1, nil, unknown)
                }
                return try absorbed(&frame, from: i + 1, wrongType(value), nil)
            }
            if truth == decisive { return value }
            i &+= 1
        }
        return .bool(!decisive)
    }

    private func wrongType(_ value: CELValue) -> CELError {
        CELError(
            .noSuchOverload,
            "no such overload: '\(decisive ? "||" : "&&")' needs bool, found \(value.typeName.name)",
            place)
    }

    private func absorbed(
        _ frame: inout Frame, from start: Int, _ error: CELError?, _ unknown: CELUnknown?
    ) throws(CELError) -> CELValue {
        var failure = error
        var unknown = unknown
        for i in start..<max(start, terms.count) {
            do throws(CELError) {
                switch try terms[i].evaluate(&frame) {
                case .bool(let truth): if truth == decisive { return .bool(decisive) }
                case .unknown(let other): unknown = unknown.map { $0.merged(other) } ?? other
                case let value: failure = failure ?? wrongType(value)
                }
            } catch {
                if error.kind == .costExceeded { throw error }
                failure = failure ?? error
            }
        }
        if let unknown { return .unknown(unknown) }
        if let failure { throw failure }
        return .bool(!decisive)
    }
}

/// `!a`.
final class NotNode: Node {
    private let operand: any Node
    private let place: Place

    init(_ operand: any Node, _ place: Place) { (self.operand, self.place) = (operand, place) }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try operand.evaluate(&frame)
        try frame.spend(1, place)
        if case .bool(let truth) = value { return .bool(!truth) }
        if case .unknown = value { return value }
        throw CELError.noOverload("!", [value]).placed(place)
    }
}

/// `condition ? first : second`; only the branch that is taken is evaluated.
final class ConditionalNode: Node {
    private let condition: any Node
    private let first: any Node
    private let second: any Node
    private let place: Place

    init(_ condition: any Node, _ first: any Node, _ second: any Node, _ place: Place) {
        (self.condition, self.first, self.second) = (condition, first, second)
        self.place = place
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try condition.evaluate(&frame)
        switch value {
        case .bool(true): return try first.evaluate(&frame)
        case .bool(false): return try second.evaluate(&frame)
        case .unknown: return value
        default:
            throw CELError(
                .noSuchOverload,
                "no such overload: the condition before '?' is \(value.typeName.name)", place)
        }
    }
}
