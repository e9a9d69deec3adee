/// Compiles what remains to be asked of the branches of one way in: a prefix tree of conditions, most shared first.
///
/// A condition that many branches have is asked once for all of them, and if it does not hold they are all skipped.
struct ResidualCompiler {
    private(set) var instructions: [Instruction]
    /// How often each condition occurs among the branches at hand.
    private var counts: [UInt32]

    /// The branches, which know their rules.
    private let rules: [BranchRecord]

    init(_ instructions: [Instruction], _ branches: [BranchRecord], conditions: Int) {
        self.instructions = instructions
        rules = branches
        counts = Array(repeating: 0, count: conditions)
    }

    /// The program of some branches, each with the conditions still to be asked; sorts them in place.
    mutating func program(_ branches: inout [(branch: UInt32, conditions: [UInt32])]) -> UInt32 {
        for index in branches.indices {
            for condition in branches[index].conditions { counts[Int(condition)] += 1 }
        }
        sort(&branches)
        let start = UInt32(instructions.count)
        var open: [(condition: UInt32, at: Int)] = []
        for (branch, conditions) in branches {
            var common = 0
            while common < open.count, common < conditions.count,
                open[common].condition == conditions[common]
            {
                common += 1
            }
            close(&open, to: common)
            for condition in conditions[common...] {
                open.append((condition, instructions.count))
                instructions.append(Instruction(condition: Int32(condition), target: 0))
            }
            instructions.append(.emit(rule: rules[Int(branch)].rule, branch: branch))
        }
        close(&open, to: 0)
        instructions.append(.stop)
        for index in branches.indices {
            for condition in branches[index].conditions { counts[Int(condition)] = 0 }
        }
        return start
    }

    private mutating func close(_ open: inout [(condition: UInt32, at: Int)], to depth: Int) {
        while open.count > depth {
            instructions[open.removeLast().at].target = UInt32(instructions.count)
        }
    }

    private func sort(_ branches: inout [(branch: UInt32, conditions: [UInt32])]) {
        counts.withUnsafeBufferPointer { counts in
            func precedes(_ a: UInt32, _ b: UInt32) -> Bool {
                counts[Int(a)] != counts[Int(b)] ? counts[Int(a)] > counts[Int(b)] : a < b
            }
            for index in branches.indices where branches[index].conditions.count > 1 {
                branches[index].conditions.sort(by: precedes)
            }
            guard branches.count > 1 else { return }
            branches.sort { left, right in
                for (a, b) in zip(left.conditions, right.conditions) where a != b {
                    return precedes(a, b)
                }
                return left.conditions.count < right.conditions.count
            }
        }
    }
}
