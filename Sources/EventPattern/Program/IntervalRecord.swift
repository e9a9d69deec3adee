/// A numeric range that leads into the rule set, in a balanced tree laid out in order of the lower ends.
///
/// The ends are doubles rounded outwards, so a range found may still not hold: its program asks the condition.
struct IntervalRecord {
    var low: Double
    var high: Double
    /// The highest upper end among the intervals of this subtree.
    var highest: Double
    var program: UInt32
}

extension IntervalRecord {
    /// Puts intervals in order and works out the subtrees' highest ends.
    static func arranged(_ intervals: [IntervalRecord]) -> [IntervalRecord] {
        var sorted = intervals.sorted { $0.low < $1.low }
        _ = measure(&sorted, 0, sorted.count)
        return sorted
    }

    private static func measure(_ intervals: inout [IntervalRecord], _ low: Int, _ high: Int)
        -> Double
    {
        guard low < high else { return -.infinity }
        let middle = (low + high) / 2
        let below = max(measure(&intervals, low, middle), measure(&intervals, middle + 1, high))
        intervals[middle].highest = max(intervals[middle].high, below)
        return intervals[middle].highest
    }

    /// Calls a body with the program of every interval that holds a number.
    @inline(__always)
    static func visit(
        _ intervals: UnsafePointer<IntervalRecord>, _ count: Int, _ value: Double,
        _ body: (UInt32) -> Void
    ) {
        // The stack holds at most two stretches a level; 64 levels are more than 32-bit counts have.
        withUnsafeTemporaryAllocation(of: (Int, Int).self, capacity: 128) { stack in
            stack[0] = (0, count)
            var top = 1
            while top > 0 {
                top -= 1
                let (low, high) = stack[top]
                guard low < high else { continue }
                let middle = (low + high) / 2
                let interval = intervals[middle]
                guard interval.highest >= value else { continue }
                if interval.low <= value {
                    if interval.high >= value { body(interval.program) }
                    stack[top] = (middle + 1, high)
                    top += 1
                }
                stack[top] = (low, middle)
                top += 1
            }
        }
    }
}
