/// The values that a field may have: leaves of any kind, or none at all.
public struct ValueSet: Sendable, Hashable {
    /// Whether the field may be missing.
    public private(set) var allowsAbsence: Bool
    private var null: Bool
    private var yes: Bool
    private var no: Bool
    private var numbers: NumberSet
    private var texts: TextSet

    /// Nothing, not even absence.
    public static let none = ValueSet(false, false, false, false, .none, .none)
    /// Any value, or absence.
    public static let anything = ValueSet(true, true, true, true, .all, .all)
    /// Any value.
    public static let present = ValueSet(false, true, true, true, .all, .all)
    /// Absence alone.
    public static let absent = ValueSet(true, false, false, false, .none, .none)

    private init(
        _ absent: Bool, _ null: Bool, _ yes: Bool, _ no: Bool, _ numbers: NumberSet,
        _ texts: TextSet
    ) {
        allowsAbsence = absent
        self.null = null
        self.yes = yes
        self.no = no
        self.numbers = numbers
        self.texts = texts
    }

    /// The values that a condition allows.
    public init(_ condition: Condition) {
        self = condition.alternatives.reduce(.none) { $0.union(ValueSet($1.test)) }
    }

    init(_ test: Test) {
        self = .none
        switch test {
        case .present: self = .present
        case .absent: self = .absent
        case .null: null = true
        case .bool(let value): if value { yes = true } else { no = true }
        case .number(let number): numbers = .only(number)
        case .range(let range): numbers = NumberSet(range)
        case .noneOf(let tests):
            self = tests.reduce(.present) { $0.intersection(ValueSet($1).complement) }
        default: texts = .only(test)
        }
    }
}

extension ValueSet {
    public func union(_ other: ValueSet) -> ValueSet {
        ValueSet(
            allowsAbsence || other.allowsAbsence, null || other.null, yes || other.yes,
            no || other.no, numbers.union(other.numbers), texts.union(other.texts))
    }

    public func intersection(_ other: ValueSet) -> ValueSet {
        ValueSet(
            allowsAbsence && other.allowsAbsence, null && other.null, yes && other.yes,
            no && other.no, numbers.intersection(other.numbers), texts.intersection(other.texts))
    }

    /// Everything else, absence included.
    public var complement: ValueSet {
        ValueSet(!allowsAbsence, !null, !yes, !no, numbers.complement, texts.complement)
    }

    /// Whether a value is in the set; nil asks for absence.
    public func contains(_ value: EventScalar?) -> Bool {
        switch value {
        case nil: allowsAbsence
        case .null: null
        case .bool(let value): value ? yes : no
        case .number(let number): numbers.contains(number)
        case .text(let text): texts.contains(text)
        }
    }

    /// Whether every member of another set, absence included, is one of this.
    public func includes(_ other: ValueSet) -> Decision { other.intersection(complement).isEmpty }

    /// Whether the set has no member, absence included.
    public var isEmpty: Decision {
        if allowsAbsence || null || yes || no || numbers.witness != nil { return .no }
        return texts.emptiness().isEmpty
    }

    /// A value of the set, nil if none is found; absence does not count.
    public var witness: EventScalar? {
        if let text = texts.emptiness().witness { return .text(text) }
        if let number = numbers.witness { return .number(number) }
        return yes ? .bool(true) : no ? .bool(false) : null ? .null : nil
    }

    /// The texts that are the set's only members; nil if it has others, or allows absence.
    public var exactTexts: [ByteText]? {
        guard !allowsAbsence, !null, !yes, !no, numbers.witness == nil else { return nil }
        return texts.exact
    }
}
