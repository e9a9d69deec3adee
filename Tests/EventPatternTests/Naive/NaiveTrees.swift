/// An event as the naive evaluator sees it.
indirect enum NaiveEvent: Sendable {
    case null
    case bool(Bool)
    case number(String)
    case text(String)
    case array([NaiveEvent])
    case object([(String, NaiveEvent)])
}

/// An alternative of a field, as the specification names them.
indirect enum NaiveAlternative: Sendable {
    case text(String)
    case exactly(String)
    case number(String)
    case bool(Bool)
    case null
    case prefix(String)
    case suffix(String)
    case prefixIgnoringCase(String)
    case suffixIgnoringCase(String)
    case equalsIgnoringCase(String)
    case contains(String)
    case wildcard(String)
    case numeric([(String, String)])
    case cidr(String)
    case exists(Bool)
    case anythingBut([NaiveAlternative])
}

/// A pattern as the naive evaluator sees it.
indirect enum NaivePattern: Sendable {
    case object([(String, NaivePattern)])
    case field([NaiveAlternative])
    /// The value of `$or`.
    case either([NaivePattern])
}

extension NaiveEvent {
    /// The event as JSON, spelled with chance: spaces, escapes.
    func json(_ chance: inout SplitMix) -> String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let literal): return literal
        case .text(let text): return Spelling.quoted(text, &chance)
        case .array(let items):
            return "["
                + items.map { Spelling.space(&chance) + $0.json(&chance) }.joined(separator: ",")
                + "]"
        case .object(let members):
            return "{"
                + members.map { key, value in
                    Spelling.space(&chance) + Spelling.quoted(key, &chance)
                        + Spelling.space(&chance) + ":"
                        + Spelling.space(&chance) + value.json(&chance) + Spelling.space(&chance)
                }.joined(separator: ",") + "}"
        }
    }
}

extension NaivePattern {
    var json: String {
        switch self {
        case .object(let members):
            "{" + members.map { Spelling.quoted($0) + ":" + $1.json }.joined(separator: ",") + "}"
        case .field(let alternatives): "[" + alternatives.map(\.json).joined(separator: ",") + "]"
        case .either(let patterns): "[" + patterns.map(\.json).joined(separator: ",") + "]"
        }
    }
}

extension NaiveAlternative {
    var json: String {
        switch self {
        case .text(let text): Spelling.quoted(text)
        case .exactly(let text): object("exactly", text)
        case .number(let literal): literal
        case .bool(let value): value ? "true" : "false"
        case .null: "null"
        case .prefix(let text): object("prefix", text)
        case .suffix(let text): object("suffix", text)
        case .prefixIgnoringCase(let text): "{\"prefix\":\(object("equals-ignore-case", text))}"
        case .suffixIgnoringCase(let text): "{\"suffix\":\(object("equals-ignore-case", text))}"
        case .equalsIgnoringCase(let text): object("equals-ignore-case", text)
        case .contains(let text): object("contains", text)
        case .wildcard(let text): object("wildcard", text)
        case .numeric(let pairs):
            "{\"numeric\":[" + pairs.map { "\"\($0)\",\($1)" }.joined(separator: ",") + "]}"
        case .cidr(let text): object("cidr", text)
        case .exists(let value): "{\"exists\":\(value)}"
        case .anythingBut(let list): "{\"anything-but\":\(Self.butNot(list))}"
        }
    }

    private func object(_ name: String, _ text: String) -> String {
        "{\"\(name)\":\(Spelling.quoted(text))}"
    }

    private static func butNot(_ list: [NaiveAlternative]) -> String {
        func operand(_ name: String, _ texts: [String]) -> String {
            "{\"\(name)\":[" + texts.map { Spelling.quoted($0) }.joined(separator: ",") + "]}"
        }
        let texts = list.compactMap { alternative -> String? in
            switch alternative {
            case .prefix(let text), .suffix(let text), .equalsIgnoringCase(let text),
                .wildcard(let text):
                text
            default: nil
            }
        }
        switch list[0] {
        case .prefix: return operand("prefix", texts)
        case .suffix: return operand("suffix", texts)
        case .equalsIgnoringCase: return operand("equals-ignore-case", texts)
        case .wildcard: return operand("wildcard", texts)
        case .exactly:
            return "["
                + list.map { if case .exactly(let text) = $0 { Spelling.quoted(text) } else { "" } }
                .joined(separator: ",") + "]"
        default:
            return list.count == 1
                ? list[0].json : "[" + list.map(\.json).joined(separator: ",") + "]"
        }
    }
}

/// How JSON is spelled.
enum Spelling {
    static func space(_ chance: inout SplitMix) -> String {
        chance.chance(10) ? chance.pick([" ", "\n", "\t ", "  "]) : ""
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }

    static func quoted(_ text: String, _ chance: inout SplitMix) -> String {
        guard chance.chance(10) else { return quoted(text) }
        var result = "\""
        for unit in text.utf16 {
            let digits = String(unit, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return result + "\""
    }
}
