/// A wildcard's text cut at its stars: literal parts, the first anchored at the start, the last at the end.
///
/// One part means no star: the text must equal it. Checked part by part, in time linear in the text for each
/// part; nothing is compiled that could grow.
struct Glob: Hashable, Sendable {
    let parts: [ByteText]

    /// What is wrong with a wildcard's text; positions are 0-based offsets in bytes.
    struct Fault: Error {
        let message: String
    }

    init(_ text: String) throws(Fault) {
        var parts: [ByteText] = []
        var part: [UInt8] = []
        var afterStar = false
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            let offset = bytes.startIndex - 1
            switch byte {
            case UInt8(ascii: "*"):
                guard !afterStar else {
                    throw Fault(message: "consecutive wildcard characters at offset \(offset)")
                }
                parts.append(ByteText(part))
                part = []
                afterStar = true
                continue
            case UInt8(ascii: "\\"):
                guard let next = bytes.popFirst(),
                    next == UInt8(ascii: "*") || next == UInt8(ascii: "\\")
                else {
                    throw Fault(
                        message: "invalid escape at offset \(offset): only \\* and \\\\ exist")
                }
                part.append(next)
            default: part.append(byte)
            }
            afterStar = false
        }
        self.parts = parts + [ByteText(part)]
    }

    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let first = parts[0].bytes
        guard parts.count > 1 else { return text.elementsEqual(first) }
        let last = parts[parts.count - 1].bytes
        guard text.count >= first.count + last.count, text.starts(with: first),
            text.suffix(last.count).elementsEqual(last)
        else { return false }
        var start = first.count
        let end = text.count - last.count
        for part in parts.dropFirst().dropLast() {
            guard let found = ByteSearch.first(part.bytes, in: text, from: start, to: end) else {
                return false
            }
            start = found + part.bytes.count
        }
        return true
    }
}

/// Search for bytes within bytes.
enum ByteSearch {
    /// The first place in `start..<end` of `text` where `part` stands wholly, nil if there is none.
    static func first(
        _ part: [UInt8], in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> Int? {
        guard let head = part.first else { return start <= end ? start : nil }
        guard end - start >= part.count else { return nil }
        var place = start
        while place <= end - part.count {
            if text[place] == head, text[place..<(place + part.count)].elementsEqual(part) {
                return place
            }
            place += 1
        }
        return nil
    }
}
