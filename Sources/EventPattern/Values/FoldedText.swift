/// Comparison of an event's text, which must be valid UTF-8, with text that is already case-folded.
enum FoldedText {
    /// Reads one scalar of valid UTF-8 and moves past it.
    @inline(__always)
    static func next(_ text: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> UInt32 {
        let lead = UInt32(text[place])
        if lead < 0x80 {
            place += 1
            return lead
        }
        func tail(_ i: Int) -> UInt32 { UInt32(text[place + i] & 0x3F) }
        if lead < 0xE0 {
            defer { place += 2 }
            return (lead & 0x1F) << 6 | tail(1)
        }
        if lead < 0xF0 {
            defer { place += 3 }
            return (lead & 0x0F) << 12 | tail(1) << 6 | tail(2)
        }
        defer { place += 4 }
        return (lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3)
    }

    /// The place of the scalar that ends before `place`.
    @inline(__always)
    static func previous(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
        var place = place - 1
        while text[place] & 0xC0 == 0x80 { place -= 1 }
        return place
    }

    /// Whether the text, folded, begins with `folded`; `whole` also asks that it ends there.
    static func begins(
        _ text: UnsafeBufferPointer<UInt8>, with folded: UnsafeBufferPointer<UInt8>, whole: Bool
    ) -> Bool {
        var place = 0
        var other = 0
        while other < folded.count {
            guard place < text.count else { return false }
            guard CaseFolding.fold(next(text, &place)) == next(folded, &other) else { return false }
        }
        return !whole || place == text.count
    }

    /// Whether the text, folded, ends with `folded`.
    static func ends(
        _ text: UnsafeBufferPointer<UInt8>, with folded: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        var place = text.count
        var other = folded.count
        while other > 0 {
            guard place > 0 else { return false }
            place = previous(text, place)
            other = previous(folded, other)
            var (a, b) = (place, other)
            guard CaseFolding.fold(next(text, &a)) == next(folded, &b) else { return false }
        }
        return true
    }

    /// Writes a text's folding and gives its length in bytes; the target must hold twice the text's bytes.
    static func fold(_ text: UnsafeBufferPointer<UInt8>, into target: UnsafeMutablePointer<UInt8>)
        -> Int
    {
        var place = 0
        var length = 0
        while place < text.count {
            let scalar = CaseFolding.fold(next(text, &place))
            JSONGrammar.encode(scalar) { byte in
                target[length] = byte
                length += 1
            }
        }
        return length
    }
}
