import CEL
import EventPattern

/// What values the fields of an incident can have at all, and what a comparison of `when` leaves of them.
enum IncidentValues {
    static let status = FieldPath(["status"])
    static let priority = FieldPath(["priority"])

    static let priorities = texts(words(of: "priority"))
    private static let statuses = texts(words(of: "status"))
    private static let numbers = range("<=", literal(.greatestFiniteMagnitude))
    private static let required = Set(
        IncidentShape.fields.filter(\.isAlwaysPresent).map { FieldPath([$0.name]) })

    private static func words(of name: String) -> [String] {
        guard case .word(let words)? = IncidentShape.field(name)?.type else { return [] }
        return words
    }

    static func texts(_ texts: [String]) -> ValueSet {
        set(alternatives: texts.map { .text($0) })
    }

    /// The values of a set that the field can have.
    static func real(_ set: ValueSet, _ path: FieldPath) -> ValueSet {
        if path == priority { return set.intersection(priorities) }
        if path == status { return set.intersection(statuses) }
        if path.segments.first == "metrics" {
            let measured = set.intersection(numbers)
            return set.allowsAbsence ? measured.union(.absent) : measured
        }
        return required.contains(path) ? set.intersection(.present) : set
    }

    static func mayHoldLists(_ path: FieldPath) -> Bool {
        path.segments.first == "details" || path.segments.first == "links"
    }

    /// What a comparison leaves of the values of the field that it names; nil if that cannot be said in sets.
    static func narrowing(_ comparison: CELProgram.Conjunct) -> (FieldPath, ValueSet)? {
        let fields = comparison.path.fields
        guard comparison.path.variable == "incident",
            let field = fields.first.flatMap(IncidentShape.field)
        else { return nil }
        let set: ValueSet? =
            switch (field.type, fields.count) {
            case (.text, 1), (.word, 1), (.textMap, 2): texts(comparison)
            case (.numberMap, 2): numbers(comparison)
            default: nil
            }
        return set.map { (FieldPath(fields), real($0, FieldPath(fields))) }
    }

    private static func texts(_ comparison: CELProgram.Conjunct) -> ValueSet? {
        switch (comparison.op, comparison.constant) {
        case (.equal, .string(let text)): texts([text])
        case (.notEqual, .string(let text)): texts([text]).complement.intersection(.present)
        case (.within, .list(let values)):
            values.allSatisfy { $0.text != nil } ? texts(values.compactMap(\.text)) : nil
        default: nil
        }
    }

    private static func numbers(_ comparison: CELProgram.Conjunct) -> ValueSet? {
        let value: PatternNode.Kind
        switch comparison.constant {
        case .double(let double) where double.isFinite: value = literal(double)
        case .int(let whole): value = .number(literal: String(whole))
        case .uint(let whole): value = .number(literal: String(whole))
        default: return nil
        }
        switch comparison.op {
        case .equal: return range("=", value)
        case .notEqual: return range("=", value).complement.intersection(.present)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return range(comparison.op.rawValue, value)
        default: return nil
        }
    }
}

extension IncidentValues {
    private static func literal(_ value: Double) -> PatternNode.Kind {
        .number(literal: "\(value)")
    }

    /// Numbers in a range such as `< 5`.
    private static func range(_ bound: String, _ value: PatternNode.Kind) -> ValueSet {
        let list = PatternNode(
            .array([PatternNode(.text(bound), at: 0), PatternNode(value, at: 0)]), at: 0)
        return set(alternatives: [.object([.init(key: "numeric", position: 0, value: list)])])
    }

    private static func set(alternatives: [PatternNode.Kind]) -> ValueSet {
        guard !alternatives.isEmpty else { return .none }
        let list = PatternNode(.array(alternatives.map { PatternNode($0, at: 0) }), at: 0)
        let tree = PatternNode(.object([.init(key: "x", position: 0, value: list)]), at: 0)
        guard let condition = try? EventPattern(tree).conditions.first else {
            preconditionFailure("a pattern of ours is not valid")
        }
        return ValueSet(condition)
    }
}
