/// `{"exactly": "x"}`: text equal to x by its characters, even if it looks like an address.
enum ExactlyOperator: PatternOperator {
    static let name = "exactly"

    static func isOffered(_ options: PatternOptions) -> Bool { options.exactly }

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        .text(ByteText(try reader.text(operand, name)))
    }
}
