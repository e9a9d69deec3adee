/// `{"matches": "re"}`: text in which the RE2 expression is found anywhere. Ours, not EventBridge's.
enum MatchesOperator: PatternOperator {
    static let name = "matches"

    static func isOffered(_ options: PatternOptions) -> Bool { options.matches }

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        let text = try reader.text(operand, name)
        let expression: Expression
        do throws(Expression.Fault) { expression = try Expression(text) } catch {
            throw reader.refuse("the expression is not valid: \(error.message)", at: operand)
        }
        return .expression(expression)
    }
}
