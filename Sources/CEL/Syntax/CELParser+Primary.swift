/// Names that are kept for other languages: no identifiers, but legal after a dot.
private let reserved: Set<String> = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
    "package", "namespace", "return", "var", "void", "while",
]

extension CELParser {
    /// A primary with its selections, indices and member calls.
    mutating func postfix() -> CELExpression {
        let start = token.start
        return postfixes(primary(), start)
    }

    mutating func postfixes(_ operand: CELExpression, _ start: Int) -> CELExpression {
        var operand = operand
        while true {
            if take(".") {
                operand = member(operand, start)
            } else if take("[") {
                let isOptional = take("?")
                let index = expression()
                expect("]", "expected ']'")
                operand = node(.index(operand, index, optional: isOptional), range(from: start))
            } else if isSymbol("{"), let name = operand.dottedName {
                operand = message(name, start)
            } else {
                return operand
            }
        }
    }

    private mutating func member(_ operand: CELExpression, _ start: Int) -> CELExpression {
        let isOptional = take("?")
        let nameToken = token
        guard token.kind == .identifier || token.kind == .quotedIdentifier else {
            unexpected("expected a field name after '.'")
            return node(.invalid, range(from: start))
        }
        let isQuoted = token.kind == .quotedIdentifier
        var field = tokenText()
        if isQuoted { field = String(field.dropFirst().dropLast()) }
        if ["true", "false", "null", "in"].contains(field), !isQuoted {
            report(
                "\(quoted(field)) cannot be a field name", token.range,
                help: "select it with [\(quoted(field))]")
        }
        advance()
        if isSymbol("("), !isOptional, !isQuoted {
            return memberCall(operand, field, nameToken.range, start)
        }
        let selection = CELSelection(
            operand: operand, field: field, fieldRange: nameToken.range,
            form: isOptional ? .optional : .value, isQuoted: isQuoted)
        return node(.select(selection), range(from: start))
    }

    private mutating func memberCall(
        _ target: CELExpression, _ name: String, _ nameRange: Range<Int>, _ start: Int
    ) -> CELExpression {
        let arguments = arguments()
        let whole = range(from: start)
        if let macro = memberMacro(target, name, nameRange, arguments, whole) { return macro }
        return node(
            .call(
                CELCall(
                    function: name, nameRange: nameRange, target: target, arguments: arguments)),
            whole)
    }

    /// The arguments in parentheses, which the next token opens.
    mutating func arguments() -> [CELExpression] {
        advance()
        var arguments: [CELExpression] = []
        if take(")") { return arguments }
        repeat {
            guard arguments.count < bounds.breadth, token.kind != .end else { break }
            arguments.append(expression())
        } while take(",")
        expect(")", "expected ',' or ')'")
        return arguments
    }

    mutating func primary() -> CELExpression {
        let start = token
        switch token.kind {
        case .int:
            advance()
            return literal(CELLiteral.int(start, lexer.bytes, negative: false), start.range)
        case .uint:
            advance()
            return literal(CELLiteral.uint(start, lexer.bytes), start.range)
        case .double:
            advance()
            return literal(CELLiteral.double(start, lexer.bytes, negative: false), start.range)
        case .string, .bytes:
            advance()
            do throws(CELLiteral.Mistake) {
                return node(.literal(try CELLiteral.text(start, lexer.bytes)), start.range)
            } catch {
                report(error.message, error.range)
                return node(.invalid, start.range)
            }
        case .identifier: return name(absolute: false)
        case .symbol: return bracketed()
        default:
            unexpected("expected an expression")
            return node(.invalid, start.range)
        }
    }

    private mutating func bracketed() -> CELExpression {
        let start = token.start
        if take("(") {
            let inner = expression()
            expect(")", "expected ')'")
            return inner
        }
        if take("[") { return list(start) }
        if take("{") { return map(start) }
        if take(".") {
            guard token.kind == .identifier else {
                unexpected("expected a name after '.'")
                return node(.invalid, range(from: start))
            }
            return name(absolute: true, start: start)
        }
        unexpected("expected an expression")
        return node(.invalid, token.range)
    }

    private mutating func name(absolute: Bool, start: Int? = nil) -> CELExpression {
        let start = start ?? token.start
        let nameRange = token.range
        let text = tokenText()
        if !absolute {
            switch text {
            case "true", "false", "null":
                advance()
                let value: CELValue = text == "null" ? .null : .bool(text == "true")
                return node(.literal(value), nameRange)
            default: break
            }
        }
        if text == "in" {
            unexpected("expected an expression")
            return node(.invalid, nameRange)
        }
        if reserved.contains(text) { report("\(quoted(text)) is a reserved word", nameRange) }
        advance()
        guard isSymbol("(") else {
            return node(.identifier(text, absolute: absolute), range(from: start))
        }
        let arguments = arguments()
        let whole = range(from: start)
        if !absolute, text == "has", arguments.count == 1 { return presence(arguments[0], whole) }
        let call = CELCall(
            function: (absolute ? "." : "") + text, nameRange: nameRange, target: nil,
            arguments: arguments)
        return node(.call(call), whole)
    }

    private mutating func presence(_ argument: CELExpression, _ whole: Range<Int>) -> CELExpression
    {
        guard case .select(let selection) = argument.kind, selection.form == .value else {
            if case .invalid = argument.kind { return argument }
            var help: String?
            if case .index(_, _, false) = argument.kind {
                help = "use 'KEY in MAP' for a computed key"
            }
            report("has() takes a field selection such as has(a.b)", argument.range, help: help)
            return node(.invalid, whole)
        }
        let test = CELSelection(
            operand: selection.operand, field: selection.field, fieldRange: selection.fieldRange,
            form: .presence, isQuoted: selection.isQuoted)
        return node(.select(test), whole)
    }

    private mutating func list(_ start: Int) -> CELExpression {
        var elements: [CELElement] = []
        while !isSymbol("]"), token.kind != .end, elements.count < bounds.breadth {
            let isOptional = take("?")
            elements.append(CELElement(value: expression(), isOptional: isOptional))
            guard take(",") else { break }
        }
        expect("]", "expected ',' or ']'")
        return node(.list(elements), range(from: start))
    }

    private mutating func map(_ start: Int) -> CELExpression {
        var entries: [CELEntry] = []
        while !isSymbol("}"), token.kind != .end, entries.count < bounds.breadth {
            let isOptional = take("?")
            let key = expression()
            expect(":", "expected ':' after the key")
            entries.append(CELEntry(key: key, value: expression(), isOptional: isOptional))
            guard take(",") else { break }
        }
        expect("}", "expected ',' or '}'")
        return node(.map(entries), range(from: start))
    }

    private mutating func message(_ name: String, _ start: Int) -> CELExpression {
        advance()
        var values: [CELExpression] = []
        while !isSymbol("}"), token.kind != .end, values.count < bounds.breadth {
            _ = take("?")
            guard token.kind == .identifier || token.kind == .quotedIdentifier else {
                unexpected("expected a field name")
                break
            }
            advance()
            expect(":", "expected ':' after the field name")
            values.append(expression())
            guard take(",") else { break }
        }
        expect("}", "expected ',' or '}'")
        return node(.message(name, values), range(from: start))
    }
}
