/// A bare value: equal text, number, boolean or null.
///
/// Text that spells an IP address matches every spelling of that address (`010.0.0.1`, long and upper-case
/// forms). Numbers are equal by exact decimal value, whatever their spelling, and never equal text.
enum ExactMatch {
    static func test(_ node: PatternNode, in reader: OperandReader) throws(PatternError) -> Test {
        switch node.kind {
        case .text(let text): return Address(text).map(Test.address) ?? .text(ByteText(text))
        case .number(let literal):
            guard let number = EventNumber(literal: literal) else {
                throw reader.refuse("'\(literal)' is not a JSON number", at: node)
            }
            return .number(number)
        case .bool(let value): return .bool(value)
        case .null: return .null
        case .array, .object:
            throw reader.refuse(
                "an alternative must be a value or an operator, not \(node.name)", at: node)
        }
    }
}
