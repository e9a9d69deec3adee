/// `{"anything-but": x}`: the field has a value, and none of these is it.
///
/// x is text, a number, a list of one of these kinds, or an object with one of `prefix`, `suffix`,
/// `equals-ignore-case`, `wildcard` over text or a list of texts. Values of other types match. A list in the
/// event matches if any of its elements does.
enum AnythingButOperator: PatternOperator {
    static let name = "anything-but"

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        switch operand.kind {
        case .object(let members):
            let member = try reader.onlyMember(members, of: operand)
            return .noneOf(try inner(member, in: reader.below(member.key)))
        case .array(let items): return .noneOf(try values(items, of: operand, in: reader))
        case .text, .number: return .noneOf([try value(operand, in: reader)])
        case .bool, .null:
            throw reader.refuse(
                "anything-but needs text, a number, a list or an operator, not \(operand.name)",
                at: operand)
        }
    }

    private static func values(
        _ items: [PatternNode], of node: PatternNode, in reader: OperandReader
    )
        throws(PatternError) -> [Test]
    {
        guard let first = items.first else {
            throw reader.refuse("the list of anything-but is empty", at: node)
        }
        var tests: [Test] = []
        for (index, item) in items.enumerated() {
            tests.append(try value(item, in: reader.below(index)))
            guard isText(item) == isText(first) else {
                throw reader.below(index).refuse(
                    "the list of anything-but mixes text and numbers", at: item)
            }
        }
        return tests
    }

    private static func isText(_ node: PatternNode) -> Bool {
        if case .text = node.kind { true } else { false }
    }

    private static func value(_ node: PatternNode, in reader: OperandReader) throws(PatternError)
        -> Test
    {
        switch node.kind {
        case .text(let text): return .text(ByteText(text))
        case .number: return .number(try reader.number(node, "the value"))
        default:
            throw reader.refuse(
                "a list of anything-but holds text or numbers, not \(node.name)", at: node)
        }
    }

    private static func inner(_ member: PatternNode.Member, in reader: OperandReader)
        throws(PatternError)
        -> [Test]
    {
        guard let make = makers[member.key] else {
            throw PatternError(
                "anything-but cannot be combined with '\(member.key)'", at: member.position,
                path: reader.path)
        }
        guard case .array(let items) = member.value.kind else {
            return [try one(member.value, member.key, make, in: reader)]
        }
        guard !items.isEmpty else {
            throw reader.refuse("the list of anything-but is empty", at: member.value)
        }
        var tests: [Test] = []
        for (index, item) in items.enumerated() {
            tests.append(try one(item, member.key, make, in: reader.below(index)))
        }
        return tests
    }

    private static func one(
        _ node: PatternNode, _ name: String, _ make: any PatternOperator.Type,
        in reader: OperandReader
    ) throws(PatternError) -> Test {
        let text = try reader.text(node, name)
        guard
            !text.isEmpty || name == WildcardOperator.name || name == EqualsIgnoreCaseOperator.name
        else {
            throw reader.refuse("anything-but over an empty \(name) matches no text", at: node)
        }
        return try make.test(node, in: reader)
    }

    private static let makers: [String: any PatternOperator.Type] = [
        PrefixOperator.name: PrefixOperator.self,
        SuffixOperator.name: SuffixOperator.self,
        EqualsIgnoreCaseOperator.name: EqualsIgnoreCaseOperator.self,
        WildcardOperator.name: WildcardOperator.self,
    ]
}
