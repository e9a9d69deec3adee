/// A test of text as a row of scalars and stars: what the automaton runs.
struct TextShape: Hashable, Sendable {
    enum Token: Hashable, Sendable {
        case star
        case scalar(UInt32)
        /// Any scalar whose simple case folding is this.
        case folded(UInt32)
    }

    let tokens: [Token]

    /// The shape of a test, nil if its texts cannot be said in this way.
    init?(_ test: Test) {
        switch test {
        case .text(let text): tokens = TextShape.scalars(text)
        case .prefix(let text): tokens = TextShape.scalars(text) + [.star]
        case .suffix(let text): tokens = [.star] + TextShape.scalars(text)
        case .contains(let text): tokens = [.star] + TextShape.scalars(text) + [.star]
        case .foldedText(let text): tokens = TextShape.folded(text)
        case .foldedPrefix(let text): tokens = TextShape.folded(text) + [.star]
        case .foldedSuffix(let text): tokens = [.star] + TextShape.folded(text)
        case .wildcard(let glob):
            tokens = Array(glob.parts.map { TextShape.scalars($0) }.joined(separator: [.star]))
        default: return nil
        }
    }

    private static func scalars(_ text: ByteText) -> [Token] {
        text.text.unicodeScalars.map { .scalar($0.value) }
    }

    private static func folded(_ text: ByteText) -> [Token] {
        text.text.unicodeScalars.map { .folded($0.value) }
    }
}

extension TextShape {
    /// The places reached without reading anything.
    var start: [UInt64] {
        var places = Array(repeating: UInt64(0), count: tokens.count / 64 + 1)
        add(0, &places)
        return places
    }

    /// The places reached from others by reading a scalar.
    func step(_ places: [UInt64], _ scalar: UInt32) -> [UInt64] {
        var result = Array(repeating: UInt64(0), count: places.count)
        let folded = CaseFolding.fold(scalar)
        for (index, token) in tokens.enumerated()
        where places[index / 64] >> UInt64(index % 64) & 1 == 1 {
            switch token {
            case .star: add(index, &result)
            case .scalar(let wanted): if wanted == scalar { add(index + 1, &result) }
            case .folded(let wanted): if wanted == folded { add(index + 1, &result) }
            }
        }
        return result
    }

    /// Whether the text read so far is one of the shape.
    func isAccepting(_ places: [UInt64]) -> Bool {
        places[tokens.count / 64] >> UInt64(tokens.count % 64) & 1 == 1
    }

    private func add(_ place: Int, _ places: inout [UInt64]) {
        var place = place
        places[place / 64] |= 1 << UInt64(place % 64)
        while place < tokens.count, tokens[place] == .star {
            place += 1
            places[place / 64] |= 1 << UInt64(place % 64)
        }
    }
}
