/// Compiles named patterns into a program: interns paths, tests and conditions, chooses each branch's way in, and
/// lays out what remains to be asked.
struct ProgramCompiler {
    private var paths: PathTree
    private var tests = TestTable()
    private var conditions = ConditionTable()
    private var fieldNumbers: [FieldPath: UInt32] = [:]
    /// The fields of the last patterns' conditions by place.
    private var recent: [(path: FieldPath, field: UInt32)] = []
    /// The conditions of the pattern at hand.
    private var numbers: [UInt32] = []
    private var branches: [BranchRecord] = []
    private var branchConditions: [UInt32] = []

    /// Compiles rules, each with its patterns.
    static func compile(_ rules: [[EventPattern]], keysAreWhole: Set<[String]>) -> Program {
        var compiler = ProgramCompiler(keysAreWhole: keysAreWhole)
        for (rule, patterns) in rules.enumerated() {
            for pattern in patterns { compiler.add(pattern, rule: UInt32(rule)) }
        }
        return Program(compiler.tables(), ruleCount: rules.count)
    }

    private init(keysAreWhole: Set<[String]>) { paths = PathTree(keysAreWhole: keysAreWhole) }

    private mutating func add(_ pattern: EventPattern, rule: UInt32) {
        numbers.removeAll(keepingCapacity: true)
        for (index, condition) in pattern.conditions.enumerated() {
            let field = field(condition.path, index)
            numbers.append(conditions.number(condition, field: field, in: &tests))
        }
        for branch in pattern.branches {
            branches.append(
                BranchRecord(
                    rule: rule, conditions: UInt32(branchConditions.count),
                    count: UInt32(branch.count)))
            for index in branch { branchConditions.append(numbers[Int(index)]) }
        }
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

    private mutating func tables() -> Program.Tables {
        var tables = Program.Tables()
        tables.fields = Array(repeating: FieldRecord(), count: paths.fields.count)
        let ways = ways()
        var residual = ResidualCompiler(
            tables.instructions, branches, conditions: conditions.records.count)
        var accesses = AccessTable(entries: ways.keys.count + conditions.members.count)
        for (key, branches) in ways.keys {
            var branches = branches
            let program = residual.program(&branches)
            accesses.insert(key, program, tests)
            tables.fields[Int(key.field)].classes |= key.accessClass.bit
        }
        for member in conditions.members {
            accesses.insertMember(member.test, of: member.set, tests)
        }
        for (field, branches) in ways.presence {
            var branches = branches
            tables.fields[Int(field)].presence = residual.program(&branches)
        }
        for (field, entries) in ways.ranges {
            let intervals = intervals(entries, &residual)
            tables.fields[Int(field)].ranges = Stretch(
                offset: UInt32(tables.intervals.count), length: UInt32(intervals.count))
            tables.fields[Int(field)].classes |= AccessClass.number.bit
            tables.intervals += intervals
        }
        var always = ways.always
        if !always.isEmpty { tables.always = residual.program(&always) }
        addSizes(ways, &tables)
        tables.accesses = accesses.slots
        tables.instructions = residual.instructions
        tables.branches = branches
        tables.branchConditions = branchConditions
        tables.conditions = conditions.records
        addNodes(&tables)
        tables.tests = tests.records
        tables.ranges = tests.ranges
        tables.stretches = tests.stretches
        tables.expressions = tests.expressions
        tables.bytes = tests.paddedBytes
        return tables
    }
}

// MARK: - Ways in

extension ProgramCompiler {
    private typealias Residues = [(branch: UInt32, conditions: [UInt32])]

    /// The ways in, each with the branches found by it and what remains to be asked of them.
    private struct Ways {
        var keys: [AccessKey: Residues] = [:]
        var presence: [UInt32: Residues] = [:]
        var ranges: [UInt32: [NumberRange: Residues]] = [:]
        var always: Residues = []
    }

    private func ways() -> Ways {
        var ways = Ways()
        var chooser = AccessChooser(tests, conditions)
        chooser.settle(branches.map(conditionsOf))
        for (number, branch) in branches.enumerated() {
            let number = UInt32(number)
            let all = conditionsOf(branch)
            let (access, condition) = chooser.access(all)
            switch access {
            case .keys(let keys):
                for key in keys {
                    let rest = key.implies ? all.filter { $0 != condition } : Array(all)
                    ways.keys[key, default: []].append((number, rest))
                }
            case .ranges(let field, let list):
                for range in list {
                    ways.ranges[field, default: [:]][range, default: []].append(
                        (number, Array(all)))
                }
            case .presence(let field):
                ways.presence[field, default: []].append((number, Array(all)))
            case .always: ways.always.append((number, Array(all)))
            }
        }
        return ways
    }

    private func intervals(_ entries: [NumberRange: Residues], _ residual: inout ResidualCompiler)
        -> [IntervalRecord]
    {
        IntervalRecord.arranged(
            entries.map { range, branches in
                var branches = branches
                return IntervalRecord(
                    low: range.lower?.number.double.nextDown ?? -.infinity,
                    high: range.upper?.number.double.nextUp ?? .infinity, highest: 0,
                    program: residual.program(&branches))
            })
    }

    /// Lists for each field the lengths of prefixes and suffixes and the sizes of blocks that are keys.
    private func addSizes(_ ways: Ways, _ tables: inout Program.Tables) {
        struct Group: Hashable {
            let field: UInt32
            let path: WritableKeyPath<FieldRecord, Stretch>
        }
        var groups: [Group: Set<UInt32>] = [:]
        for key in ways.keys.keys {
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
