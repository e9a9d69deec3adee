extension CELParser {
    /// The macro that a member call means, nil if it is a plain call.
    mutating func memberMacro(
        _ target: CELExpression, _ name: String, _ nameRange: Range<Int>,
        _ arguments: [CELExpression], _ whole: Range<Int>
    ) -> CELExpression? {
        let count = arguments.count
        switch (name, count) {
        case ("bind", 3):
            guard target.dottedName == "cel" || target.dottedName == ".cel" else { return nil }
            return comprehension(
                .bind, arguments.prefix(1), arguments[1], nil, arguments[2], whole)
        case ("all", 2), ("all", 3):
            return loop(.all, target, arguments, whole)
        case ("exists", 2), ("exists", 3):
            return loop(.exists, target, arguments, whole)
        case ("exists_one", 2), ("exists_one", 3), ("existsOne", 2), ("existsOne", 3):
            return loop(.existsOne, target, arguments, whole)
        case ("sortBy", 2): return loop(.sortBy, target, arguments, whole)
        case ("filter", 2): return loop(.filter, target, arguments, whole)
        case ("map", 2): return loop(.map, target, arguments, whole)
        case ("map", 3):
            return comprehension(
                .map, arguments.prefix(1), target, arguments[1], arguments[2], whole)
        case ("optMap", 2): return loop(.optMap, target, arguments, whole)
        case ("optFlatMap", 2): return loop(.optFlatMap, target, arguments, whole)
        case ("transformList", 3), ("transformList", 4):
            return transform(.transformList, target, arguments, whole)
        case ("transformMap", 3), ("transformMap", 4):
            return transform(.transformMap, target, arguments, whole)
        case ("transformMapEntry", 3), ("transformMapEntry", 4):
            return transform(.transformMapEntry, target, arguments, whole)
        default: return nil
        }
    }

    private mutating func loop(
        _ form: CELComprehension.Form, _ target: CELExpression, _ arguments: [CELExpression],
        _ whole: Range<Int>
    ) -> CELExpression {
        comprehension(
            form, arguments.dropLast(), target, nil, arguments[arguments.count - 1], whole)
    }

    private mutating func transform(
        _ form: CELComprehension.Form, _ target: CELExpression, _ arguments: [CELExpression],
        _ whole: Range<Int>
    ) -> CELExpression {
        comprehension(
            form, arguments.prefix(2), target, arguments.count == 4 ? arguments[2] : nil,
            arguments[arguments.count - 1], whole)
    }

    private mutating func comprehension(
        _ form: CELComprehension.Form, _ names: ArraySlice<CELExpression>,
        _ operand: CELExpression, _ filter: CELExpression?, _ body: CELExpression,
        _ whole: Range<Int>
    ) -> CELExpression {
        var variables: [String] = []
        for name in names {
            guard case .identifier(let text, absolute: false) = name.kind else {
                if case .invalid = name.kind { return node(.invalid, whole) }
                report("\(form.rawValue)() takes a plain name as its variable", name.range)
                return node(.invalid, whole)
            }
            if variables.contains(text) {
                report("the variable \(quoted(text)) is named twice", name.range)
            }
            variables.append(text)
        }
        let loop = CELComprehension(
            form: form, variables: variables, variableRanges: names.map(\.range),
            operand: operand, filter: filter, body: body)
        return node(.comprehension(loop), whole)
    }
}
