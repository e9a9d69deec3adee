/// Interns conditions: a field with a set of tests, whatever their order.
struct ConditionTable {
    private struct Key: Hashable {
        let field: UInt32
        let tests: [UInt32]
    }

    /// More texts than this in one list are looked up, not compared one by one.
    private static let longList = 8

    private(set) var records: [ConditionRecord] = []
    /// The tests of each condition, interned, in ascending order.
    private(set) var tests: [[UInt32]] = []
    /// The texts that are members of sets, with the number of the set.
    private(set) var members: [(set: UInt32, test: UInt32)] = []
    private var numbers: [Key: UInt32] = [:]
    private var sets: UInt32 = 0

    mutating func number(_ condition: Condition, field: UInt32, in table: inout TestTable) -> UInt32
    {
        var tests = condition.alternatives.map { table.number($0.test) }
        if tests.count > 1 { tests = Array(Set(tests)).sorted() }
        let key = Key(field: field, tests: tests)
        if let known = numbers[key] { return known }
        let number = UInt32(records.count)
        numbers[key] = number
        self.tests.append(tests)
        records.append(record(tests, field, condition.allowsAbsence, &table))
        return number
    }

    private mutating func record(
        _ tests: [UInt32], _ field: UInt32, _ allowsAbsence: Bool, _ table: inout TestTable
    ) -> ConditionRecord {
        var list = tests
        let texts = tests.filter { table.records[Int($0)].kind == .text }
        if texts.count > Self.longList {
            members += texts.map { (set: sets, test: $0) }
            list = tests.filter { table.records[Int($0)].kind != .text } + [table.set(sets)]
            sets += 1
        }
        var record = ConditionRecord(
            field: field, tests: list.count == 1 ? list[0] : table.list(list),
            count: UInt32(list.count), allowsAbsence: allowsAbsence)
        if list.count == 1, case .range(let range) = table.tests[list[0]] { record.setRange(range) }
        return record
    }
}

extension ConditionRecord {
    /// Puts a range's bounds into the record if doubles hold them exactly.
    fileprivate mutating func setRange(_ range: NumberRange) {
        guard let low = ConditionRecord.bound(range.lower),
            let high = ConditionRecord.bound(range.upper)
        else { return }
        isPlainRange = true
        self.low = range.lower == nil ? -.infinity : range.lower!.included ? low : low.nextUp
        self.high = range.upper == nil ? .infinity : range.upper!.included ? high : high.nextDown
    }

    private static func bound(_ bound: NumberRange.Bound?) -> Double? {
        guard let bound else { return 0 }
        if case .whole(_, let magnitude) = bound.number, magnitude > 1 << 53 { return nil }
        return bound.number.double
    }
}
