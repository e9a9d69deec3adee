/// The typed values, types and declarations of conformance cases.
enum CELCaseCoding {
    /// A typed value such as `{"int": "1"}`; nil if it is none or needs messages.
    static func value(_ document: some CELCaseDocument) -> CELValue? {
        guard let member = document.caseMembers?.first else { return nil }
        let content = member.value
        let text = content.caseText ?? ""
        switch member.name {
        case "null": return .null
        case "bool": return content.caseTruth.map { .bool($0) }
        case "int": return Int64(text).map { .int($0) }
        case "uint": return UInt64(text).map { .uint($0) }
        case "double": return Double(text).map { .double($0) }
        case "string": return content.caseText.map { .string($0) }
        case "bytes": return StandardFunctions.bytes(base64: text).map { .bytes($0) }
        case "timestamp": return CELTimestamp(text).map { .timestamp($0) }
        case "duration": return CELDuration(text).map { .duration($0) }
        case "type": return .type(CELTypeName(text))
        case "list": return list(content)
        case "map": return map(content)
        default: return nil
        }
    }

    private static func list(_ document: some CELCaseDocument) -> CELValue? {
        var items: [CELValue] = []
        for item in document.caseItems ?? [] {
            guard let decoded = value(item) else { return nil }
            items.append(decoded)
        }
        return .list(items)
    }

    private static func map(_ document: some CELCaseDocument) -> CELValue? {
        var builder = CELMapBuilder()
        for entry in document.caseItems ?? [] {
            guard let pair = entry.caseItems, pair.count == 2, let key = value(pair[0]),
                let content = value(pair[1])
            else { return nil }
            builder.set(key, content)
        }
        return .map(CELMap(builder))
    }

    /// Whether both are the same value of the same type; NaN is the same as NaN.
    static func areSame(_ left: CELValue, _ right: CELValue) -> Bool {
        switch (left, right) {
        case (.double(let a), .double(let b)):
            return a.isNaN && b.isNaN || a == b && a.sign == b.sign
        case (.list(let a), .list(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { areSame($0, $1) }
        case (.map(let a), .map(let b)):
            return a.count == b.count
                && zip(a.keys, a.values).allSatisfy { key, value in
                    let place = b.place(of: key)
                    return place >= 0 && areSame(b.keys[place], key)
                        && areSame(b.values[place], value)
                }
        default:
            return left.typeName == right.typeName && CELValue.areEqual(left, right)
        }
    }

    // MARK: Declarations

    static func variable(_ document: some CELCaseDocument) -> (name: String, type: CELType)? {
        guard let name = document.caseMember("name")?.caseText,
            let type = document.caseMember("type")?.caseText
        else { return nil }
        return (name, self.type(type))
    }

    static func function(_ document: some CELCaseDocument) -> CELFunction? {
        guard let name = document.caseMember("name")?.caseText,
            let overloads = document.caseMember("overloads")?.caseItems
        else { return nil }
        let decoded = overloads.map { overload in
            CELOverload(
                (overload.caseMember("params")?.caseItems ?? []).map { type($0.caseText ?? "") },
                type(overload.caseMember("result")?.caseText ?? "dyn"),
                isMember: overload.caseMember("member")?.caseTruth == true)
        }
        return CELFunction(name, overloads: decoded, implementation: .late)
    }

    /// Reads a type's text, such as `map(string, list(T))`.
    static func type(_ text: String) -> CELType {
        var rest = text[...]
        return type(&rest)
    }

    private static func type(_ rest: inout Substring) -> CELType {
        let name = String(rest.prefix { !"(),".contains($0) })
        rest = rest.dropFirst(name.count)
        var arguments: [CELType] = []
        if rest.first == "(" {
            while let mark = rest.first, mark != ")" {
                rest = rest.dropFirst().drop { $0 == " " }
                arguments.append(type(&rest))
            }
            rest = rest.dropFirst()
        }
        return type(name, arguments)
    }

    private static func type(_ name: String, _ arguments: [CELType]) -> CELType {
        let first = arguments.first ?? .dyn
        switch name {
        case "dyn": return .dyn
        case "list": return .list(first)
        case "map": return .map(first, arguments.last ?? .dyn)
        case "optional_type": return .optional(first)
        case "type": return .type(arguments.first)
        default: break
        }
        if let known = CELTypeNames.all[name] { return known }
        let isParameter = name.utf8.count == 1 && name.uppercased() == name
        return isParameter ? .parameter(name) : .opaque(name, arguments)
    }
}
