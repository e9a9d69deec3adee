/// One operator of the pattern language: its name and how its operand becomes a test.
protocol PatternOperator: SendableMetatype {
    /// The key of the operator's object, `prefix` in `{"prefix": "x"}`.
    static var name: String { get }
    /// Reads the operand or says why it is refused.
    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    /// Whether the operator belongs to the language that the options choose.
    static func isOffered(_ options: PatternOptions) -> Bool
}

extension PatternOperator {
    static func isOffered(_ options: PatternOptions) -> Bool { true }
}

/// The operators, one file each: a new one is a new file and one line here.
enum Operators {
    static let all: [any PatternOperator.Type] = [
        AnythingButOperator.self,
        CIDROperator.self,
        ContainsOperator.self,
        EqualsIgnoreCaseOperator.self,
        ExactlyOperator.self,
        ExistsOperator.self,
        MatchesOperator.self,
        NumericOperator.self,
        PrefixOperator.self,
        SuffixOperator.self,
        WildcardOperator.self,
    ]

    private static let named = all.map { (name: $0.name, type: $0) }

    /// The operator of a name, if the language of these options has it.
    static func named(_ name: String, _ options: PatternOptions) -> (any PatternOperator.Type)? {
        for entry in named where entry.name == name {
            return entry.type.isOffered(options) ? entry.type : nil
        }
        return nil
    }

    /// Names that EventBridge reserves: no field inside `$or` may have them.
    static let reservedInsideOr: Set<String> = [
        "exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard",
        "numeric", "cidr", "=", "<", "<=", ">", ">=", "regex", "not-wildcard",
        "not-equals-ignore-case", "date-after", "date-on-or-after", "date-before",
        "date-on-or-before", "in-date-range", "ip-address-in-range", "ip-address-not-in-range",
    ]
}

/// What an operator needs to read its operand: the options and the place for errors.
struct OperandReader {
    /// A step of a JSON path.
    enum Step {
        case key(String)
        case index(Int)
    }

    let options: PatternOptions
    /// The steps to the field's list, shared by all its alternatives.
    let field: [Step]
    /// The alternative in the list, and its operator; kept apart so that the usual case allocates nothing.
    var alternative: Int?
    var operatorName: String?
    /// The steps below the operator.
    var tail: [Step] = []

    /// The reader of an alternative's operand.
    func operand(_ alternative: Int, _ name: String?) -> OperandReader {
        OperandReader(
            options: options, field: field, alternative: alternative, operatorName: name)
    }

    func below(_ key: String) -> OperandReader { below(.key(key)) }
    func below(_ index: Int) -> OperandReader { below(.index(index)) }

    private func below(_ step: Step) -> OperandReader {
        var reader = self
        reader.tail.append(step)
        return reader
    }

    /// The place as a JSON path.
    var path: String {
        var path = "$"
        let steps =
            field + (alternative.map { [.index($0)] } ?? [])
            + (operatorName.map { [.key($0)] } ?? []) + tail
        for step in steps {
            switch step {
            case .key(let key): path += "." + key
            case .index(let index): path += "[\(index)]"
            }
        }
        return path
    }

    func refuse(_ message: String, at node: PatternNode) -> PatternError {
        PatternError(message, at: node.position, path: path)
    }

    /// The operand as text; the operator's name is for the message.
    func text(_ node: PatternNode, _ name: String) throws(PatternError) -> String {
        guard case .text(let text) = node.kind else {
            throw refuse("\(name) needs text, not \(node.name)", at: node)
        }
        return text
    }

    /// A number that 64 bits or a double hold exactly.
    func number(_ node: PatternNode, _ what: String) throws(PatternError) -> EventNumber {
        guard case .number(let literal) = node.kind else {
            throw refuse("\(what) must be a number, not \(node.name)", at: node)
        }
        guard let number = EventNumber(literal: literal) else {
            throw refuse("'\(literal)' is not a JSON number", at: node)
        }
        guard number.isExact else {
            throw refuse(
                "the number \(literal) cannot be compared: neither 64 bits nor a double hold it exactly",
                at: node)
        }
        return number
    }

    /// The only member of an operator's object.
    func onlyMember(_ members: [PatternNode.Member], of node: PatternNode) throws(PatternError)
        -> PatternNode.Member
    {
        guard let member = members.first else {
            throw refuse("an operator is missing: {} is not an alternative", at: node)
        }
        guard members.count == 1 else {
            throw PatternError(
                "only one operator may stand in one object: '\(members[1].key)' is a second",
                at: members[1].position, path: path)
        }
        return member
    }
}
