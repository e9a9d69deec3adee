extension CELChecker {
    mutating func type(
        of op: CELUnaryOperator, _ operand: CELExpression, _ node: CELExpression
    ) -> CELType {
        if op == .not {
            expectBool(operand, "'!' needs bool")
            return .bool
        }
        let found = type(of: operand)
        if let result = match(OperatorOverloads.negation, [found]) { return result }
        report("'-' needs int or double, found \(shown(found))", operand.range)
        return .dyn
    }

    mutating func type(
        of op: CELBinaryOperator, _ left: CELExpression, _ right: CELExpression,
        _ node: CELExpression
    ) -> CELType {
        let a = type(of: left)
        let b = type(of: right)
        let overloads = OperatorOverloads.of(op, environment.numericComparisons)
        if let result = match(overloads, [a, b]) { return result }
        if environment.numericComparisons == .cross, isCrossEquality(op, a, b) { return .bool }
        reportOperator(op, left, right, a, b, node)
        return op.precedence == 1 ? .bool : .dyn
    }

    private func isCrossEquality(_ op: CELBinaryOperator, _ a: CELType, _ b: CELType) -> Bool {
        let left = inference.resolved(a)
        let right = inference.resolved(b)
        switch op {
        case .equal, .notEqual: return left.isNumeric && right.isNumeric
        case .within:
            switch right {
            case .list(let item): return left.isNumeric && item.isNumeric
            case .map(let key, _): return left.isNumeric && key.isNumeric
            default: return false
            }
        default: return false
        }
    }

    private mutating func reportOperator(
        _ op: CELBinaryOperator, _ left: CELExpression, _ right: CELExpression, _ a: CELType,
        _ b: CELType, _ node: CELExpression
    ) {
        let (first, second) = (inference.resolved(a), inference.resolved(b))
        let message = "'\(op.rawValue)' cannot take \(shown(a)) and \(shown(b))"
        guard first.isNumeric, second.isNumeric, first != second else {
            return report(message, node.range, help: Self.help(op, first, second))
        }
        let isDouble = first == .double || second == .double
        let name = isDouble ? "double" : "int"
        let odd = (isDouble ? first == .double : first == .int) ? right : left
        let text = String(decoding: Array(source.utf8)[odd.range], as: UTF8.self)
        report(
            message, node.range, help: "convert one side: \(name)(\(text))",
            fix: CELFix(range: odd.range, replacement: "\(name)(\(text))"))
    }

    private static func help(_ op: CELBinaryOperator, _ a: CELType, _ b: CELType) -> String? {
        if a == .null || b == .null { return "ask for presence with has(...)" }
        if op == .add, a == .string || b == .string {
            return "convert the other side with string(...)"
        }
        if op.isComparison, a == .duration || b == .duration {
            return "write a span as duration(\"10m\")"
        }
        if op.isComparison, a == .timestamp || b == .timestamp {
            return "write a moment as timestamp(\"2026-01-31T00:00:00Z\")"
        }
        return nil
    }

    // MARK: Overloads

    /// The result type of the overloads that accept the arguments; nil if none does.
    mutating func match(_ overloads: [CELOverload], _ arguments: [CELType]) -> CELType? {
        var result: CELType?
        var chosen = inference
        for overload in overloads where overload.parameters.count == arguments.count {
            var trial = result == nil ? inference : chosen
            let types = trial.instantiate(overload.parameters + [overload.result])
            var fits = true
            for (argument, parameter) in zip(arguments, types)
            where fits && !trial.assign(argument, to: parameter) { fits = false }
            guard fits, let last = types.last else { continue }
            let found = trial.resolved(last)
            if let before = result {
                if before != found { result = .dyn }
            } else {
                result = found
                chosen = trial
            }
        }
        if result != nil { inference = chosen }
        return result
    }

    // MARK: Calls

    mutating func type(of call: CELCall, _ node: CELExpression) -> CELType {
        checkLiterals(call)
        if let (functions, isNamespaced) = scope.functions(for: call) {
            let arguments = call.arguments.map { type(of: $0) }
            let overloads = functions.flatMap(\.overloads).filter { !$0.isMember }
            if overloads.isEmpty, !isNamespaced {
                report(
                    "\(call.function)() is called on a value: x.\(call.function)()", call.nameRange)
                return .dyn
            }
            return result(of: call, overloads, arguments, node)
        }
        if let space = call.target?.dottedName, scope.meaning(ofRoot: call.target) == nil,
            isNamespace(space)
        {
            for argument in call.arguments { _ = type(of: argument) }
            reportUnknownFunction(call, prefix: space + ".")
            return .dyn
        }
        guard let target = call.target else {
            for argument in call.arguments { _ = type(of: argument) }
            reportUnknownFunction(call)
            return .dyn
        }
        let arguments = [type(of: target)] + call.arguments.map { type(of: $0) }
        let overloads = environment.functions(named: call.function).flatMap(\.overloads)
            .filter(\.isMember)
        guard !overloads.isEmpty else {
            reportUnknownFunction(call)
            return .dyn
        }
        return result(of: call, overloads, arguments, node)
    }

    private mutating func result(
        of call: CELCall, _ overloads: [CELOverload], _ arguments: [CELType],
        _ node: CELExpression
    ) -> CELType {
        if let result = match(overloads, arguments) { return result }
        if let result = variadicResult(call, arguments) { return result }
        let shownTypes = arguments.map { shown($0) }
        let isMember = call.target != nil && overloads.first?.isMember == true
        let taken = isMember ? Array(shownTypes.dropFirst()) : shownTypes
        let on = isMember ? "on \(shownTypes[0]) " : ""
        let message =
            "\(call.function)() cannot be called \(on)with (\(taken.joined(separator: ", ")))"
        let forms = overloads.prefix(4).map { Self.signature(call.function, $0) }
        report(message, node.range, help: "it takes " + forms.joined(separator: " or "))
        return .dyn
    }

    /// `math.greatest` and `math.least` take any number of numbers or one list of them.
    private mutating func variadicResult(_ call: CELCall, _ arguments: [CELType]) -> CELType? {
        guard call.function == "greatest" || call.function == "least",
            call.target?.dottedName == "math", !arguments.isEmpty
        else { return nil }
        let types = arguments.map { inference.resolved($0) }
        guard types.allSatisfy({ $0.isNumeric || $0 == .dyn }) else { return nil }
        return types.allSatisfy { $0 == types[0] } ? types[0] : .dyn
    }

    private static func signature(_ name: String, _ overload: CELOverload) -> String {
        let types = overload.parameters.map(\.description)
        guard overload.isMember else { return "\(name)(\(types.joined(separator: ", ")))" }
        return "\(types[0]).\(name)(\(types.dropFirst().joined(separator: ", ")))"
    }

    private func isNamespace(_ name: String) -> Bool {
        environment.functionNames.contains { $0.hasPrefix(name + ".") }
    }

    private mutating func reportUnknownFunction(_ call: CELCall, prefix: String = "") {
        let name = prefix + call.function
        let near = nearest(name, in: environment.functionNames)
        let replacement = near.map { String($0.dropFirst(prefix.count)) }
        report(
            "undeclared function \(quoted(name))", call.nameRange,
            help: near.map { "did you mean '\($0)'?" },
            fix: replacement.map { CELFix(range: call.nameRange, replacement: $0) })
    }
}
