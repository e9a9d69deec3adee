/// `{"prefix": "x"}`: text that begins with x; `{"prefix": {"equals-ignore-case": "x"}}` ignores case.
enum PrefixOperator: PatternOperator {
    static let name = "prefix"

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        guard case .object(let members) = operand.kind else {
            return .prefix(ByteText(try reader.text(operand, name)))
        }
        return .foldedPrefix(
            try EqualsIgnoreCaseOperator.inner(members, of: operand, under: name, in: reader))
    }
}
