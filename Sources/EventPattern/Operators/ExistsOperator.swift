/// `{"exists": true}`: the field has a value, null included; `{"exists": false}`: it has none.
///
/// An object or an empty array is no value. Inside arrays absence is judged within the element that the
/// pattern's other conditions chose.
enum ExistsOperator: PatternOperator {
    static let name = "exists"

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        guard case .bool(let wanted) = operand.kind else {
            throw reader.refuse("exists must be true or false, not \(operand.name)", at: operand)
        }
        return wanted ? .present : .absent
    }
}
