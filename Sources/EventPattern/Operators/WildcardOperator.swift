/// `{"wildcard": "a*b"}`: text that the pattern covers; `*` is any run of characters, also an empty one.
///
/// `\*` and `\\` are literal; two stars in a row and any other escape are refused.
enum WildcardOperator: PatternOperator {
    static let name = "wildcard"

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        let text = try reader.text(operand, name)
        let glob: Glob
        do throws(Glob.Fault) { glob = try Glob(text) } catch {
            throw reader.refuse(error.message, at: operand)
        }
        return .wildcard(glob)
    }
}
