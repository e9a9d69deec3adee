/// A rule set compiled: flat tables without references into one another, never changed once built.
final class Program: Sendable {
    let nodes: [NodeRecord]
    let keys: [KeySlot]
    let bytes: [UInt8]
    let tests: [TestRecord]
    let ranges: [RangeRecord]
    let sizes: [UInt32]
    let conditions: [ConditionRecord]
    let instructions: [Instruction]
    let accesses: [AccessSlot]
    let intervals: [IntervalRecord]
    let fields: [FieldRecord]
    let branches: [BranchRecord]
    let branchConditions: [UInt32]
    let expressions: [Expression]
    /// The program of the rules that no condition leads to.
    let always: UInt32
    let ruleCount: Int

    init(_ tables: Tables, ruleCount: Int) {
        nodes = tables.nodes.trimmed
        keys = tables.keys.trimmed
        bytes = tables.bytes.trimmed
        tests = tables.tests.trimmed
        ranges = tables.ranges.trimmed
        sizes = tables.sizes.trimmed
        conditions = tables.conditions.trimmed
        instructions = tables.instructions.trimmed
        accesses = tables.accesses.trimmed
        intervals = tables.intervals.trimmed
        fields = tables.fields.trimmed
        branches = tables.branches.trimmed
        branchConditions = tables.branchConditions.trimmed
        expressions = tables.expressions.trimmed
        always = tables.always
        self.ruleCount = ruleCount
    }

    /// The bytes of the tables, without what RE2 keeps for its expressions.
    var byteCount: Int {
        nodes.byteCount + keys.byteCount + bytes.byteCount + tests.byteCount + ranges.byteCount
            + sizes.byteCount + conditions.byteCount + instructions.byteCount
            + accesses.byteCount + intervals.byteCount + fields.byteCount + branches.byteCount
            + branchConditions.byteCount + expressions.byteCount
    }

    /// The tables while they are being made.
    struct Tables {
        var nodes: [NodeRecord] = []
        var keys: [KeySlot] = []
        var bytes: [UInt8] = []
        var tests: [TestRecord] = []
        var ranges: [RangeRecord] = []
        var sizes: [UInt32] = []
        var conditions: [ConditionRecord] = []
        /// Program 0 is the empty one.
        var instructions = [Instruction.stop]
        var accesses: [AccessSlot] = []
        var intervals: [IntervalRecord] = []
        var fields: [FieldRecord] = []
        var branches: [BranchRecord] = []
        var branchConditions: [UInt32] = []
        var expressions: [Expression] = []
        var always: UInt32 = 0
    }
}

/// Pointers to a program's tables, valid for the time of one match.
struct ProgramView {
    let nodes: UnsafePointer<NodeRecord>
    let keys: UnsafePointer<KeySlot>
    let bytes: UnsafePointer<UInt8>
    let tests: UnsafePointer<TestRecord>
    let ranges: UnsafePointer<RangeRecord>
    let sizes: UnsafePointer<UInt32>
    let conditions: UnsafePointer<ConditionRecord>
    let instructions: UnsafePointer<Instruction>
    let accesses: UnsafePointer<AccessSlot>
    let accessMask: Int
    let intervals: UnsafePointer<IntervalRecord>
    let fields: UnsafePointer<FieldRecord>
    let branches: UnsafePointer<BranchRecord>
    let branchConditions: UnsafePointer<UInt32>
}

extension Program {
    /// Runs a body with pointers to the tables.
    @inline(__always)
    func withView<Result>(_ body: (ProgramView) -> Result) -> Result {
        nodes.withPointer { nodes in
            keys.withPointer { keys in
                bytes.withPointer { bytes in
                    tests.withPointer { tests in
                        ranges.withPointer { ranges in
                            withRest {
                                (
                                    sizes, conditions, instructions, accesses, intervals, fields,
                                    branches, lists
                                ) in
                                body(
                                    ProgramView(
                                        nodes: nodes, keys: keys, bytes: bytes, tests: tests,
                                        ranges: ranges, sizes: sizes, conditions: conditions,
                                        instructions: instructions, accesses: accesses,
                                        accessMask: self.accesses.count - 1, intervals: intervals,
                                        fields: fields, branches: branches,
                                        branchConditions: lists))
                            }
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private func withRest<Result>(
        _ body: (
            UnsafePointer<UInt32>, UnsafePointer<ConditionRecord>, UnsafePointer<Instruction>,
            UnsafePointer<AccessSlot>, UnsafePointer<IntervalRecord>, UnsafePointer<FieldRecord>,
            UnsafePointer<BranchRecord>, UnsafePointer<UInt32>
        ) -> Result
    ) -> Result {
        sizes.withPointer { sizes in
            conditions.withPointer { conditions in
                instructions.withPointer { instructions in
                    accesses.withPointer { accesses in
                        intervals.withPointer { intervals in
                            fields.withPointer { fields in
                                branches.withPointer { branches in
                                    branchConditions.withPointer { lists in
                                        body(
                                            sizes, conditions, instructions, accesses, intervals,
                                            fields,
                                            branches, lists)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

extension Array {
    /// The same elements without room for more: tables are never changed once built.
    fileprivate var trimmed: [Element] { count < capacity ? map { $0 } : self }

    /// The bytes that the elements take, with what is reserved for more.
    fileprivate var byteCount: Int { capacity * MemoryLayout<Element>.stride }

    /// Runs a body with a pointer to the first element, which an empty array does not have and nobody follows.
    @inline(__always)
    fileprivate func withPointer<Result>(_ body: (UnsafePointer<Element>) -> Result) -> Result {
        withUnsafeBufferPointer {
            body($0.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Element>.alignment)!)
        }
    }
}
