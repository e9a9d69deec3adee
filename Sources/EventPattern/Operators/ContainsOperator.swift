/// `{"contains": "x"}`: text with x somewhere in it. Ours, not EventBridge's.
enum ContainsOperator: PatternOperator {
    static let name = "contains"

    static func isOffered(_ options: PatternOptions) -> Bool { options.contains }

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        .contains(ByteText(try reader.text(operand, name)))
    }
}
