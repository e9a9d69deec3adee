import CPrefetch

/// One match at work: looks the leaves up, runs the programs they lead to, and reports rules.
struct Matching {
    let view: ProgramView
    let tests: LeafTests
    let context: UnsafeMutablePointer<MatchContext>
    let scratch: Unmanaged<MatchScratch>
    let always: UInt32
    let steps: Int

    /// Matches the leaves collected.
    func run() {
        findPrograms()
        for number in 0..<context.pointee.leafCount {
            let leaf = context.pointee.leaves + number
            let field = view.fields + Int(leaf.pointee.field)
            if field.pointee.presence != 0,
                context.pointee.fields[Int(leaf.pointee.field)].first
                    == Int32(truncatingIfNeeded: number)
            {
                run(field.pointee.presence)
            }
            if field.pointee.classes != 0 { enter(leaf, field) }
        }
        if always != 0 { run(always) }
    }

    /// Looks up all texts that can be looked up whole before the first program runs, so that the waits for memory
    /// overlap: first every slot is asked for, then every program.
    private func findPrograms() {
        for number in 0..<context.pointee.leafCount {
            let leaf = context.pointee.leaves + number
            guard leaf.pointee.kind == .text else { continue }
            let field = view.fields + Int(leaf.pointee.field)
            guard field.pointee.classes & AccessClass.text.bit != 0 else { continue }
            let hash = Hashing.bytes(
                leaf.pointee.start, Int(leaf.pointee.length),
                tag: Matching.tag(leaf.pointee.field, .text))
            leaf.pointee.bits = hash
            prefetch_line(view.accesses + Int(truncatingIfNeeded: hash) & view.accessMask)
        }
        for number in 0..<context.pointee.leafCount {
            let leaf = context.pointee.leaves + number
            guard leaf.pointee.kind == .text else { continue }
            let field = view.fields + Int(leaf.pointee.field)
            guard field.pointee.classes & AccessClass.text.bit != 0 else { continue }
            let hash = leaf.pointee.bits
            leaf.pointee.bits = 0
            visitText(Matching.tag(leaf.pointee.field, .text), hash, leaf) { program in
                leaf.pointee.bits = UInt64(program)
                prefetch_line(view.instructions + Int(program))
            }
        }
    }

    /// Runs a residual program.
    @inline(__always)
    private func run(_ program: UInt32) {
        let stamp = context.pointee.epoch &<< 1
        let memo = context.pointee.memo
        var at = view.instructions + Int(program)
        while true {
            let instruction = at.pointee
            if instruction.condition >= 0 {
                let known = memo[Int(instruction.condition)] ^ stamp
                let other = view.instructions + Int(instruction.target)
                let holds = known <= 1 ? known != 0 : ask(instruction.condition, else: other)
                at = holds ? at + 1 : other
            } else if instruction.condition != Int32.min {
                emit(instruction)
                at += 1
            } else {
                return
            }
        }
    }

    /// Evaluates a condition and remembers the answer for this event.
    @inline(never)
    private func ask(_ condition: Int32, else other: UnsafePointer<Instruction>) -> Bool {
        prefetch_line(other)
        let record = view.conditions + Int(condition)
        let answer = holds(record)
        context.pointee.memo[Int(condition)] = context.pointee.epoch &<< 1 | (answer ? 1 : 0)
        return answer
    }

    /// Whether a condition holds by itself; where arrays are shared, whether it could.
    private func holds(_ condition: UnsafePointer<ConditionRecord>) -> Bool {
        if condition.pointee.allowsAbsence, context.pointee.sharesArrays { return true }
        let state = context.pointee.fields[Int(condition.pointee.field)]
        guard state.epoch == context.pointee.epoch else { return condition.pointee.allowsAbsence }
        var number = state.first
        while number >= 0 {
            let leaf = context.pointee.leaves + Int(number)
            if satisfies(leaf, condition) { return true }
            number = leaf.pointee.next
        }
        return false
    }

    @inline(__always)
    private func satisfies(_ leaf: UnsafePointer<Leaf>, _ condition: UnsafePointer<ConditionRecord>)
        -> Bool
    {
        if condition.pointee.count == 1 {
            return satisfies(
                leaf, UnsafeRawPointer(condition).assumingMemoryBound(to: TestRecord.self))
        }
        let first = view.tests + Int(condition.pointee.tests)
        for index in 0..<Int(condition.pointee.count) where satisfies(leaf, first + index) {
            return true
        }
        return false
    }

    @inline(__always)
    private func satisfies(_ leaf: UnsafePointer<Leaf>, _ test: UnsafePointer<TestRecord>) -> Bool {
        test.pointee.kind == .textSet ? inSet(leaf, test) : tests.holds(test, leaf)
    }

    private func inSet(_ leaf: UnsafePointer<Leaf>, _ test: UnsafePointer<TestRecord>) -> Bool {
        guard leaf.pointee.kind == .text else { return false }
        let tag = Matching.tag(test.pointee.offset, .set)
        var found = false
        let hash = Hashing.bytes(leaf.pointee.start, Int(leaf.pointee.length), tag: tag)
        visitText(tag, hash, leaf) { _ in found = true }
        return found
    }

    @inline(__always)
    private func emit(_ instruction: Instruction) {
        let rule = instruction.rule
        let word = context.pointee.reported + rule &>> 6
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: rule & 63)
        guard word.pointee & bit == 0 else { return }
        if context.pointee.sharesArrays, !holdsTogether(view.branches + Int(instruction.target)) {
            return
        }
        word.pointee |= bit
        context.pointee.results[context.pointee.resultCount] = Int32(truncatingIfNeeded: rule)
        context.pointee.resultCount += 1
    }

    /// Whether a branch's conditions agree on the elements of the arrays they share.
    @inline(never)
    private func holdsTogether(_ branch: UnsafePointer<BranchRecord>) -> Bool {
        scratch._withUnsafeGuaranteedRef { scratch in
            scratch.consistency.clear(steps: steps)
            for index in 0..<Int(branch.pointee.count) {
                let number = view.branchConditions[Int(branch.pointee.conditions) + index]
                let condition = view.conditions + Int(number)
                scratch.consistency.addCondition(allowsAbsence: condition.pointee.allowsAbsence)
                let state = context.pointee.fields[Int(condition.pointee.field)]
                var at = state.epoch == context.pointee.epoch ? state.first : -1
                while at >= 0 {
                    let leaf = context.pointee.leaves + Int(at)
                    scratch.consistency.addLeaf(at, satisfied: satisfies(leaf, condition))
                    at = leaf.pointee.next
                }
            }
            let result = scratch.consistency.holds(in: scratch.tree)
            if scratch.consistency.isExhausted { scratch.isExhausted = true }
            return result
        }
    }
}

// MARK: - Ways in

extension Matching {
    @inline(__always)
    static func tag(_ field: UInt32, _ accessClass: AccessClass) -> UInt32 {
        (field &* 16 | accessClass.rawValue) &+ 1
    }

    /// Calls a body with the program of every access slot of this key whose test the leaf confirms.
    @inline(__always)
    private func visit(
        _ tag: UInt32, _ hash: UInt64, _ leaf: UnsafePointer<Leaf>, _ body: (UInt32) -> Void
    ) {
        var at = Int(truncatingIfNeeded: hash) & view.accessMask
        while true {
            let slot = view.accesses + at
            if slot.pointee.tag == 0 { return }
            if slot.pointee.tag == tag, slot.pointee.first == hash,
                slot.pointee.length == AccessSlot.unconfirmed,
                tests.holds(view.tests + Int(slot.pointee.test), leaf)
            {
                body(slot.pointee.program)
                return
            }
            at = (at + 1) & view.accessMask
        }
    }

    /// Calls a body with the program of the access slot of this text, if there is one.
    @inline(__always)
    private func visitText(
        _ tag: UInt32, _ hash: UInt64, _ leaf: UnsafePointer<Leaf>, _ body: (UInt32) -> Void
    ) {
        let start = leaf.pointee.start
        let length = Int(leaf.pointee.length)
        guard length <= AccessSlot.longestText else { return visit(tag, hash, leaf, body) }
        let first = Hashing.head(start, length)
        let second = Hashing.tail(start, length)
        var at = Int(truncatingIfNeeded: hash) & view.accessMask
        while true {
            let slot = view.accesses + at
            if slot.pointee.tag == 0 { return }
            if slot.pointee.first == first, slot.pointee.second == second,
                slot.pointee.tag == tag, slot.pointee.length == leaf.pointee.length
            {
                body(slot.pointee.program)
                return
            }
            at = (at + 1) & view.accessMask
        }
    }

    /// Looks a leaf up under every class of key that its field has.
    @inline(__always)
    private func enter(_ leaf: UnsafePointer<Leaf>, _ field: UnsafePointer<FieldRecord>) {
        let classes = field.pointee.classes
        guard leaf.pointee.kind == .text else { return enterOther(leaf, field) }
        if classes & AccessClass.text.bit != 0, leaf.pointee.bits != 0 {
            run(UInt32(truncatingIfNeeded: leaf.pointee.bits))
        }
        if classes & ~(AccessClass.text.bit | AccessClass.number.bit | AccessClass.literal.bit) != 0
        {
            enterText(leaf, field)
        }
    }

    @inline(never)
    private func enterOther(_ leaf: UnsafePointer<Leaf>, _ field: UnsafePointer<FieldRecord>) {
        let number = leaf.pointee.field
        let kind = leaf.pointee.kind
        if kind.isNumber {
            if field.pointee.classes & AccessClass.number.bit != 0 {
                let tag = Matching.tag(number, .number)
                visit(tag, Hashing.words(UInt64(kind.rawValue), leaf.pointee.bits, tag: tag), leaf)
                { run($0) }
            }
            let ranges = field.pointee.ranges
            if ranges.length > 0 {
                IntervalRecord.visit(
                    view.intervals + Int(ranges.offset), Int(ranges.length), leaf.pointee.double
                ) { run($0) }
            }
        } else if field.pointee.classes & AccessClass.literal.bit != 0 {
            let tag = Matching.tag(number, .literal)
            visit(tag, Hashing.words(UInt64(kind.rawValue), 0, tag: tag), leaf) { run($0) }
        }
    }

    @inline(never)
    private func enterText(_ leaf: UnsafePointer<Leaf>, _ field: UnsafePointer<FieldRecord>) {
        let start = leaf.pointee.start
        let length = Int(leaf.pointee.length)
        let number = leaf.pointee.field
        let classes = field.pointee.classes
        if classes & AccessClass.prefix.bit != 0 {
            let tag = Matching.tag(number, .prefix)
            for index in 0..<Int(field.pointee.prefixes.length) {
                let size = Int(view.sizes[Int(field.pointee.prefixes.offset) + index])
                guard size <= length else { break }
                visit(tag, Hashing.bytes(start, size, tag: tag), leaf) { run($0) }
            }
        }
        if classes & AccessClass.suffix.bit != 0 {
            let tag = Matching.tag(number, .suffix)
            for index in 0..<Int(field.pointee.suffixes.length) {
                let size = Int(view.sizes[Int(field.pointee.suffixes.offset) + index])
                guard size <= length else { break }
                visit(tag, Hashing.bytes(start + (length - size), size, tag: tag), leaf) { run($0) }
            }
        }
        if classes & AccessClass.gram.bit != 0 { enterGrams(leaf) }
        if classes & AccessClass.folded.bit != 0 { enterFolded(leaf) }
        if classes & (AccessClass.address.bit | AccessClass.block.bit) != 0 {
            enterAddress(leaf, field)
        }
    }

    private func enterAddress(_ leaf: UnsafePointer<Leaf>, _ field: UnsafePointer<FieldRecord>) {
        let number = leaf.pointee.field
        guard
            let address = Address(
                UnsafeBufferPointer(start: leaf.pointee.start, count: Int(leaf.pointee.length)))
        else { return }
        if field.pointee.classes & AccessClass.address.bit != 0 {
            let tag = Matching.tag(number, .address)
            visit(tag, Hashing.words(address.high, address.low, tag: tag), leaf) { run($0) }
        }
        let tag = Matching.tag(number, .block)
        let blocks = address.isV6 ? field.pointee.blocks6 : field.pointee.blocks4
        for index in 0..<Int(blocks.length) {
            let bits = view.sizes[Int(blocks.offset) + index]
            let base = AddressBlock.masked(address, bits: Int(bits))
            visit(tag, Hashing.words(base.high, base.low ^ UInt64(bits) &<< 56, tag: tag), leaf) {
                run($0)
            }
        }
    }

    private func enterFolded(_ leaf: UnsafePointer<Leaf>) {
        let text = UnsafeBufferPointer(start: leaf.pointee.start, count: Int(leaf.pointee.length))
        // Folding never makes a scalar longer than three bytes of every two.
        let needed = text.count * 2 + MatchScratch.padding
        if needed > context.pointee.foldedCapacity { growFolded(needed) }
        let folded = context.pointee.folded
        let length = FoldedText.fold(text, into: folded)
        let tag = Matching.tag(leaf.pointee.field, .folded)
        visit(tag, Hashing.bytes(folded, length, tag: tag), leaf) { run($0) }
    }

    @inline(never)
    private func growFolded(_ needed: Int) {
        context.pointee.folded.deallocate()
        context.pointee.foldedCapacity = needed * 2
        context.pointee.folded = .allocate(capacity: needed * 2)
    }

    /// Looks up every run of four bytes: a part of a wildcard or of `contains` may begin with it.
    private func enterGrams(_ leaf: UnsafePointer<Leaf>) {
        let tag = Matching.tag(leaf.pointee.field, .gram)
        let length = Int(leaf.pointee.length)
        guard length >= AccessKey.gramLength else { return }
        for place in 0...(length - AccessKey.gramLength) {
            let gram = UInt32(
                littleEndian: UnsafeRawPointer(leaf.pointee.start + place).loadUnaligned(
                    as: UInt32.self))
            let hash = Hashing.words(UInt64(gram), 0, tag: tag)
            var at = Int(truncatingIfNeeded: hash) & view.accessMask
            while true {
                let slot = view.accesses + at
                if slot.pointee.tag == 0 { break }
                if slot.pointee.tag == tag, slot.pointee.first == hash {
                    run(slot.pointee.program)
                }
                at = (at + 1) & view.accessMask
            }
        }
    }
}

extension Leaf {
    /// A number as a double.
    var double: Double {
        switch kind {
        case .positive: Double(bits)
        case .negative: -Double(bits)
        default: Double(bitPattern: bits)
        }
    }

    /// A number as a double if that is exact for all comparisons; nil for what is no number or a large whole one.
    @inline(__always)
    var plainDouble: Double? {
        if kind == .decimal { return Double(bitPattern: bits) }
        guard kind == .positive || kind == .negative, bits <= 1 &<< 53 else { return nil }
        return kind == .positive ? Double(bits) : -Double(bits)
    }
}
