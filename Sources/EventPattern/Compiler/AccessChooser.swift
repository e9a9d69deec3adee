/// Chooses for each branch the condition it is found by: the one that the fewest events should satisfy, judged by
/// how many different values the rule set names for its field.
struct AccessChooser {
    private let tests: TestTable
    private let conditions: ConditionTable
    /// The number of different tests of a class on a field.
    private var distinct: [Kind: Int] = [:]
    /// How often each gram occurs in the rule set's wildcards.
    private var gramCounts: [UInt32: Int] = [:]
    /// How many different conditions each field has.
    private var fieldUse: [UInt32: Int] = [:]
    /// What each condition offers as a way in.
    private var choices: [Choice] = []
    private var kinds: [Kind] = []
    private var kindNumbers: [Kind: Int] = [:]
    /// Kinds of look-up that would cost every event more than they save.
    private var isBanned: [Bool] = []

    private struct Kind: Hashable {
        let field: UInt32
        let accessClass: AccessClass
    }

    private struct Choice {
        let access: Access
        /// The kinds of look-up that it needs, by number.
        let kinds: [Int]
        /// The share of events expected to satisfy the condition.
        let share: Double
    }

    init(_ tests: TestTable, _ conditions: ConditionTable) {
        self.tests = tests
        self.conditions = conditions
        var seen: Set<UInt64> = []
        for (record, list) in zip(conditions.records, conditions.tests) {
            fieldUse[record.field, default: 0] += 1
            for number in list
            where seen.insert(UInt64(record.field) << 32 | UInt64(number)).inserted {
                count(tests.tests[Int(number)], record.field)
            }
        }
        choices.reserveCapacity(conditions.records.count)
        for condition in conditions.records.indices { choices.append(judge(UInt32(condition))) }
        isBanned = Array(repeating: false, count: kinds.count)
    }

    private mutating func number(_ kind: Kind) -> Int {
        if let known = kindNumbers[kind] { return known }
        kinds.append(kind)
        kindNumbers[kind] = kinds.count - 1
        return kinds.count - 1
    }

    private mutating func count(_ test: Test, _ field: UInt32) {
        guard let accessClass = AccessChooser.accessClass(test) else { return }
        distinct[Kind(field: field, accessClass: accessClass), default: 0] += 1
        for part in AccessChooser.parts(test) {
            for gram in AccessChooser.grams(part) { gramCounts[gram, default: 0] += 1 }
        }
    }

    /// The way into a branch, and the condition it stands for.
    func access(_ branch: ArraySlice<UInt32>) -> (Access, condition: UInt32?) {
        var best: (choice: Choice, condition: UInt32)?
        for condition in branch where !conditions.records[Int(condition)].allowsAbsence {
            let choice = allowed(condition)
            if best.map({ isBetter(choice, condition, $0) }) ?? true { best = (choice, condition) }
        }
        guard let best else { return (.always, nil) }
        return (best.choice.access, best.condition)
    }

    private func isBetter(
        _ choice: Choice, _ condition: UInt32, _ other: (choice: Choice, condition: UInt32)
    ) -> Bool {
        if choice.share != other.choice.share { return choice.share < other.choice.share }
        let (a, b) = (conditions.records[Int(condition)], conditions.records[Int(other.condition)])
        return fieldUse[a.field]! < fieldUse[b.field]!
    }

    private func allowed(_ condition: UInt32) -> Choice {
        let choice = choices[Int(condition)]
        for kind in choice.kinds where isBanned[kind] {
            return presence(conditions.records[Int(condition)].field)
        }
        return choice
    }

    private func presence(_ field: UInt32) -> Choice {
        Choice(access: .presence(field: field), kinds: [], share: 1)
    }

    private mutating func judge(_ condition: UInt32) -> Choice {
        let field = conditions.records[Int(condition)].field
        let list = conditions.tests[Int(condition)]
        let none = presence(field)
        if let ranges = ranges(list) {
            let share = ranges.reduce(0) { $0 + ($1.lower != nil && $1.upper != nil ? 0.3 : 0.5) }
            let kind = number(Kind(field: field, accessClass: .number))
            return share < 1
                ? Choice(access: .ranges(field: field, ranges), kinds: [kind], share: share) : none
        }
        var keys: [AccessKey] = []
        keys.reserveCapacity(list.count)
        var share = 0.0
        for number in list {
            guard let (key, part) = key(number, field) else { return none }
            keys.append(key)
            share += part
        }
        var kinds: [Int] = []
        for key in keys {
            let kind = number(Kind(field: field, accessClass: key.accessClass))
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        return Choice(access: .keys(keys), kinds: kinds, share: min(share, 0.99))
    }

    private func ranges(_ list: [UInt32]) -> [NumberRange]? {
        var ranges: [NumberRange] = []
        for number in list {
            guard case .range(let range) = tests.tests[Int(number)] else { return nil }
            ranges.append(range)
        }
        return ranges
    }
}

// MARK: - What a look-up costs

extension AccessChooser {
    /// Nanoseconds that a kind of look-up costs an event whose field has a value, roughly.
    private static func cost(_ accessClass: AccessClass) -> Double {
        switch accessClass {
        case .text, .number, .literal: 8
        case .address: 20
        case .prefix, .suffix, .block: 40
        case .folded: 60
        case .gram, .set: 250
        }
    }

    /// Nanoseconds that a branch costs an event that leads to it, roughly, shared conditions considered.
    private static let branchCost = 1.0

    /// Gives up, one after the other, the kinds of look-up that cost more than they save over the next best.
    mutating func settle(_ branches: [ArraySlice<UInt32>]) {
        while true {
            var savings = Array(repeating: 0.0, count: kinds.count)
            var isUsed = Array(repeating: false, count: kinds.count)
            for branch in branches { addSavings(branch, &savings, &isUsed) }
            var worst: (kind: Int, loss: Double)?
            for kind in kinds.indices where isUsed[kind] {
                let loss = AccessChooser.cost(kinds[kind].accessClass) - savings[kind]
                if loss > worst?.loss ?? 0 { worst = (kind, loss) }
            }
            guard let worst else { return }
            isBanned[worst.kind] = true
        }
    }

    private func addSavings(
        _ branch: ArraySlice<UInt32>, _ savings: inout [Double], _ isUsed: inout [Bool]
    ) {
        var best = 1.0
        var second = 1.0
        var chosen: UInt32?
        for condition in branch where !conditions.records[Int(condition)].allowsAbsence {
            let share = allowedShare(condition)
            if share < best {
                second = best
                best = share
                chosen = condition
            } else if chosen.map({ choices[Int($0)].kinds != choices[Int(condition)].kinds })
                ?? true
            {
                second = min(second, share)
            }
        }
        guard let chosen else { return }
        for kind in choices[Int(chosen)].kinds {
            isUsed[kind] = true
            savings[kind] += (second - best) * AccessChooser.branchCost
        }
    }

    private func allowedShare(_ condition: UInt32) -> Double {
        let choice = choices[Int(condition)]
        for kind in choice.kinds where isBanned[kind] { return 1 }
        return choice.share
    }
}

// MARK: - Keys

extension AccessChooser {
    static func accessClass(_ test: Test) -> AccessClass? {
        switch test {
        case .text: .text
        case .number: .number
        case .bool, .null: .literal
        case .address: .address
        case .foldedText: .folded
        case .prefix(let text): text.bytes.isEmpty ? nil : .prefix
        case .suffix(let text): text.bytes.isEmpty ? nil : .suffix
        case .block: .block
        case .wildcard(let glob): glob.parts.count == 1 ? .text : parts(test).isEmpty ? nil : .gram
        case .contains: parts(test).isEmpty ? nil : .gram
        default: nil
        }
    }

    /// The literal parts of a test that are long enough to look up by.
    static func parts(_ test: Test) -> [ByteText] {
        switch test {
        case .contains(let text): [text].filter { $0.bytes.count >= AccessKey.gramLength }
        case .wildcard(let glob) where glob.parts.count > 1:
            glob.parts.filter { $0.bytes.count >= AccessKey.gramLength }
        default: []
        }
    }

    static func grams(_ part: ByteText) -> [UInt32] {
        (0...(part.bytes.count - AccessKey.gramLength)).map { place in
            UInt32(
                truncatingIfNeeded: Array(part.bytes[place..<(place + AccessKey.gramLength)]).head)
        }
    }

    /// The key of a test on a field, and the share of events expected to have it.
    private func key(_ number: UInt32, _ field: UInt32) -> (AccessKey, share: Double)? {
        let test = tests.tests[Int(number)]
        guard let accessClass = AccessChooser.accessClass(test) else { return nil }
        let known = Double(distinct[Kind(field: field, accessClass: accessClass)] ?? 1)
        if accessClass == .gram { return gramKey(test, field, known) }
        let key = AccessKey(accessClass: accessClass, field: field, value: number, implies: true)
        switch accessClass {
        case .prefix, .suffix, .block: return (key, min(1, 2 / known))
        case .literal: return (key, 0.5)
        default: return (key, 1 / known)
        }
    }

    private func gramKey(_ test: Test, _ field: UInt32, _ known: Double) -> (
        AccessKey, share: Double
    )? {
        let grams = AccessChooser.parts(test).flatMap { AccessChooser.grams($0) }
        guard let rarest = grams.min(by: { (gramCounts[$0]!, $0) < (gramCounts[$1]!, $1) }) else {
            return nil
        }
        let key = AccessKey(accessClass: .gram, field: field, value: rarest, implies: false)
        return (key, min(1, 2 * Double(gramCounts[rarest]!) / known))
    }
}
