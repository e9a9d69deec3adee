/// Puts a program's tables in the order in which a match reaches them.
///
/// Interning numbers conditions, tests and bytes as rules come; a match asks those that one way in leads to. Side by
/// side they share cache lines, and the processor fetches the next ones by itself. Nothing changes but the numbers,
/// and what nobody refers to is left out.
struct ProgramLayout {
    private let old: Program.Tables
    private var new: Program.Tables
    /// Where each condition, test and byte of the pool stands now.
    private var conditions: [UInt32]
    private var tests: [UInt32]
    private var bytes: [UInt32]

    private static let unplaced = UInt32.max

    private init(_ tables: Program.Tables) {
        old = tables
        new = tables
        conditions = Array(repeating: Self.unplaced, count: old.conditions.count)
        tests = Array(repeating: Self.unplaced, count: old.tests.count)
        bytes = Array(repeating: Self.unplaced, count: old.bytes.count)
        new.conditions = []
        new.conditions.reserveCapacity(old.conditions.count)
        new.tests = []
        new.bytes = []
        new.bytes.reserveCapacity(old.bytes.count + MatchScratch.padding)
    }

    /// The same program, laid out.
    static func arranged(_ tables: Program.Tables) -> Program.Tables {
        var layout = ProgramLayout(tables)
        layout.arrange()
        return layout.new
    }

    private mutating func arrange() {
        for index in new.keys.indices where new.keys[index].node != 0 {
            new.keys[index].offset = place(
                bytes: new.keys[index].offset, Int(new.keys[index].length))
        }
        for index in new.instructions.indices where new.instructions[index].condition >= 0 {
            let condition = place(condition: UInt32(new.instructions[index].condition))
            new.instructions[index].condition = Int32(condition)
        }
        for index in new.branchConditions.indices {
            new.branchConditions[index] = place(condition: new.branchConditions[index])
        }
        for index in new.accesses.indices where new.accesses[index].tag != 0 {
            let isAsked = new.accesses[index].length == AccessSlot.unconfirmed
            new.accesses[index].test = isAsked ? place(tests: new.accesses[index].test, 1) : 0
        }
        new.bytes.append(contentsOf: repeatElement(0, count: MatchScratch.padding))
    }

    private mutating func place(condition number: UInt32) -> UInt32 {
        if conditions[Int(number)] != Self.unplaced { return conditions[Int(number)] }
        var record = old.conditions[Int(number)]
        if record.count == 1 {
            record.only.offset = offset(record.only)
            record.tests = 0
        } else {
            record.tests = place(tests: record.tests, Int(record.count))
        }
        conditions[Int(number)] = UInt32(new.conditions.count)
        new.conditions.append(record)
        return conditions[Int(number)]
    }

    /// Tests that stand side by side, and what they refer to behind them.
    private mutating func place(tests first: UInt32, _ count: Int) -> UInt32 {
        guard count > 0 else { return 0 }
        if tests[Int(first)] != Self.unplaced { return tests[Int(first)] }
        let start = new.tests.count
        new.tests.append(contentsOf: old.tests[Int(first)..<Int(first) + count])
        for index in 0..<count {
            tests[Int(first) + index] = UInt32(start + index)
            new.tests[start + index].offset = offset(new.tests[start + index])
        }
        return UInt32(start)
    }

    private mutating func offset(_ test: TestRecord) -> UInt32 {
        switch test.kind {
        case .text, .prefix, .suffix, .contains, .foldedText, .foldedPrefix, .foldedSuffix,
            .decimal:
            return place(bytes: test.offset, Int(test.length))
        case .wildcard: return place(bytes: test.offset, Int(test.bits))
        case .noneOf: return place(tests: test.offset, Int(test.length))
        case .address, .whole, .bool, .null, .expression, .range, .block, .present, .absent,
            .textSet:
            return test.offset
        }
    }

    /// A text of the pool; the same text of the old pool is placed once.
    private mutating func place(bytes offset: UInt32, _ length: Int) -> UInt32 {
        guard length > 0 else { return 0 }
        if bytes[Int(offset)] != Self.unplaced { return bytes[Int(offset)] }
        bytes[Int(offset)] = UInt32(new.bytes.count)
        new.bytes.append(contentsOf: old.bytes[Int(offset)..<Int(offset) + length])
        return bytes[Int(offset)]
    }
}
