/// Interns tests and turns them into records; equal tests are one record, whatever field they judge.
struct TestTable {
    private(set) var records: [TestRecord] = []
    private(set) var bytes: [UInt8] = []
    private(set) var ranges: [RangeRecord] = []
    private(set) var expressions: [Expression] = []
    /// The interned tests by number; records copied for a condition's list or a negation are `absent`.
    private(set) var tests: [Test] = []
    private var numbers: [Test: UInt32] = [:]

    /// The number of a test's record.
    mutating func number(_ test: Test) -> UInt32 {
        if let known = numbers[test] { return known }
        let record = record(test)
        let number = UInt32(records.count)
        records.append(record)
        numbers[test] = number
        tests.append(test)
        return number
    }

    /// Appends copies of records side by side and gives the number of the first.
    mutating func list(_ numbers: [UInt32]) -> UInt32 {
        let first = UInt32(records.count)
        for number in numbers {
            records.append(records[Int(number)])
            tests.append(.absent)
        }
        return first
    }

    /// Appends a record that asks for membership in a set of texts.
    mutating func set(_ number: UInt32) -> UInt32 {
        records.append(TestRecord(kind: .textSet, offset: number))
        tests.append(.absent)
        return UInt32(records.count - 1)
    }

    private mutating func record(_ test: Test) -> TestRecord {
        switch test {
        case .text(let text): return text.bytes.isEmpty ? TestRecord(kind: .text) : put(.text, text)
        case .prefix(let text): return put(.prefix, text)
        case .suffix(let text): return put(.suffix, text)
        case .contains(let text): return put(.contains, text)
        case .foldedText(let text): return put(.foldedText, text)
        case .foldedPrefix(let text): return put(.foldedPrefix, text)
        case .foldedSuffix(let text): return put(.foldedSuffix, text)
        case .address(let address): return put(address, kind: .address, bits: 0)
        case .block(let block): return put(block.base, kind: .block, bits: block.bits)
        case .number(let number): return put(number)
        case .bool(let value): return TestRecord(kind: .bool, flag: value)
        case .null: return TestRecord(kind: .null)
        case .present: return TestRecord(kind: .present)
        case .absent: return TestRecord(kind: .absent)
        case .wildcard(let glob): return put(glob)
        case .expression(let expression):
            expressions.append(expression)
            return TestRecord(kind: .expression, offset: UInt32(expressions.count - 1))
        case .range(let range):
            ranges.append(RangeRecord(range))
            let ends = range.plainEnds
            return TestRecord(
                kind: .range, flag: ends != nil, offset: UInt32(ranges.count - 1),
                first: ends?.low.bitPattern ?? 0, second: ends?.high.bitPattern ?? 0)
        case .noneOf(let tests):
            let numbers = tests.map { number($0) }
            return TestRecord(kind: .noneOf, length: UInt32(numbers.count), offset: list(numbers))
        }
    }

    private mutating func stretch(_ text: [UInt8]) -> Stretch {
        bytes.append(contentsOf: text)
        return Stretch(offset: UInt32(bytes.count - text.count), length: UInt32(text.count))
    }

    private mutating func put(_ kind: TestKind, _ text: ByteText) -> TestRecord {
        let place = stretch(text.bytes)
        return TestRecord(
            kind: kind, length: place.length, offset: place.offset, first: text.bytes.head)
    }

    private func put(_ address: Address, kind: TestKind, bits: Int) -> TestRecord {
        TestRecord(
            kind: kind, flag: address.isV6, bits: UInt32(bits), first: address.high,
            second: address.low)
    }

    private mutating func put(_ number: EventNumber) -> TestRecord {
        switch number {
        case .whole(let negative, let magnitude):
            return TestRecord(kind: .whole, flag: negative, first: magnitude)
        case .decimal(let negative, let digits, let exponent, let double):
            let place = stretch(digits.bytes)
            return TestRecord(
                kind: .decimal, flag: negative, length: place.length, offset: place.offset,
                first: double.bitPattern, second: UInt64(bitPattern: Int64(exponent)))
        }
    }

    private mutating func put(_ glob: Glob) -> TestRecord {
        guard glob.parts.count > 1 else { return put(.text, glob.parts[0]) }
        let parts = stretch(WildcardParts.bytes(glob))
        return TestRecord(
            kind: .wildcard, length: UInt32(glob.parts.count), offset: parts.offset,
            bits: parts.length)
    }

    /// Puts bytes that are no test's into the pool.
    mutating func pool(_ text: [UInt8]) -> UInt32 { stretch(text).offset }
}

extension [UInt8] {
    /// The first eight bytes as a word, zeros after the end.
    var head: UInt64 {
        var word: UInt64 = 0
        for (index, byte) in prefix(8).enumerated() { word |= UInt64(byte) << UInt64(index * 8) }
        return word
    }

    /// The last eight bytes as a word if there are more than eight, else 0.
    var tail: UInt64 { count > 8 ? Array(suffix(8)).head : 0 }

    /// The hash that the matcher computes of the same bytes.
    func accessHash(tag: UInt32) -> UInt64 {
        let padded = self + Array(repeating: 0, count: 16)
        return padded.withUnsafeBufferPointer { Hashing.bytes($0.baseAddress!, count, tag: tag) }
    }
}

extension NumberRange {
    /// The ends as closed ones, if doubles hold the bounds exactly.
    fileprivate var plainEnds: (low: Double, high: Double)? {
        guard let low = NumberRange.exact(lower), let high = NumberRange.exact(upper) else {
            return nil
        }
        return (
            lower.map { $0.included ? low : low.nextUp } ?? -.infinity,
            upper.map { $0.included ? high : high.nextDown } ?? .infinity
        )
    }

    /// The double that a bound is, nil if there is none; any if there is no bound.
    private static func exact(_ bound: Bound?) -> Double? {
        guard let bound else { return 0 }
        if case .whole(_, let magnitude) = bound.number, magnitude > 1 << 53 { return nil }
        return bound.number.double
    }
}

extension RangeRecord {
    init(_ range: NumberRange) {
        self.init(
            lowerBound: RangeRecord.bound(range.lower), upperBound: RangeRecord.bound(range.upper),
            lower: NumberRecord(range.lower?.number ?? 0),
            upper: NumberRecord(range.upper?.number ?? 0))
    }

    private static func bound(_ bound: NumberRange.Bound?) -> Bound {
        bound.map { $0.included ? .included : .excluded } ?? .none
    }
}

extension NumberRecord {
    init(_ number: EventNumber) {
        switch number {
        case .whole(let negative, let magnitude):
            self.init(kind: negative ? .negative : .positive, bits: magnitude)
        case .decimal(_, _, _, let double): self.init(kind: .decimal, bits: double.bitPattern)
        }
    }
}
