/// `{"suffix": "x"}`: text that ends with x; `{"suffix": {"equals-ignore-case": "x"}}` ignores case.
enum SuffixOperator: PatternOperator {
    static let name = "suffix"

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        guard case .object(let members) = operand.kind else {
            return .suffix(ByteText(try reader.text(operand, name)))
        }
        return .foldedSuffix(
            try EqualsIgnoreCaseOperator.inner(members, of: operand, under: name, in: reader))
    }
}
