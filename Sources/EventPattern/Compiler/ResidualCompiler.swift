/// Compiles what remains to be asked of the branches of one way in: a prefix tree of conditions, most shared first.
///
/// A condition that many branches have is asked once for all of them, and if it does not hold they are all skipped.
struct ResidualCompiler {
    /// A branch found by a way in, and the condition that the way in answers, -1 if none.
    struct Entry {
        let branch: UInt32
        let answered: Int32
    }

    /// A branch with its conditions still to be asked, as a stretch of `asked`.
    private struct Item {
        let branch: UInt32
        let start: Int
        let count: Int
    }

    private(set) var instructions: [Instruction]
    /// How often each condition occurs among the branches at hand.
    private var counts: [UInt32]
    private var items: [Item] = []
    private var asked: [UInt32] = []
    private var open: [(condition: UInt32, at: Int)] = []

    /// The branches, which know their rules and their conditions.
    private let branches: [BranchRecord]
    private let conditions: [UInt32]

    init(_ branches: [BranchRecord], _ conditions: [UInt32], count: Int) {
        instructions = [.stop]
        instructions.reserveCapacity(conditions.count + branches.count)
        self.branches = branches
        self.conditions = conditions
        counts = Array(repeating: 0, count: count)
    }

    /// The program of some branches.
    mutating func program(_ entries: ArraySlice<Entry>) -> UInt32 {
        collect(entries)
        sort()
        let start = UInt32(instructions.count)
        for item in items {
            var common = 0
            while common < open.count, common < item.count,
                open[common].condition == asked[item.start + common]
            {
                common += 1
            }
            close(to: common, target: instructions.count)
            for condition in asked[(item.start + common)..<(item.start + item.count)] {
                open.append((condition, instructions.count))
                instructions.append(Instruction(condition: Int32(condition), target: 0))
            }
            instructions.append(
                .emit(rule: branches[Int(item.branch)].rule, branch: item.branch))
        }
        // Program 0 is the empty one and always near: where to go if nothing can hold any more.
        close(to: 0, target: 0)
        instructions.append(.stop)
        for condition in asked { counts[Int(condition)] = 0 }
        return start
    }

    private mutating func collect(_ entries: ArraySlice<Entry>) {
        items.removeAll(keepingCapacity: true)
        asked.removeAll(keepingCapacity: true)
        for entry in entries {
            let branch = branches[Int(entry.branch)]
            let start = asked.count
            for place in Int(branch.conditions)..<Int(branch.conditions + branch.count) {
                let condition = conditions[place]
                guard Int64(condition) != Int64(entry.answered) else { continue }
                asked.append(condition)
                counts[Int(condition)] += 1
            }
            items.append(Item(branch: entry.branch, start: start, count: asked.count - start))
        }
    }

    private mutating func close(to depth: Int, target: Int) {
        while open.count > depth {
            instructions[open.removeLast().at].target = UInt32(target)
        }
    }

    /// Puts the most shared condition of each branch first, and branches that begin alike together.
    private mutating func sort() {
        counts.withUnsafeBufferPointer { counts in
            func precedes(_ a: UInt32, _ b: UInt32) -> Bool {
                let (left, right) = (counts[Int(a)], counts[Int(b)])
                return left != right ? left > right : a < b
            }
            asked.withUnsafeMutableBufferPointer { asked in
                for item in items where item.count > 1 {
                    guard item.count <= 16 else {
                        asked[item.start..<(item.start + item.count)].sort(by: precedes)
                        continue
                    }
                    for place in (item.start + 1)..<(item.start + item.count) {
                        let condition = asked[place]
                        var at = place
                        while at > item.start, precedes(condition, asked[at - 1]) {
                            asked[at] = asked[at - 1]
                            at -= 1
                        }
                        asked[at] = condition
                    }
                }
                guard items.count > 1 else { return }
                items.sort { left, right in
                    for index in 0..<min(left.count, right.count) {
                        let (a, b) = (asked[left.start + index], asked[right.start + index])
                        if a != b { return precedes(a, b) }
                    }
                    return left.count < right.count
                }
            }
        }
    }
}
