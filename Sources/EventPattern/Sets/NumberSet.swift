/// A set of numbers: closed intervals of what ranges can tell apart, and single numbers added and removed.
///
/// Ranges see a number as a whole one or as its double; exact values also tell apart decimals that share a
/// double, so these are kept as exceptions. Between two neighbouring keys lies nothing.
struct NumberSet: Hashable, Sendable {
    struct Interval: Hashable, Sendable {
        let low: NumberKey
        let high: NumberKey
    }

    /// Disjoint, in order, with a gap between any two.
    private(set) var intervals: [Interval]
    /// Members outside the intervals, and numbers inside them that are none.
    private(set) var exceptions: Set<EventNumber>

    static let none = NumberSet(intervals: [], exceptions: [])
    static let all = NumberSet(
        intervals: [Interval(low: .lowest, high: .highest)], exceptions: [])

    static func only(_ number: EventNumber) -> NumberSet {
        NumberSet(intervals: [], exceptions: [number])
    }

    init(_ range: NumberRange) {
        let low = range.lower.map { bound -> NumberKey? in
            let key = NumberKey(bound.number)
            return bound.included ? key : key.successor
        }
        let high = range.upper.map { bound -> NumberKey? in
            let key = NumberKey(bound.number)
            return bound.included ? key : key.predecessor
        }
        exceptions = []
        guard let low = low ?? .lowest, let high = high ?? .highest, low <= high else {
            intervals = []
            return
        }
        intervals = [Interval(low: low, high: high)]
    }

    private init(intervals: [Interval], exceptions: Set<EventNumber>) {
        self.intervals = intervals
        self.exceptions = exceptions
    }

    private func covers(_ number: EventNumber) -> Bool {
        let key = NumberKey(number)
        return intervals.contains { $0.low <= key && key <= $0.high }
    }

    func contains(_ number: EventNumber) -> Bool { covers(number) != exceptions.contains(number) }

    var complement: NumberSet {
        var gaps: [Interval] = []
        var low: NumberKey? = .lowest
        for interval in intervals {
            if let low, let high = interval.low.predecessor, low <= high {
                gaps.append(Interval(low: low, high: high))
            }
            low = interval.high.successor
        }
        if let low { gaps.append(Interval(low: low, high: .highest)) }
        return NumberSet(intervals: gaps, exceptions: exceptions)
    }

    func intersection(_ other: NumberSet) -> NumberSet {
        var common: [Interval] = []
        for a in intervals {
            for b in other.intervals {
                let low = max(a.low, b.low)
                let high = min(a.high, b.high)
                if low <= high { common.append(Interval(low: low, high: high)) }
            }
        }
        var result = NumberSet(intervals: common, exceptions: [])
        for number in exceptions.union(other.exceptions)
        where result.covers(number) != (contains(number) && other.contains(number)) {
            result.exceptions.insert(number)
        }
        return result
    }

    func union(_ other: NumberSet) -> NumberSet {
        complement.intersection(other.complement).complement
    }

    /// A member, nil if there is none.
    var witness: EventNumber? {
        if let member = exceptions.first(where: { !covers($0) }) { return member }
        for interval in intervals {
            if let member = member(of: interval) { return member }
        }
        return nil
    }

    /// A plain number of the interval; if all of those are removed, a decimal that shares a double with one.
    private func member(of interval: Interval) -> EventNumber? {
        let plain = [0, 1, 5, -1].map { NumberKey(EventNumber(Int64($0))) }
        for key in plain where interval.low <= key && key <= interval.high {
            if contains(key.number) { return key.number }
        }
        var keys: [NumberKey] = []
        var next: NumberKey? = interval.low
        while let key = next, key <= interval.high, keys.count <= exceptions.count {
            if contains(key.number) { return key.number }
            keys.append(key)
            next = key.successor
        }
        for key in keys {
            for index in 0...exceptions.count {
                if let number = key.neighbour(index), contains(number) { return number }
            }
        }
        return nil
    }
}
