import Text

extension CELChecker {
    /// Literal patterns, spans and moments are tried when the expression is checked.
    mutating func checkLiterals(_ call: CELCall) {
        let operands = (call.target.map { [$0] } ?? []) + call.arguments
        guard let last = operands.last, case .literal(.string(let text)) = last.kind else { return }
        switch (call.function, operands.count) {
        case ("matches", 2):
            do throws(RegularExpressionError) { _ = try RegularExpression(text) } catch {
                report("invalid pattern: \(error.message)", last.range)
            }
        case ("duration", 1) where CELDuration(text) == nil:
            let help = "write a span as \"1h30m\" with the units h, m, s, ms, us and ns"
            report("\(quoted(text)) is no duration", last.range, help: help)
        case ("timestamp", 1) where CELTimestamp(text) == nil:
            let help = "write a moment as \"2026-01-31T00:00:00Z\""
            report("\(quoted(text)) is no timestamp", last.range, help: help)
        default: break
        }
    }
}
