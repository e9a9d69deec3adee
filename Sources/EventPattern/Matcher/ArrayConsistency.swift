/// Whether conditions hold together: the leaves that satisfy them must agree on one element of every array
/// that they share, and a field counts as missing if no leaf of it agrees with the leaves chosen.
///
/// Works down the element tree. Within an element, conditions that lead into different arrays are independent;
/// those that lead into one array must find one element that satisfies them all and in which at least one of
/// them has a leaf. So the work is linear in leaves times depth. Only a repeated key with arrays below it, or a
/// list that mixes values with lists, gives a condition a choice that others share; such choices are tried in
/// turn, within a budget of steps.
struct ArrayConsistency {
    /// A leaf of a condition's field.
    private struct Entry {
        let leaf: Int32
        let satisfied: Bool
    }

    private enum Mode {
        case either
        case mustHold
        case mustBeMissing
    }

    /// A condition with the part of its leaves that lies in the element at hand.
    private struct Frame {
        let allowsAbsence: Bool
        var low: Int32
        var high: Int32
        var mode: Mode
        /// The array chosen for it; 0 for none, -1 for "missing from all of its arrays".
        var choice: Int32 = 0
    }

    private var entries: [Entry] = []
    private var frames: [Frame] = []
    private var steps = 0
    /// Set if the budget ran out; the answer then means nothing.
    private(set) var isExhausted = false

    /// Begins a new question.
    mutating func clear(steps: Int) {
        entries.removeAll(keepingCapacity: true)
        frames.removeAll(keepingCapacity: true)
        self.steps = steps
        isExhausted = false
    }

    /// Adds a condition; its field's leaves follow, in document order.
    mutating func addCondition(allowsAbsence: Bool) {
        let at = Int32(entries.count)
        frames.append(Frame(allowsAbsence: allowsAbsence, low: at, high: at, mode: .either))
    }

    mutating func addLeaf(_ leaf: Int32, satisfied: Bool) {
        entries.append(Entry(leaf: leaf, satisfied: satisfied))
        frames[frames.count - 1].high += 1
    }

    /// The answer for the conditions added.
    mutating func holds(in tree: borrowing ElementTree) -> Bool {
        solve(0, 0, frames.count, tree)
    }

    private mutating func solve(
        _ element: Int32, _ base: Int, _ end: Int, _ tree: borrowing ElementTree
    ) -> Bool {
        for index in base..<end {
            let frame = frames[index]
            if frame.low == frame.high {
                frames[index].choice = 0
                guard frame.allowsAbsence, frame.mode != .mustHold else { return false }
                continue
            }
            let direct = directState(frame, element, tree)
            guard let array = direct.onlyArray else {
                if direct.hasArrays { return choose(element, base, base, end, tree) }
                guard direct.satisfied, frame.mode != .mustBeMissing else { return false }
                frames[index].choice = 0
                continue
            }
            frames[index].choice = array
        }
        return arraysHold(element, base, end, tree)
    }

    /// What a condition's leaves in an element are: some directly in it, others in its arrays.
    private func directState(_ frame: Frame, _ element: Int32, _ tree: borrowing ElementTree)
        -> (satisfied: Bool, hasArrays: Bool, onlyArray: Int32?)
    {
        var satisfied = false
        var direct = false
        var arrays = 0
        var array: Int32 = 0
        var at = frame.low
        while at < frame.high {
            let entry = entries[Int(at)]
            guard let child = tree.child(of: element, around: entry.leaf) else {
                direct = true
                satisfied = satisfied || entry.satisfied
                at += 1
                continue
            }
            if tree.array[Int(child)] != array { arrays += 1 }
            array = tree.array[Int(child)]
            at = firstEntry(at, frame.high, notBefore: tree.end[Int(child)])
        }
        return (satisfied, arrays > 0, arrays == 1 && !direct ? array : nil)
    }

    /// The first of some entries whose leaf is not before another.
    private func firstEntry(_ low: Int32, _ high: Int32, notBefore leaf: Int32) -> Int32 {
        var (low, high) = (low, high)
        while low < high {
            let middle = (low + high) / 2
            if entries[Int(middle)].leaf < leaf { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether every array chosen by a condition, or to be missing from, has an element that satisfies them.
    private mutating func arraysHold(
        _ element: Int32, _ base: Int, _ end: Int, _ tree: borrowing ElementTree
    ) -> Bool {
        var array: Int32 = 0
        while let next = nextArray(after: array, element, base, end, tree) {
            array = next
            guard arrayHolds(array, element, base, end, tree) else { return false }
        }
        return true
    }

    /// The lowest array above another that some condition is to be decided in.
    private func nextArray(
        after array: Int32, _ element: Int32, _ base: Int, _ end: Int, _ tree: borrowing ElementTree
    )
        -> Int32?
    {
        var best: Int32?
        for index in base..<end {
            let frame = frames[index]
            if frame.choice > array {
                best = min(best ?? .max, frame.choice)
            } else if frame.choice == -1, let next = arrayOf(frame, above: array, element, tree) {
                best = min(best ?? .max, next)
            }
        }
        return best
    }

    /// The lowest array above another among those that a condition's leaves lie in at the level of its frame.
    private func arrayOf(
        _ frame: Frame, above array: Int32, _ element: Int32, _ tree: borrowing ElementTree
    ) -> Int32? {
        let after = array == 0 ? 0 : tree.arrayEnd[Int(array)]
        let at = firstEntry(frame.low, frame.high, notBefore: after)
        guard at < frame.high else { return nil }
        let leaf = entries[Int(at)].leaf
        return tree.array[Int(tree.child(of: element, around: leaf)!)]
    }

    private mutating func arrayHolds(
        _ array: Int32, _ element: Int32, _ base: Int, _ end: Int, _ tree: borrowing ElementTree
    ) -> Bool {
        let inner = frames.count
        defer { frames.removeSubrange(inner...) }
        let start = tree.arrayStart[Int(array)]
        let stop = tree.arrayEnd[Int(array)]
        for index in base..<end where frames[index].choice == array || frames[index].choice == -1 {
            var frame = frames[index]
            if frame.choice == -1 { frame.mode = .mustBeMissing }
            frame.low = firstEntry(frame.low, frame.high, notBefore: start)
            frame.high = firstEntry(frame.low, frame.high, notBefore: stop)
            frames.append(frame)
        }
        return someElementHolds(element, inner, frames.count, tree)
    }

    /// Whether one element of the array that these conditions lead into satisfies them all.
    private mutating func someElementHolds(
        _ outer: Int32, _ base: Int, _ end: Int, _ tree: borrowing ElementTree
    )
        -> Bool
    {
        let top = frames.count
        defer { frames.removeSubrange(top...) }
        while let leaf = nextLeaf(base, end) {
            guard let element = tree.child(of: outer, around: leaf) else {
                skip(leaf, base, end)
                continue
            }
            let stop = tree.end[Int(element)]
            var committed = false
            for index in base..<end {
                let low = frames[index].low
                let high = firstEntry(low, frames[index].high, notBefore: stop)
                committed = committed || low < high && frames[index].mode != .mustBeMissing
                var frame = frames[index]
                frame.high = high
                frames[index].low = high
                frames.append(frame)
            }
            if committed {
                if solve(element, top, frames.count, tree) { return true }
                guard !isExhausted else { return false }
            }
            frames.removeSubrange(top...)
        }
        return false
    }

    private func nextLeaf(_ base: Int, _ end: Int) -> Int32? {
        var best: Int32?
        for index in base..<end where frames[index].low < frames[index].high {
            best = min(best ?? .max, entries[Int(frames[index].low)].leaf)
        }
        return best
    }
}

extension ArrayConsistency {
    /// Moves past a leaf that stands among the elements but in none of them.
    private mutating func skip(_ leaf: Int32, _ base: Int, _ end: Int) {
        for index in base..<end where frames[index].low < frames[index].high {
            if entries[Int(frames[index].low)].leaf == leaf { frames[index].low += 1 }
        }
    }

    /// Whether no other condition has leaves in any array at this level that this one has leaves in.
    private func isAlone(
        _ index: Int, _ element: Int32, _ base: Int, _ end: Int, _ tree: borrowing ElementTree
    ) -> Bool {
        var array: Int32 = 0
        while let next = arrayChoice(frames[index], element, after: array, tree) {
            array = next
            let start = tree.arrayStart[Int(array)]
            let stop = tree.arrayEnd[Int(array)]
            for other in base..<end where other != index {
                let frame = frames[other]
                let at = firstEntry(frame.low, frame.high, notBefore: start)
                if at < frame.high, entries[Int(at)].leaf < stop { return false }
            }
        }
        return true
    }

    private func isSatisfiedAnywhere(_ frame: Frame) -> Bool {
        (frame.low..<frame.high).contains { entries[Int($0)].satisfied }
    }
}

// MARK: - Choices between arrays

extension ArrayConsistency {
    /// Tries every way to decide the conditions from `index` on that have a choice.
    private mutating func choose(
        _ element: Int32, _ index: Int, _ base: Int, _ end: Int, _ tree: borrowing ElementTree
    ) -> Bool {
        guard index < end else {
            steps -= 1 + entries.count
            guard steps > 0 else {
                isExhausted = true
                return false
            }
            return arraysHold(element, base, end, tree)
        }
        let frame = frames[index]
        if frame.low == frame.high {
            frames[index].choice = 0
            guard frame.allowsAbsence, frame.mode != .mustHold else { return false }
            return choose(element, index + 1, base, end, tree)
        }
        let state = directState(frame, element, tree)
        if let array = state.onlyArray {
            frames[index].choice = array
            return choose(element, index + 1, base, end, tree)
        }
        if isAlone(index, element, base, end, tree) {
            frames[index].choice = 0
            guard frame.mode != .mustBeMissing, isSatisfiedAnywhere(frame) else { return false }
            return choose(element, index + 1, base, end, tree)
        }
        return tryChoices(state.satisfied, frame, element, index, base, end, tree)
    }

    private mutating func tryChoices(
        _ satisfied: Bool, _ frame: Frame, _ element: Int32, _ index: Int, _ base: Int, _ end: Int,
        _ tree: borrowing ElementTree
    ) -> Bool {
        defer { frames[index] = frame }
        if frame.mode != .mustBeMissing {
            if satisfied {
                frames[index].choice = 0
                if choose(element, index + 1, base, end, tree) { return true }
            }
            frames[index].mode = .mustHold
            var array: Int32 = 0
            while !isExhausted, let next = arrayChoice(frame, element, after: array, tree) {
                array = next
                frames[index].choice = array
                if choose(element, index + 1, base, end, tree) { return true }
            }
            frames[index].mode = frame.mode
        }
        guard !isExhausted, frame.allowsAbsence, frame.mode != .mustHold,
            !hasDirectLeaf(frame, element, tree)
        else { return false }
        frames[index].choice = -1
        return choose(element, index + 1, base, end, tree)
    }

    private func hasDirectLeaf(_ frame: Frame, _ element: Int32, _ tree: borrowing ElementTree)
        -> Bool
    {
        (frame.low..<frame.high).contains {
            tree.leafElement[Int(entries[Int($0)].leaf)] == element
        }
    }

    private func arrayChoice(
        _ frame: Frame, _ element: Int32, after array: Int32, _ tree: borrowing ElementTree
    ) -> Int32? {
        var at = frame.low
        if array != 0 { at = firstEntry(at, frame.high, notBefore: tree.arrayEnd[Int(array)]) }
        while at < frame.high {
            if let child = tree.child(of: element, around: entries[Int(at)].leaf) {
                return tree.array[Int(child)]
            }
            at += 1
        }
        return nil
    }
}
