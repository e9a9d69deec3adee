/// Chooses for each branch the condition it is found by: the one that the fewest events should satisfy, judged by
/// how many different values the rule set names for its field.
struct AccessChooser {
    private let tests: TestTable
    private let conditions: ConditionTable
    /// The number of different tests of each kind of look-up.
    private var distinct = NumberMap()
    /// How often each gram occurs in the rule set's wildcards.
    private var gramCounts = NumberMap()
    /// How many different conditions each field has.
    private var fieldUse: [UInt32]
    /// What each condition offers as a way in.
    private var choices: [Choice] = []
    private var kinds: [Kind] = []
    private var kindNumbers = NumberMap()
    /// The sets of kinds that conditions need; the first is empty.
    private var kindSets: [[Int]] = [[]]
    private var kindSetNumbers: [[Int]: UInt32] = [[]: 0]
    /// The share of events expected to satisfy each condition by ways that are not given up.
    private var shares: [Double] = []
    /// All keys, each once, and for every condition that keys lead to their numbers.
    private(set) var keys: [AccessKey] = []
    private(set) var keyNumbers: [UInt32] = []
    private var keyMap = NumberMap()

    private struct Kind {
        let field: UInt32
        let accessClass: AccessClass

        var word: UInt64 { UInt64(field) << 32 | UInt64(accessClass.rawValue) }
    }

    /// What a condition offers as a way in.
    private struct Choice {
        enum Form {
            case keys
            case ranges
            case presence
            /// The condition may hold without a value.
            case none
        }

        var form: Form
        /// The set of the kinds of look-up that it needs.
        var kindSet: UInt32 = 0
        /// Its stretch of `keyNumbers`.
        var start: UInt32 = 0
        var count: UInt32 = 0
        /// The share of events expected to satisfy it.
        var share = 1.0
    }

    /// A share that is never chosen.
    private static let never = 2.0

    init(_ tests: TestTable, _ conditions: ConditionTable, fields: Int) {
        self.tests = tests
        self.conditions = conditions
        fieldUse = Array(repeating: 0, count: fields)
        var seen = NumberMap()
        var pairs: UInt32 = 0
        for (record, list) in zip(conditions.records, conditions.tests) {
            fieldUse[Int(record.field)] += 1
            for number in list {
                let pair = seen.number(of: UInt64(record.field) << 32 | UInt64(number), new: pairs)
                guard pair == pairs else { continue }
                pairs += 1
                count(tests.tests[Int(number)], record.field)
            }
        }
        choices.reserveCapacity(conditions.records.count)
        for condition in conditions.records.indices { choices.append(judge(condition)) }
        shares = choices.map { $0.form == .none ? AccessChooser.never : $0.share }
    }

    private mutating func number(_ kind: Kind) -> Int {
        let number = kindNumbers.number(of: kind.word, new: UInt32(kinds.count))
        if number == kinds.count { kinds.append(kind) }
        return Int(number)
    }

    private mutating func setNumber(_ kinds: [Int]) -> UInt32 {
        if let known = kindSetNumbers[kinds] { return known }
        kindSets.append(kinds)
        kindSetNumbers[kinds] = UInt32(kindSets.count - 1)
        return UInt32(kindSets.count - 1)
    }

    private mutating func count(_ test: Test, _ field: UInt32) {
        guard let accessClass = AccessChooser.accessClass(test) else { return }
        distinct.increment(Kind(field: field, accessClass: accessClass).word)
        guard accessClass == .gram else { return }
        for part in AccessChooser.parts(test) {
            AccessChooser.forEachGram(part) { gramCounts.increment(UInt64($0)) }
        }
    }

    /// The way into a branch, and the condition it stands for.
    func access(_ branch: ArraySlice<UInt32>) -> (Access, condition: UInt32?) {
        var best: UInt32?
        for condition in branch where shares[Int(condition)] != AccessChooser.never {
            guard let other = best else {
                best = condition
                continue
            }
            if isBetter(condition, other) { best = condition }
        }
        guard let best else { return (.always, nil) }
        let choice = choices[Int(best)]
        let field = conditions.records[Int(best)].field
        switch choice.form {
        case .keys:
            return (.keys(Int(choice.start)..<Int(choice.start + choice.count)), best)
        case .ranges:
            return (.ranges(field: field, ranges(conditions.tests[Int(best)]) ?? []), best)
        case .presence, .none: return (.presence(field: field), best)
        }
    }

    private func isBetter(_ condition: UInt32, _ other: UInt32) -> Bool {
        let (share, otherShare) = (shares[Int(condition)], shares[Int(other)])
        if share != otherShare { return share < otherShare }
        let records = conditions.records
        return fieldUse[Int(records[Int(condition)].field)]
            < fieldUse[Int(records[Int(other)].field)]
    }

    private mutating func judge(_ condition: Int) -> Choice {
        let record = conditions.records[condition]
        guard !record.allowsAbsence else { return Choice(form: .none) }
        let list = conditions.tests[condition]
        if let ranges = ranges(list) {
            let share = ranges.reduce(0) { $0 + ($1.lower != nil && $1.upper != nil ? 0.3 : 0.5) }
            let kind = number(Kind(field: record.field, accessClass: .number))
            return share < 1
                ? Choice(form: .ranges, kindSet: setNumber([kind]), share: share)
                : Choice(form: .presence)
        }
        let start = keyNumbers.count
        var share = 0.0
        var kinds: [Int] = []
        for test in list {
            guard let (key, part) = key(test, record.field) else {
                keyNumbers.removeLast(keyNumbers.count - start)
                return Choice(form: .presence)
            }
            let number = keyMap.number(of: key.word, new: UInt32(keys.count))
            if number == keys.count { keys.append(key) }
            keyNumbers.append(number)
            share += part
            let kind = self.number(Kind(field: record.field, accessClass: key.accessClass))
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        return Choice(
            form: .keys, kindSet: setNumber(kinds), start: UInt32(start),
            count: UInt32(keyNumbers.count - start), share: min(share, 0.99))
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
    mutating func settle(_ branches: [BranchRecord], _ branchConditions: [UInt32]) {
        while true {
            var savings = Array(repeating: 0.0, count: kindSets.count)
            var isUsed = Array(repeating: false, count: kindSets.count)
            for branch in branches {
                let range = Int(branch.conditions)..<Int(branch.conditions + branch.count)
                addSavings(branchConditions[range], &savings, &isUsed)
            }
            guard let worst = worst(savings, isUsed) else { return }
            giveUp(worst)
        }
    }

    /// The kind that loses most, nil if none loses.
    private func worst(_ savings: [Double], _ isUsed: [Bool]) -> Int? {
        var saved: [Double?] = Array(repeating: nil, count: kinds.count)
        for set in kindSets.indices where isUsed[set] {
            for kind in kindSets[set] { saved[kind] = (saved[kind] ?? 0) + savings[set] }
        }
        var worst: (kind: Int, loss: Double)?
        for kind in kinds.indices {
            guard let saved = saved[kind] else { continue }
            let loss = AccessChooser.cost(kinds[kind].accessClass) - saved
            if loss > worst?.loss ?? 0 { worst = (kind, loss) }
        }
        return worst?.kind
    }

    private mutating func giveUp(_ kind: Int) {
        let isGivenUp = kindSets.map { $0.contains(kind) }
        for condition in choices.indices where isGivenUp[Int(choices[condition].kindSet)] {
            choices[condition] = Choice(form: .presence)
            shares[condition] = 1
        }
    }

    @inline(__always)
    private func addSavings(
        _ branch: ArraySlice<UInt32>, _ savings: inout [Double], _ isUsed: inout [Bool]
    ) {
        var best = 1.0
        var second = 1.0
        var chosen: UInt32?
        for condition in branch {
            let share = shares[Int(condition)]
            let kindSet = choices[Int(condition)].kindSet
            if share < best {
                second = best
                best = share
                chosen = kindSet
            } else if chosen != kindSet {
                second = min(second, share)
            }
        }
        guard let chosen else { return }
        isUsed[Int(chosen)] = true
        savings[Int(chosen)] += (second - best) * AccessChooser.branchCost
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

    /// Calls a body with every run of four bytes of a part.
    @inline(__always)
    private static func forEachGram(_ part: ByteText, _ body: (UInt32) -> Void) {
        part.bytes.withUnsafeBytes { bytes in
            for place in 0...(bytes.count - AccessKey.gramLength) {
                let gram = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                body(UInt32(littleEndian: gram))
            }
        }
    }

    /// The key of a test on a field, and the share of events expected to have it.
    private func key(_ number: UInt32, _ field: UInt32) -> (AccessKey, share: Double)? {
        let test = tests.tests[Int(number)]
        guard let accessClass = AccessChooser.accessClass(test) else { return nil }
        let known = Double(distinct[Kind(field: field, accessClass: accessClass).word] ?? 1)
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
        var rarest: (count: UInt32, gram: UInt32)?
        for part in AccessChooser.parts(test) {
            AccessChooser.forEachGram(part) { gram in
                let count = gramCounts[UInt64(gram)] ?? 0
                if rarest.map({ (count, gram) < $0 }) ?? true { rarest = (count, gram) }
            }
        }
        guard let rarest else { return nil }
        let key = AccessKey(
            accessClass: .gram, field: field, value: rarest.gram, implies: false)
        return (key, min(1, 2 * Double(rarest.count) / known))
    }
}
