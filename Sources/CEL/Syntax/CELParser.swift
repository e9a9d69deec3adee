/// Reads an expression's source into its syntax tree; mistakes are collected, never thrown.
public struct CELParser {
    var lexer: CELLexer
    var token = CELToken(kind: .end, start: 0, end: 0)
    let bounds: CELSyntaxBounds
    private var previousEnd = 0
    private var nextID = 0
    private var level = 0
    private var isLost = false

    /// Parses the source. Byte ranges count from the source's first byte.
    public static func parse(
        _ source: String, bounds: CELSyntaxBounds = CELSyntaxBounds()
    ) -> CELSyntaxTree {
        guard source.utf8.count <= bounds.size else {
            let mistake = CELDiagnostic(
                "the expression is longer than \(bounds.size) bytes",
                at: bounds.size..<source.utf8.count)
            let root = CELExpression(id: 0, range: 0..<0, depth: 1, kind: .invalid)
            return CELSyntaxTree(source: source, root: root, nodeCount: 1, diagnostics: [mistake])
        }
        var parser = CELParser(source, bounds)
        let root = parser.whole()
        let diagnostics = parser.lexer.diagnostics.sorted {
            $0.range.lowerBound < $1.range.lowerBound
        }
        return CELSyntaxTree(
            source: source, root: root, nodeCount: parser.nextID,
            diagnostics: Array(diagnostics.prefix(bounds.diagnostics)))
    }

    private init(_ source: String, _ bounds: CELSyntaxBounds) {
        lexer = CELLexer(Array(source.utf8))
        self.bounds = bounds
        advance()
    }

    private mutating func whole() -> CELExpression {
        if token.kind == .end {
            report("expected an expression", token.range)
            return node(.invalid, token.range)
        }
        let root = expression()
        if token.kind != .end, !isLost { unexpected("expected an operator or the end") }
        return root
    }

    // MARK: Tokens

    mutating func advance() {
        previousEnd = token.end
        token = lexer.next()
    }

    func isSymbol(_ text: StaticString) -> Bool {
        guard token.kind == .symbol, token.end - token.start == text.utf8CodeUnitCount else {
            return false
        }
        for i in 0..<text.utf8CodeUnitCount
        where lexer.bytes[token.start + i] != text.utf8Start[i] { return false }
        return true
    }

    mutating func take(_ text: StaticString) -> Bool {
        guard isSymbol(text) else { return false }
        advance()
        return true
    }

    func tokenText() -> String { String(decoding: lexer.bytes[token.range], as: UTF8.self) }

    /// Goes on after a mistake only when the reader has found its way again.
    mutating func expect(_ text: StaticString, _ message: String) {
        if take(text) { return }
        if !isLost { unexpected(message) }
        recover(to: text)
    }

    /// Skips to the closing bracket, over brackets inside, and takes it.
    private mutating func recover(to text: StaticString) {
        var open = 0
        while token.kind != .end {
            if open == 0, isSymbol(text) {
                advance()
                isLost = false
                return
            }
            if isSymbol("(") || isSymbol("[") || isSymbol("{") { open += 1 }
            if isSymbol(")") || isSymbol("]") || isSymbol("}") {
                guard open > 0 else { return }
                open -= 1
            }
            advance()
        }
    }

    // MARK: Mistakes

    mutating func report(
        _ message: String, _ range: Range<Int>, help: String? = nil, fix: CELFix? = nil
    ) {
        guard lexer.diagnostics.count < bounds.diagnostics else { return }
        lexer.diagnostics.append(CELDiagnostic(message, at: range, help: help, fix: fix))
    }

    mutating func unexpected(_ message: String) {
        defer { isLost = true }
        guard !isLost, token.kind != .invalid else { return }
        guard token.kind != .end else {
            return report(message + ", found the end", token.range)
        }
        let text = tokenText()
        let help: String? =
            switch text {
            case "and": "write '&&'"
            case "or": "write '||'"
            case "not": "write '!'"
            default: nil
            }
        let fix = help.map {
            CELFix(range: token.range, replacement: String($0.dropFirst(7).dropLast()))
        }
        report(message + ", found \(quoted(text))", token.range, help: help, fix: fix)
    }

    // MARK: Nodes

    mutating func node(_ kind: CELExpression.Kind, _ range: Range<Int>) -> CELExpression {
        let id = nextID
        nextID += 1
        let depth = kind.depthBelow + 1
        guard depth <= bounds.depth else {
            tooDeep(range)
            return CELExpression(id: id, range: range, depth: 1, kind: .invalid)
        }
        return CELExpression(id: id, range: range, depth: depth, kind: kind)
    }

    private mutating func tooDeep(_ range: Range<Int>) {
        if !isLost { report("more than \(bounds.depth) levels of nesting", range) }
        isLost = true
        lexer = stopped()
        token = lexer.next()
    }

    /// The lexer at the end of its source: nothing more is read after a breach of a bound.
    private func stopped() -> CELLexer {
        var stopped = CELLexer([])
        stopped.diagnostics = lexer.diagnostics
        return stopped
    }

    func range(from start: Int) -> Range<Int> { start..<max(start, previousEnd) }

    // MARK: Operators

    /// The whole of an expression: a conditional or what binds tighter.
    mutating func expression() -> CELExpression {
        level += 1
        defer { level -= 1 }
        guard level <= bounds.depth else {
            tooDeep(token.range)
            return node(.invalid, token.range)
        }
        let start = token.start
        let condition = chain(isOr: true)
        guard take("?") else { return condition }
        let first = chain(isOr: true)
        expect(":", "expected ':' of the conditional")
        let second = expression()
        return node(.conditional(condition, first, second), range(from: start))
    }

    private mutating func chain(isOr: Bool) -> CELExpression {
        let start = token.start
        let first = isOr ? chain(isOr: false) : relation(1)
        guard isOr ? isSymbol("||") : isSymbol("&&") else { return first }
        var terms = [first]
        while isOr ? take("||") : take("&&") {
            guard terms.count < bounds.breadth else {
                report("more than \(bounds.breadth) terms", token.range)
                tooDeep(token.range)
                break
            }
            terms.append(isOr ? chain(isOr: false) : relation(1))
        }
        return node(isOr ? .or(terms) : .and(terms), range(from: start))
    }

    private func binaryOperator() -> CELBinaryOperator? {
        switch token.kind {
        case .symbol: CELBinaryOperator(rawValue: tokenText())
        case .identifier where token.end - token.start == 2 && tokenText() == "in": .within
        default: nil
        }
    }

    private mutating func relation(_ minimum: Int) -> CELExpression {
        let start = token.start
        var left = unary()
        while let op = binaryOperator(), op.precedence >= minimum {
            advance()
            let right = op.precedence == 3 ? unary() : relation(op.precedence + 1)
            left = node(.binary(op, left, right), range(from: start))
            if token.kind == .end { break }
        }
        return left
    }

    private mutating func unary() -> CELExpression {
        let start = token.start
        if isSymbol("!") { return prefixed("!", .not, start) }
        if isSymbol("-") { return prefixed("-", .negate, start) }
        return postfix()
    }

    /// A run of one prefix operator; pairs cancel, so that a long run stays shallow.
    private mutating func prefixed(
        _ symbol: StaticString, _ op: CELUnaryOperator, _ start: Int
    ) -> CELExpression {
        var places: [Int] = []
        while isSymbol(symbol) {
            places.append(token.start)
            advance()
        }
        if op == .negate, token.kind == .int || token.kind == .double {
            let at = places.removeLast()
            let value =
                token.kind == .int
                ? CELLiteral.int(token, lexer.bytes, negative: true)
                : CELLiteral.double(token, lexer.bytes, negative: true)
            advance()
            var operand = literal(value, range(from: at))
            operand = postfixes(operand, at)
            return wrapped(operand, op, places)
        }
        let operand = isSymbol("!") || isSymbol("-") ? nestedUnary() : postfix()
        return wrapped(operand, op, places)
    }

    private mutating func nestedUnary() -> CELExpression {
        level += 1
        defer { level -= 1 }
        guard level <= bounds.depth else {
            tooDeep(token.range)
            return node(.invalid, token.range)
        }
        return unary()
    }

    private mutating func wrapped(
        _ operand: CELExpression, _ op: CELUnaryOperator, _ places: [Int]
    ) -> CELExpression {
        var operand = operand
        let kept = places.count <= 2 ? places : Array(places.prefix(2 - places.count % 2))
        for place in kept.reversed() {
            operand = node(.unary(op, operand), place..<max(place, operand.range.upperBound))
        }
        return operand
    }

    mutating func literal(_ value: CELValue?, _ range: Range<Int>) -> CELExpression {
        if let value { return node(.literal(value), range) }
        report("the number is out of range", range)
        return node(.invalid, range)
    }
}
