/// `{"numeric": [">", 0, "<=", 5]}`: a number in the range.
///
/// `["=", n]`, one of `> >= < <=` with a number, or a lower and then an upper bound. 64-bit whole numbers are
/// compared exactly, all others as doubles. Equal bounds are accepted if both are included.
enum NumericOperator: PatternOperator {
    static let name = "numeric"

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        guard case .array(let items) = operand.kind else {
            throw reader.refuse(
                "numeric needs a list such as [\">\", 0], not \(operand.name)", at: operand)
        }
        guard items.count >= 2 else {
            throw reader.refuse("numeric needs an operator and a number", at: operand)
        }
        let (sign, number) = try pair(items, 0, in: reader)
        let bound = NumberRange.Bound(number: number, included: sign.hasSuffix("="))
        if sign == "=" || sign.hasPrefix("<") {
            guard items.count == 2 else {
                throw reader.below(2).refuse(
                    "nothing may follow '\(sign)' and its number", at: items[2])
            }
            return .range(NumberRange(lower: sign == "=" ? bound : nil, upper: bound))
        }
        guard items.count > 2 else { return .range(NumberRange(lower: bound, upper: nil)) }
        return .range(try closed(bound, items, operand, in: reader))
    }

    /// A lower bound with the upper bound that follows it.
    private static func closed(
        _ lower: NumberRange.Bound, _ items: [PatternNode], _ operand: PatternNode,
        in reader: OperandReader
    ) throws(PatternError) -> NumberRange {
        guard items.count >= 4 else {
            throw reader.below(2).refuse(
                "an upper bound needs '<' or '<=' and a number", at: items[2])
        }
        let (sign, number) = try pair(items, 2, in: reader)
        guard sign.hasPrefix("<") else {
            throw reader.below(2).refuse(
                "after a lower bound only '<' or '<=' may follow, not '\(sign)'", at: items[2])
        }
        guard items.count == 4 else {
            throw reader.below(4).refuse("nothing may follow an upper bound", at: items[4])
        }
        let upper = NumberRange.Bound(number: number, included: sign == "<=")
        let order = lower.number.order(number)
        guard order == .below || order == .same && lower.included && upper.included else {
            throw reader.refuse("the lower bound must be below the upper", at: operand)
        }
        return NumberRange(lower: lower, upper: upper)
    }

    private static func pair(_ items: [PatternNode], _ index: Int, in reader: OperandReader)
        throws(PatternError) -> (sign: String, number: EventNumber)
    {
        guard case .text(let sign) = items[index].kind, ["=", "<", "<=", ">", ">="].contains(sign)
        else {
            throw reader.below(index).refuse("expected one of = < <= > >=", at: items[index])
        }
        let number = try reader.below(index + 1).number(items[index + 1], "the value of '\(sign)'")
        return (sign, number)
    }
}
