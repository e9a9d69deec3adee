/// `left + right` and the other arithmetic operators.
final class ArithmeticNode: Node {
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
        try frame.spend(1, place)
        switch (a, b) {
        case (.int(let x), .int(let y)): return .int(try integer(x, y))
        case (.double(let x), .double(let y)):
            switch op {
            case .add: return .double(x + y)
            case .subtract: return .double(x - y)
            case .multiply: return .double(x * y)
            case .divide: return .double(x / y)
            default: throw CELError.noOverload("%", [a, b]).placed(place)
            }
        case (.uint(let x), .uint(let y)): return .uint(try integer(x, y))
        case (.timestamp(let x), .timestamp(let y)) where op == .subtract:
            if let span = x.since(y) { return .duration(span) }
            throw beyond(a, b)
        default: return try other(a, b, &frame)
        }
    }

    @inline(__always)
    private func integer<Number: FixedWidthInteger>(
        _ x: Number, _ y: Number
    ) throws(CELError) -> Number {
        let (result, overflow) =
            switch op {
            case .add: x.addingReportingOverflow(y)
            case .subtract: x.subtractingReportingOverflow(y)
            case .multiply: x.multipliedReportingOverflow(by: y)
            case .divide: x.dividedReportingOverflow(by: y)
            default: x.remainderReportingOverflow(dividingBy: y)
            }
        if overflow { throw integerError(x, y) }
        return result
    }

    @inline(never)
    private func integerError<Number: FixedWidthInteger>(_ x: Number, _ y: Number) -> CELError {
        if y == 0, op == .divide { return CELError(.divisionByZero, "division by zero", place) }
        if y == 0, op == .modulo { return CELError(.divisionByZero, "modulus by zero", place) }
        return CELError(
            .overflow, "\(Number.isSigned ? "int" : "uint") overflow: \(x) \(op.rawValue) \(y)",
            place)
    }

    private func beyond(_ a: CELValue, _ b: CELValue) -> CELError {
        CELError(
            .overflow, "out of range: \(a.summary()) \(op.rawValue) \(b.summary())", place)
    }

    private func other(
        _ a: CELValue, _ b: CELValue, _ frame: inout Frame
    ) throws(CELError) -> CELValue {
        if let unknown = mergedUnknown(a, b) { return unknown }
        switch (a, op, b) {
        case (.string(let x), .add, .string(let y)):
            let count = x.utf8.count + y.utf8.count
            try frame.checkText(count, place)
            try frame.spendText(count, place)
            return .string(x + y)
        case (.list(let x), .add, .list(let y)):
            try frame.checkElements(x.count + y.count, place)
            try frame.spend((x.count + y.count) / 10, place)
            return .list(x.isEmpty ? y : y.isEmpty ? x : x + y)
        case (.bytes(let x), .add, .bytes(let y)):
            try frame.checkText(x.count + y.count, place)
            try frame.spendText(x.count + y.count, place)
            return .bytes(x + y)
        default: break
        }
        let result: CELValue?
        switch (a, op, b) {
        case (.duration(let x), .add, .duration(let y)): result = x.adding(y).map { .duration($0) }
        case (.duration(let x), .subtract, .duration(let y)):
            result = x.subtracting(y).map { .duration($0) }
        case (.timestamp(let x), .add, .duration(let y)),
            (.duration(let y), .add, .timestamp(let x)):
            result = x.adding(y).map { .timestamp($0) }
        case (.timestamp(let x), .subtract, .duration(let y)):
            result = x.subtracting(y).map { .timestamp($0) }
        default: throw CELError.noOverload(op.rawValue, [a, b]).placed(place)
        }
        guard let result else { throw beyond(a, b) }
        return result
    }
}

/// `-operand`.
final class NegateNode: Node {
    private let operand: any Node
    private let place: Place

    init(_ operand: any Node, _ place: Place) { (self.operand, self.place) = (operand, place) }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try operand.evaluate(&frame)
        try frame.spend(1, place)
        switch value {
        case .int(let number):
            guard number != .min else {
                throw CELError(.overflow, "int overflow: -(\(number))", place)
            }
            return .int(-number)
        case .double(let number): return .double(-number)
        case .unknown: return value
        default: throw CELError.noOverload("-", [value]).placed(place)
        }
    }
}
