/// Compiles named patterns into a program: interns paths, tests and conditions, chooses each branch's way in, and
/// lays out what remains to be asked.
struct ProgramCompiler {
    private var paths: PathTree
    private var tests = TestTable()
    private var conditions = ConditionTable()
    private var fieldNumbers: [FieldPath: UInt32] = [:]
    /// The fields of the last patterns' conditions by place.
    private var recent: [(path: FieldPath, field: UInt32)] = []
    /// The conditions of flat patterns by their bytes.
    private var flatConditions = FlatConditions()
    private var branches: [BranchRecord] = []
    private var branchConditions: [UInt32] = []

    init(keysAreWhole: Set<[String]>, patterns: Int) {
        paths = PathTree(keysAreWhole: keysAreWhole)
        branches.reserveCapacity(patterns)
        branchConditions.reserveCapacity(patterns * 4)
    }

    /// Adds a pattern of a rule.
    mutating func add(_ pattern: EventPattern, rule: UInt32) {
        if let flat = pattern.storage.flat {
            branches.append(
                BranchRecord(
                    rule: rule, conditions: UInt32(branchConditions.count),
                    count: UInt32(flat.count)))
            flat.eachEntry { index, entry in
                branchConditions.append(
                    flatConditions.find(entry.bytes) ?? add(entry, index, pattern.options))
            }
            return
        }
        let numbers = pattern.conditions.enumerated().map { index, condition in
            let field = field(condition.path, index)
            return conditions.number(
                condition.alternatives.map(\.test), field: field, in: &tests)
        }
        for branch in pattern.branches {
            branches.append(
                BranchRecord(
                    rule: rule, conditions: UInt32(branchConditions.count),
                    count: UInt32(branch.count)))
            for index in branch { branchConditions.append(numbers[Int(index)]) }
        }
    }

    /// Adds a condition of a flat pattern that was not seen before.
    private mutating func add(_ entry: FlatPattern.Entry, _ index: Int, _ options: PatternOptions)
        -> UInt32
    {
        let field = field(entry.path, index)
        let number = conditions.number(entry.tests(options), field: field, in: &tests)
        flatConditions.insert(entry.bytes, number)
        return number
    }

    /// The field of a pattern's condition; patterns written alike name the same field at the same place.
    private mutating func field(_ path: FieldPath, _ index: Int) -> UInt32 {
        if index < recent.count, recent[index].path == path { return recent[index].field }
        let number: UInt32
        if let known = fieldNumbers[path] {
            number = known
        } else {
            number = UInt32(paths.field(path))
            fieldNumbers[path] = number
        }
        if index < recent.count {
            recent[index] = (path, number)
        } else if index == recent.count, index < 64 {
            recent.append((path, number))
        }
        return number
    }

    private func conditionsOf(_ branch: BranchRecord) -> ArraySlice<UInt32> {
        branchConditions[Int(branch.conditions)..<Int(branch.conditions + branch.count)]
    }

    /// The program of all patterns added.
    mutating func program(rules: Int) -> Program {
        var tables = Program.Tables()
        tables.fields = Array(repeating: FieldRecord(), count: paths.fields.count)
        let ways = ways()
        var residual = ResidualCompiler(
            branches, branchConditions, count: conditions.records.count)
        addKeys(ways, &residual, &tables)
        for (field, entries) in ways.presence.sorted(by: { $0.key < $1.key }) {
            tables.fields[Int(field)].presence = residual.program(entries[...])
        }
        for (field, entries) in ways.ranges.sorted(by: { $0.key < $1.key }) {
            let intervals = intervals(entries, &residual)
            tables.fields[Int(field)].ranges = Stretch(
                offset: UInt32(tables.intervals.count), length: UInt32(intervals.count))
            tables.fields[Int(field)].classes |= AccessClass.number.bit
            tables.intervals += intervals
        }
        if !ways.always.isEmpty { tables.always = residual.program(ways.always[...]) }
        tables.instructions = residual.instructions
        tables.branches = branches
        tables.branchConditions = branchConditions
        tables.conditions = conditions.records
        addNodes(&tables)
        tables.tests = tests.records
        tables.ranges = tests.ranges
        tables.expressions = tests.expressions
        tables.bytes = tests.bytes
        return Program(ProgramLayout.arranged(tables), ruleCount: rules)
    }
}

// MARK: - Ways in

extension ProgramCompiler {
    private typealias Entry = ResidualCompiler.Entry

    /// The ways in, each with the branches found by it.
    private struct Ways {
        /// The keys, and where the entries of each begin; one more says where the last end.
        var keys: [AccessKey] = []
        var starts: [Int] = []
        var entries: [Entry] = []
        var presence: [UInt32: [Entry]] = [:]
        var ranges: [UInt32: [NumberRange: [Entry]]] = [:]
        var always: [Entry] = []
    }

    private func ways() -> Ways {
        var ways = Ways()
        var chooser = AccessChooser(tests, conditions, fields: paths.fields.count)
        chooser.settle(branches, branchConditions)
        var keyed: [(key: UInt32, entry: Entry)] = []
        keyed.reserveCapacity(branches.count * 2)
        for (number, branch) in branches.enumerated() {
            let (access, condition) = chooser.access(conditionsOf(branch))
            let plain = Entry(branch: UInt32(number), answered: -1)
            switch access {
            case .keys(let range):
                for number in chooser.keyNumbers[range] {
                    let isAnswered = chooser.keys[Int(number)].implies
                    let answered = isAnswered ? condition.map { Int32($0) } ?? -1 : -1
                    keyed.append((number, Entry(branch: plain.branch, answered: answered)))
                }
            case .ranges(let field, let list):
                for range in list {
                    ways.ranges[field, default: [:]][range, default: []].append(plain)
                }
            case .presence(let field): ways.presence[field, default: []].append(plain)
            case .always: ways.always.append(plain)
            }
        }
        ways.keys = chooser.keys
        (ways.starts, ways.entries) = ProgramCompiler.grouped(keyed, keys: chooser.keys.count)
        return ways
    }

    /// Entries in the order of their keys, and where those of each key begin.
    private static func grouped(_ keyed: [(key: UInt32, entry: Entry)], keys: Int) -> (
        [Int], [Entry]
    ) {
        var starts = Array(repeating: 0, count: keys + 1)
        for (key, _) in keyed { starts[Int(key) + 1] += 1 }
        for key in 0..<keys { starts[key + 1] += starts[key] }
        var next = starts
        var entries = Array(repeating: Entry(branch: 0, answered: -1), count: keyed.count)
        for (key, entry) in keyed {
            entries[next[Int(key)]] = entry
            next[Int(key)] += 1
        }
        return (starts, entries)
    }

    private func addKeys(
        _ ways: Ways, _ residual: inout ResidualCompiler, _ tables: inout Program.Tables
    ) {
        let used = ways.keys.indices.filter { ways.starts[$0] < ways.starts[$0 + 1] }
        var accesses = AccessTable(entries: used.count + conditions.members.count)
        for number in used {
            let key = ways.keys[number]
            let entries = ways.entries[ways.starts[number]..<ways.starts[number + 1]]
            accesses.insert(key, residual.program(entries), tests)
            tables.fields[Int(key.field)].classes |= key.accessClass.bit
        }
        for member in conditions.members {
            accesses.insertMember(member.test, of: member.set, tests)
        }
        addSizes(used.map { ways.keys[$0] }, &tables)
        tables.accesses = accesses.slots
    }

    private func intervals(_ entries: [NumberRange: [Entry]], _ residual: inout ResidualCompiler)
        -> [IntervalRecord]
    {
        IntervalRecord.arranged(
            entries.map { range, branches in
                IntervalRecord(
                    low: range.lower?.number.double.nextDown ?? -.infinity,
                    high: range.upper?.number.double.nextUp ?? .infinity, highest: 0,
                    program: residual.program(branches[...]))
            })
    }

    /// Lists for each field the lengths of prefixes and suffixes and the sizes of blocks that are keys.
    private func addSizes(_ keys: [AccessKey], _ tables: inout Program.Tables) {
        struct Group: Hashable {
            let field: UInt32
            let path: WritableKeyPath<FieldRecord, Stretch>
        }
        var groups: [Group: Set<UInt32>] = [:]
        for key in keys {
            let record = tests.records[Int(key.accessClass == .gram ? 0 : key.value)]
            let path: WritableKeyPath<FieldRecord, Stretch>
            switch key.accessClass {
            case .prefix: path = \.prefixes
            case .suffix: path = \.suffixes
            case .block: path = record.flag ? \.blocks6 : \.blocks4
            default: continue
            }
            let size = key.accessClass == .block ? record.bits : record.length
            groups[Group(field: key.field, path: path), default: []].insert(size)
        }
        for (group, sizes) in groups {
            tables.fields[Int(group.field)][keyPath: group.path] = Stretch(
                offset: UInt32(tables.sizes.count), length: UInt32(sizes.count))
            tables.sizes += sizes.sorted()
        }
    }
}

// MARK: - Paths

extension ProgramCompiler {
    private mutating func addNodes(_ tables: inout Program.Tables) {
        var below = paths.nodes.map { $0.field >= 0 ? 1 : 0 }
        for index in paths.nodes.indices.reversed() {
            for child in paths.nodes[index].children.values { below[index] += below[child] }
        }
        for (index, node) in paths.nodes.enumerated() {
            var record = NodeRecord(
                slots: UInt32(tables.keys.count), mask: -1, field: Int32(node.field),
                fieldsBelow: UInt32(below[index]), keysAreWhole: node.keysAreWhole,
                hasDeepChildren: node.children.values.contains { !paths.nodes[$0].children.isEmpty }
            )
            if !node.children.isEmpty {
                let slots = keySlots(node)
                record.mask = Int32(slots.count - 1)
                tables.keys += slots
            }
            tables.nodes.append(record)
        }
    }

    private mutating func keySlots(_ node: PathTree.Node) -> [KeySlot] {
        var size = 2
        while size < node.children.count * 2 { size *= 2 }
        let empty = KeySlot(head: 0, tail: 0, length: 0, node: 0, offset: 0)
        var slots = Array(repeating: empty, count: size)
        for (key, child) in node.children {
            let slot = KeySlot(
                head: key.bytes.head, tail: key.bytes.tail, length: UInt32(key.bytes.count),
                node: UInt32(child), offset: tests.pool(key.bytes))
            var at = KeySlot.place(slot.head, slot.tail, key.bytes.count) & (size - 1)
            while slots[at].node != 0 { at = (at + 1) & (size - 1) }
            slots[at] = slot
        }
        return slots
    }
}
