/// `{"equals-ignore-case": "x"}`: text whose simple Unicode case folding equals that of x.
///
/// One scalar folds to one scalar: É and é are equal, so are K and the Kelvin sign; ß and SS are not.
enum EqualsIgnoreCaseOperator: PatternOperator {
    static let name = "equals-ignore-case"

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        .foldedText(try folded(operand, in: reader))
    }

    static func folded(_ operand: PatternNode, in reader: OperandReader) throws(PatternError)
        -> ByteText
    {
        ByteText(CaseFolding.fold(try reader.text(operand, name)))
    }

    /// The folded text of `{"equals-ignore-case": "x"}` as the operand of `prefix` or `suffix`.
    static func inner(
        _ members: [PatternNode.Member], of node: PatternNode, under outer: String,
        in reader: OperandReader
    ) throws(PatternError) -> ByteText {
        let member = try reader.onlyMember(members, of: node)
        guard member.key == name else {
            throw PatternError(
                "\(outer) takes text or {\"\(name)\": text}, not '\(member.key)'",
                at: member.position, path: reader.path)
        }
        return try folded(member.value, in: reader.below(name))
    }
}
