/// Evaluates tests against leaves.
struct LeafTests {
    let view: ProgramView
    let expressions: Unmanaged<Program>

    /// Whether a test holds for a leaf.
    @inline(__always)
    func holds(_ test: UnsafePointer<TestRecord>, _ leaf: UnsafePointer<Leaf>) -> Bool {
        if test.pointee.kind == .text {
            guard leaf.pointee.kind == .text, leaf.pointee.length == test.pointee.length else {
                return false
            }
            return equalsText(test, leaf)
        }
        if test.pointee.kind == .prefix {
            guard leaf.pointee.kind == .text, leaf.pointee.length >= test.pointee.length else {
                return false
            }
            return beginsWithText(test, leaf)
        }
        if test.pointee.kind == .range, test.pointee.flag, let value = leaf.pointee.plainDouble {
            return value >= Double(bitPattern: test.pointee.first)
                && value <= Double(bitPattern: test.pointee.second)
        }
        return holdsOther(test, leaf)
    }

    @inline(__always)
    private func equalsText(_ test: UnsafePointer<TestRecord>, _ leaf: UnsafePointer<Leaf>) -> Bool
    {
        let length = Int(leaf.pointee.length)
        guard Hashing.head(leaf.pointee.start, length) == test.pointee.first else { return false }
        return length <= 8
            || Hashing.equal(leaf.pointee.start, view.bytes + Int(test.pointee.offset), length)
    }

    /// Whether a text that is long enough begins with a test's; eight bytes are compared in place.
    @inline(__always)
    private func beginsWithText(_ test: UnsafePointer<TestRecord>, _ leaf: UnsafePointer<Leaf>)
        -> Bool
    {
        let length = Int(test.pointee.length)
        guard Hashing.head(leaf.pointee.start, length) == test.pointee.first else { return false }
        return length <= 8
            || Hashing.equal(leaf.pointee.start, view.bytes + Int(test.pointee.offset), length)
    }

    private func holdsOther(_ test: UnsafePointer<TestRecord>, _ leaf: UnsafePointer<Leaf>) -> Bool
    {
        let record = test.pointee
        let kind = leaf.pointee.kind
        switch record.kind {
        case .present: return true
        case .absent: return false
        case .noneOf: return !anyHolds(record.offset, record.length, leaf)
        case .null: return kind == .null
        case .bool: return kind == (record.flag ? .yes : .no)
        case .whole:
            return kind == (record.flag ? .negative : .positive)
                && leaf.pointee.bits == record.first
        case .decimal: return kind == .decimal && equalsDecimal(record, leaf)
        case .range: return kind.isNumber && inRange(view.ranges + Int(record.offset), leaf)
        default: return kind == .text && holdsText(test, leaf)
        }
    }

    private func anyHolds(_ offset: UInt32, _ count: UInt32, _ leaf: UnsafePointer<Leaf>) -> Bool {
        let first = view.tests + Int(offset)
        for index in 0..<Int(count) where holds(first + index, leaf) { return true }
        return false
    }

    /// Equality by exact decimal value: the doubles must be equal, and for long literals the digits too.
    private func equalsDecimal(_ test: TestRecord, _ leaf: UnsafePointer<Leaf>) -> Bool {
        guard leaf.pointee.bits == test.first else { return false }
        let digits = DecimalDigits(
            UnsafeBufferPointer(start: leaf.pointee.start, count: Int(leaf.pointee.length)))
        return digits.negative == test.flag
            && digits.exponent == Int(Int64(bitPattern: test.second))
            && digits.hasDigits(view.bytes + Int(test.offset), Int(test.length))
    }
}

// MARK: - Text

extension LeafTests {
    private func holdsText(_ test: UnsafePointer<TestRecord>, _ leaf: UnsafePointer<Leaf>) -> Bool {
        let text = UnsafeBufferPointer(start: leaf.pointee.start, count: Int(leaf.pointee.length))
        let operand = UnsafeBufferPointer(
            start: view.bytes + Int(test.pointee.offset), count: Int(test.pointee.length))
        switch test.pointee.kind {
        case .suffix:
            return text.count >= operand.count
                && Hashing.equal(
                    leaf.pointee.start + (text.count - operand.count), operand.baseAddress!,
                    operand.count)
        case .contains: return TextSearch.first(operand, in: text, from: 0, to: text.count) != nil
        case .foldedText: return FoldedText.begins(text, with: operand, whole: true)
        case .foldedPrefix: return FoldedText.begins(text, with: operand, whole: false)
        case .foldedSuffix: return FoldedText.ends(text, with: operand)
        case .wildcard: return matches(test, text)
        case .expression:
            return expressions._withUnsafeGuaranteedRef {
                $0.expressions[Int(test.pointee.offset)].isFound(in: text)
            }
        case .address: return Address(text) == address(test.pointee)
        case .block:
            guard let address = Address(text), address.isV6 == test.pointee.flag else {
                return false
            }
            return AddressBlock.masked(address, bits: Int(test.pointee.bits))
                == self.address(test.pointee)
        default: return false
        }
    }

    private func address(_ test: TestRecord) -> Address {
        Address(isV6: test.flag, high: test.first, low: test.second)
    }

    /// A wildcard with at least one star: first part at the start, last at the end, the others between in order.
    ///
    /// Its parts stand in the pool in the order in which they are compared, first, last, others, each behind its length.
    private func matches(
        _ wildcard: UnsafePointer<TestRecord>, _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        var parts = WildcardParts(at: view.bytes + Int(wildcard.pointee.offset))
        let head = parts.next()
        let tail = parts.next()
        guard text.count >= head.count + tail.count, let start = text.baseAddress,
            Hashing.equal(start, head.baseAddress!, head.count),
            Hashing.equal(start + (text.count - tail.count), tail.baseAddress!, tail.count)
        else { return false }
        var from = head.count
        let to = text.count - tail.count
        for _ in 2..<wildcard.pointee.length {
            let part = parts.next()
            guard let found = TextSearch.first(part, in: text, from: from, to: to) else {
                return false
            }
            from = found + part.count
        }
        return true
    }
}

/// Walks the parts of a wildcard in the pool of bytes.
struct WildcardParts {
    private var place: UnsafePointer<UInt8>

    init(at place: UnsafePointer<UInt8>) { self.place = place }

    @inline(__always)
    mutating func next() -> UnsafeBufferPointer<UInt8> {
        let length = UInt32(
            littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt32.self))
        let part = UnsafeBufferPointer(start: place + 4, count: Int(length))
        place += 4 + Int(length)
        return part
    }

    /// The bytes that `next` walks.
    static func bytes(_ glob: Glob) -> [UInt8] {
        let parts = glob.parts
        let order = [parts[0], parts[parts.count - 1]] + parts[1..<(parts.count - 1)]
        return order.flatMap { part in
            let length = UInt32(part.bytes.count)
            return (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + part.bytes
        }
    }
}

// MARK: - Numbers

extension LeafTests {
    private func inRange(_ range: UnsafePointer<RangeRecord>, _ leaf: UnsafePointer<Leaf>) -> Bool {
        if range.pointee.lowerBound != .none {
            let order = LeafTests.order(leaf, range.pointee.lower)
            guard order == .above || order == .same && range.pointee.lowerBound == .included else {
                return false
            }
        }
        if range.pointee.upperBound != .none {
            let order = LeafTests.order(leaf, range.pointee.upper)
            guard order == .below || order == .same && range.pointee.upperBound == .included else {
                return false
            }
        }
        return true
    }

    @inline(__always)
    private static func order(_ leaf: UnsafePointer<Leaf>, _ bound: NumberRecord) -> NumberOrder {
        let kind = leaf.pointee.kind
        let bits = leaf.pointee.bits
        switch (kind == .decimal, bound.kind == .decimal) {
        case (true, true): return .of(Double(bitPattern: bits), Double(bitPattern: bound.bits))
        case (false, true):
            return .of(negative: kind == .negative, magnitude: bits, Double(bitPattern: bound.bits))
        case (true, false):
            return NumberOrder.of(
                negative: bound.kind == .negative, magnitude: bound.bits, Double(bitPattern: bits)
            ).reversed
        case (false, false):
            if kind != bound.kind { return kind == .negative ? .below : .above }
            return kind == .positive ? .of(bits, bound.bits) : .of(bound.bits, bits)
        }
    }
}

/// Search for bytes within bytes, eight places at a time.
enum TextSearch {
    /// The first place in `start..<end` of `text` where `part` stands wholly, nil if there is none; bytes beyond the
    /// text's end are readable.
    static func first(
        _ part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int,
        to end: Int
    ) -> Int? {
        guard let needle = part.baseAddress, !part.isEmpty else {
            return start <= end ? start : nil
        }
        guard let base = text.baseAddress, end - start >= part.count else { return nil }
        let lastPlace = end - part.count
        let last = part.count - 1
        var at = start
        while at <= lastPlace {
            var both =
                WordScan.places(of: needle[0], in: Hashing.word(base + at))
                & WordScan.places(of: needle[last], in: Hashing.word(base + (at + last)))
            while both != 0 {
                let place = at + both.trailingZeroBitCount &>> 3
                if place > lastPlace { return nil }
                if Hashing.equal(base + place, needle, part.count) { return place }
                both &= both &- 1
            }
            at += 8
        }
        return nil
    }
}
