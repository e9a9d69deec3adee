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
    /// The conditions of one test, by field and test.
    private var singles = NumberMap()
    private var sets: UInt32 = 0

    /// The number of the condition that a field satisfies one of some tests.
    mutating func number(_ tests: [Test], field: UInt32, in table: inout TestTable) -> UInt32 {
        if tests.count == 1 { return single(table.number(tests[0]), field, &table) }
        var numbers: [UInt32] = []
        numbers.reserveCapacity(tests.count)
        for test in tests { numbers.append(table.number(test)) }
        numbers = numbers.count > 16 ? Array(Set(numbers)).sorted() : distinct(numbers)
        if numbers.count == 1 { return single(numbers[0], field, &table) }
        let key = Key(field: field, tests: numbers)
        if let known = self.numbers[key] { return known }
        self.numbers[key] = UInt32(records.count)
        return add(numbers, field, &table)
    }

    private func distinct(_ tests: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        for test in tests where !result.contains(test) { result.append(test) }
        result.sort()
        return result
    }

    private mutating func single(_ test: UInt32, _ field: UInt32, _ table: inout TestTable)
        -> UInt32
    {
        let new = UInt32(records.count)
        let number = singles.number(of: UInt64(field) << 32 | UInt64(test), new: new)
        return number == new ? add([test], field, &table) : number
    }

    private mutating func add(_ tests: [UInt32], _ field: UInt32, _ table: inout TestTable)
        -> UInt32
    {
        self.tests.append(tests)
        let allowsAbsence = tests.contains { table.records[Int($0)].kind == .absent }
        records.append(record(tests, field, allowsAbsence, &table))
        return UInt32(records.count - 1)
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
        return ConditionRecord(
            only: table.records[Int(list[0])], field: field,
            tests: list.count == 1 ? list[0] : table.list(list), count: UInt32(list.count),
            allowsAbsence: allowsAbsence)
    }
}
