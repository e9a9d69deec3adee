/// The way back from the decoded text of a scalar to the bytes of its file.
///
/// It is worked out only when a message needs it, by walking both texts side by side: whatever is not blank stands in
/// both in the same order, escapes and doubled quotes are the only exceptions.
struct ScalarOffsets {
    /// For each byte of the decoded text, and for its end, the offset in the file; nil if the two texts do not agree.
    let offsets: [Int]?

    init(_ scalar: YAMLScalar, at span: SourceSpan) {
        let walk = ScalarWalk(
            raw: span.file.bytes, range: span.range, decoded: Array(scalar.text.utf8))
        offsets =
            switch scalar.style {
            case .plain: walk.unescaped(from: span.start, to: span.end)
            case .single: walk.single()
            case .double: walk.double()
            case .literal, .folded: walk.block()
            }
    }
}

extension YAMLNode {
    /// Where a range of bytes of a scalar's decoded text stands in the file; the whole scalar if that cannot be told.
    package func span(ofDecoded range: Range<Int>) -> SourceSpan {
        guard let scalar, let offsets = ScalarOffsets(scalar, at: span).offsets else { return span }
        let start = offsets[min(max(range.lowerBound, 0), offsets.count - 1)]
        guard !range.isEmpty else { return SourceSpan(file: span.file, start: start, end: start) }
        var end = offsets[min(max(range.upperBound, 0), offsets.count - 1)]
        while end > start + 1, ScalarWalk.isBlank(span.file.bytes[end - 1]) { end -= 1 }
        return SourceSpan(file: span.file, start: start, end: max(end, start + 1))
    }
}

/// Two texts walked side by side.
struct ScalarWalk {
    let raw: [UInt8]
    let range: Range<Int>
    let decoded: [UInt8]

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// Plain text and the content of blocks: nothing is escaped, runs of blanks may differ.
    func unescaped(from start: Int, to end: Int) -> [Int]? {
        var offsets: [Int] = []
        var place = start
        while offsets.count < decoded.count {
            let run = decoded[offsets.count...].prefix(while: Self.isBlank)
            let source = raw[place..<end].prefix(while: Self.isBlank)
            offsets += blanks(run, in: source.indices)
            place = source.endIndex
            guard offsets.count < decoded.count else { break }
            guard place < end, raw[place] == decoded[offsets.count] else { return nil }
            offsets.append(place)
            place += 1
        }
        return offsets + [
            decoded.last.map(Self.isBlank) == true ? place : (offsets.last ?? start - 1) + 1
        ]
    }

    /// Blanks after the last line break are counted from the end, so that what stands behind an indentation is met.
    private func blanks(_ run: ArraySlice<UInt8>, in source: Range<Int>) -> [Int] {
        let lastBreak = run.lastIndex(of: 0x0A) ?? run.startIndex - 1
        return run.indices.map { index in
            let fromEnd = source.upperBound - (run.endIndex - index)
            let fromStart = source.lowerBound + (index - run.startIndex)
            let place = index > lastBreak ? fromEnd : fromStart
            return min(max(place, source.lowerBound), max(source.upperBound - 1, source.lowerBound))
        }
    }

    /// The text after the line of the indicator `|` or `>`.
    func block() -> [Int]? {
        guard let line = raw[range].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
            return decoded.isEmpty ? [range.upperBound] : nil
        }
        return unescaped(from: line, to: blockEnd())
    }

    /// A block's trailing line breaks lie behind its span.
    private func blockEnd() -> Int {
        var end = range.upperBound
        while end < raw.count, Self.isBlank(raw[end]) { end += 1 }
        return end
    }

    func single() -> [Int]? { quoted(UInt8(ascii: "'")) { _ in nil } }

    func double() -> [Int]? {
        quoted(UInt8(ascii: "\"")) { place in Self.escape(raw, place) }
    }

    /// Quoted text: `escape` gives the length in the file of an escape that begins at a backslash, and of what it makes.
    private func quoted(_ quote: UInt8, _ escape: (Int) -> (source: Int, made: Int)?) -> [Int]? {
        var offsets: [Int] = []
        var place = range.lowerBound + 1
        let end = range.upperBound - 1
        func note(_ count: Int, _ at: Int) { offsets += repeatElement(at, count: count) }
        while place < end, offsets.count <= decoded.count {
            let byte = raw[place]
            if byte == UInt8(ascii: "\\"), let found = escape(place) {
                note(found.made, place)
                place += found.source
            } else if byte == quote {
                note(1, place)
                place += 2
            } else if Self.isBlank(byte) {
                let run = raw[place..<end].prefix(while: Self.isBlank)
                let breaks = Self.breaks(run)
                if breaks == 0 {
                    for blank in run.indices { note(1, blank) }
                } else {
                    note(max(1, breaks - 1), place)
                }
                place = run.endIndex
            } else {
                note(1, place)
                place += 1
            }
        }
        return offsets.count == decoded.count ? offsets + [end] : nil
    }

    private static func breaks(_ run: ArraySlice<UInt8>) -> Int {
        var count = 0
        for place in run.indices {
            if run[place] == 0x0A { count += 1 }
            if run[place] == 0x0D, place + 1 >= run.endIndex || run[place + 1] != 0x0A {
                count += 1
            }
        }
        return count
    }

    private static func escape(_ raw: [UInt8], _ place: Int) -> (source: Int, made: Int)? {
        guard place + 1 < raw.count else { return nil }
        switch raw[place + 1] {
        case UInt8(ascii: "x"): return (4, made(raw, place + 2, 2))
        case UInt8(ascii: "u"): return (6, made(raw, place + 2, 4))
        case UInt8(ascii: "U"): return (10, made(raw, place + 2, 8))
        case UInt8(ascii: "N"), UInt8(ascii: "_"): return (2, 2)
        case UInt8(ascii: "L"), UInt8(ascii: "P"): return (2, 3)
        case let byte where isBlank(byte) && byte != 0x20 && byte != 0x09:
            return (1 + raw[(place + 1)...].prefix(while: isBlank).count, 0)
        default: return (2, 1)
        }
    }

    /// Bytes of UTF-8 that a hexadecimal escape makes.
    private static func made(_ raw: [UInt8], _ start: Int, _ count: Int) -> Int {
        let digits = String(decoding: raw[start..<min(start + count, raw.count)], as: UTF8.self)
        switch UInt32(digits, radix: 16) ?? 0 {
        case 0..<0x80: return 1
        case 0x80..<0x800: return 2
        case 0x800..<0x10000: return 3
        default: return 4
        }
    }
}
