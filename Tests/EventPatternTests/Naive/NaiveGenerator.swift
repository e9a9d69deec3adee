/// Random patterns and events over so few names and values that they often meet.
struct NaiveGenerator {
    var chance: SplitMix

    private let keys = ["a", "b", "c", "a.b", "d"]
    let texts = [
        "", "a", "ab", "abc", "aB", "AB", "b", "ba", "abab", "é", "É", "ß", "ss", "SS", "kelvin",
        "\u{212A}elvin",
        "K", "ſ", "Σ", "ς", "𐐀", "𐐨", "a*b", "a\\b", "10.0.0.1", "010.000.000.001", "10.0.0.200",
        "10.1.0.1",
        "::1", "0:0:0:0:0:0:0:1", "2001:db8::1", "2001:DB8::1", "2001:db8:1::", "08:23", "300",
        "true", "null",
        "a long text with abc within", "a long text with abd within", "another quite long text",
    ]
    let numbers = [
        "0", "-0", "0.0", "1", "1.0", "10e-1", "-1", "2.5", "25e-1", "300", "3e2", "3.0E+2",
        "300.00000000000001",
        "9007199254740992", "9007199254740993", "9007199254740993.0", "-9007199254740993",
        "18446744073709551615", "12345678901234567890", "0.1", "0.10", "1e-7", "99.95",
    ]
    private let bounds = [
        "0", "1", "2.5", "-1", "300", "9007199254740993", "9007199254740992", "0.1",
        "18446744073709551615",
    ]
    private let blocks = [
        "10.0.0.0/8", "10.0.0.0/24", "10.0.0.1/32", "0.0.0.0/0", "::/0", "::1/128", "2001:db8::/32",
        "10.0.0.0/25",
    ]
    private let wildcards = [
        "", "*", "a*", "*b", "a*b", "*ab*", "a\\*b", "a\\\\b", "*a*b*", "a*long*abc*", "*with*",
        "*quite*text",
    ]

    mutating func event() -> NaiveEvent {
        .object(members(depth: 0))
    }

    /// An event in which every field has one value at most.
    mutating func plainEvent() -> NaiveEvent { plainObject(depth: 0) }

    private mutating func plainObject(depth: Int) -> NaiveEvent {
        var members: [(String, NaiveEvent)] = []
        for key in ["a", "b", "c", "d"] where chance.chance(60) {
            if depth < 3, chance.chance(40) {
                members.append((key, plainObject(depth: depth + 1)))
            } else {
                members.append((key, value(depth: 9)))
            }
        }
        return .object(members)
    }

    /// The alternatives of one condition.
    mutating func alternatives() -> [NaiveAlternative] {
        (0..<(1 + chance.below(3))).map { _ in alternative() }
    }

    private mutating func members(depth: Int) -> [(String, NaiveEvent)] {
        (0..<chance.below(4)).map { _ in (chance.pick(keys), value(depth: depth + 1)) }
    }

    private mutating func value(depth: Int) -> NaiveEvent {
        switch chance.below(depth > 4 ? 5 : 10) {
        case 0: return .null
        case 1: return .bool(chance.chance(50))
        case 2: return .number(chance.pick(numbers))
        case 3, 4: return .text(chance.pick(texts))
        case 5, 6: return .object(members(depth: depth))
        default: return .array((0..<chance.below(4)).map { _ in value(depth: depth + 1) })
        }
    }

    mutating func pattern() -> NaivePattern { object(depth: 0, insideOr: false) }

    private mutating func object(depth: Int, insideOr: Bool) -> NaivePattern {
        var members: [(String, NaivePattern)] = []
        for _ in 0..<(1 + chance.below(3)) {
            if depth < 2, chance.chance(12) {
                members.append(
                    (
                        "$or",
                        .either(
                            (0..<(2 + chance.below(2))).map { _ in
                                object(depth: depth + 1, insideOr: true)
                            })
                    ))
            } else {
                members.append((chance.pick(keys), field(depth: depth, insideOr: insideOr)))
            }
        }
        return .object(members)
    }

    private mutating func field(depth: Int, insideOr: Bool) -> NaivePattern {
        if depth < 3, chance.chance(40) { return object(depth: depth + 1, insideOr: insideOr) }
        let count = chance.chance(5) ? 12 : 1 + chance.below(3)
        return .field((0..<count).map { _ in alternative() })
    }

    private mutating func alternative() -> NaiveAlternative {
        switch chance.below(18) {
        case 0, 1: return .text(chance.pick(texts))
        case 2: return .exactly(chance.pick(texts))
        case 3: return .number(chance.pick(numbers))
        case 4: return chance.chance(50) ? .bool(chance.chance(50)) : .null
        case 5: return .prefix(chance.pick(texts))
        case 6: return .suffix(chance.pick(texts))
        case 7: return .prefixIgnoringCase(chance.pick(texts))
        case 8: return .suffixIgnoringCase(chance.pick(texts))
        case 9: return .equalsIgnoringCase(chance.pick(texts))
        case 10: return .contains(chance.pick(texts))
        case 11: return .wildcard(chance.pick(wildcards))
        case 12: return .numeric(range())
        case 13: return .cidr(chance.pick(blocks))
        case 14: return .exists(true)
        case 15, 16: return .exists(false)
        default: return .anythingBut(butNot())
        }
    }

    private mutating func range() -> [(String, String)] {
        switch chance.below(3) {
        case 0: return [("=", chance.pick(bounds))]
        case 1: return [(chance.pick([">", ">=", "<", "<="]), chance.pick(bounds))]
        default:
            return [
                (chance.pick([">", ">="]), chance.pick(["-1", "0", "0.1"])),
                (chance.pick(["<", "<="]), chance.pick(["1", "2.5", "300", "9007199254740993"])),
            ]
        }
    }

    private mutating func butNot() -> [NaiveAlternative] {
        let count = 1 + chance.below(2)
        let kind = chance.below(6)
        let numbers = ["0", "1", "2.5", "300", "9007199254740993"]
        return (0..<count).map { _ in
            switch kind {
            case 0: return .exactly(chance.pick(texts))
            case 1: return .number(chance.pick(numbers))
            case 2: return .prefix(chance.pick(texts.filter { !$0.isEmpty }))
            case 3: return .suffix(chance.pick(texts.filter { !$0.isEmpty }))
            case 4: return .equalsIgnoringCase(chance.pick(texts))
            default: return .wildcard(chance.pick(wildcards))
            }
        }
    }
}
