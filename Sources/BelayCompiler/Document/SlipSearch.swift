/// Looks on the lines where YAML stumbled for an expression that should have been quoted.
enum SlipSearch {
    static func find(_ file: SourceFile, at offset: Int, context: Int?) -> NamedSlip? {
        var lines = [file.position(of: offset).line]
        if let context {
            let line = file.position(of: context).line
            if line != lines[0] { lines.append(line) }
        }
        if offset > 0, lines[0] > 1, file.position(of: offset).column == 1 {
            lines.append(lines[0] - 1)
        }
        for line in lines {
            if let slip = LineSearch(file, line).find() { return slip }
        }
        return nil
    }
}

/// A slip with the key whose value it is.
struct NamedSlip {
    var slip: ExpressionSlip
    var key: String

    var finding: Diagnostic { slip.finding(key: key) }
}

/// One line, with where its keys and `${{` stand.
private struct LineSearch {
    private let file: SourceFile
    private let range: Range<Int>

    init(_ file: SourceFile, _ line: Int) {
        self.file = file
        range = file.lineRange(line)
    }

    func find() -> NamedSlip? {
        for place in keyPlaces() {
            if let slip = ExpressionSlip(file, at: place.value, isFlow: place.isFlow) {
                return NamedSlip(slip: slip, key: place.key)
            }
        }
        return template()
    }

    private struct Place {
        var key: String
        var value: Int
        var isFlow: Bool
    }

    /// Expression keys of the line with the beginning of their values.
    private func keyPlaces() -> [Place] {
        let bytes = file.bytes
        var places: [Place] = []
        var flow = 0
        var wordStart = range.lowerBound
        for place in range {
            switch bytes[place] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): flow += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): flow -= 1
            case UInt8(ascii: ":"):
                let word = String(decoding: bytes[wordStart..<place], as: UTF8.self)
                guard ExpressionSlip.keys.contains(word) else { continue }
                let value = bytes[(place + 1)..<range.upperBound].prefix { $0 == 0x20 }.endIndex
                if value > place + 1, value < range.upperBound {
                    places.append(Place(key: word, value: value, isFlow: flow > 0))
                }
            default: break
            }
            if !isWord(bytes[place]) { wordStart = place + 1 }
        }
        return places
    }

    private func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || CoreSchema.isDigit(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    /// A value with `${{` that is not quoted.
    private func template() -> NamedSlip? {
        let bytes = file.bytes
        guard let open = range.first(where: { bytes[$0...].starts(with: "${{".utf8) }) else {
            return nil
        }
        let before = bytes[range.lowerBound..<open]
        guard !before.contains(where: { "\"'".utf8.contains($0) }) else { return nil }
        let isFlow = !BalanceScan.isBalanced(before)
        let start = valueStart(before, isFlow: isFlow)
        let end = ExpressionExtent.end(bytes, from: start, isFlow: isFlow)
        let span = SourceSpan(file: file, start: start, end: end)
        return NamedSlip(slip: ExpressionSlip(span, .template), key: "")
    }

    /// Where the value begins that holds the end of `before`: behind its key, `- `, comma or bracket.
    private func valueStart(_ before: ArraySlice<UInt8>, isFlow: Bool) -> Int {
        var start = before.startIndex
        if isFlow, let mark = before.lastIndex(where: { "{[,".utf8.contains($0) }) {
            start = mark + 1
        }
        start = before[start...].prefix { $0 == 0x20 }.endIndex
        while before[start...].starts(with: "- ".utf8) {
            start = before[(start + 1)...].prefix { $0 == 0x20 }.endIndex
        }
        let colon = before[start...].indices.first { before[$0...].starts(with: ": ".utf8) }
        guard let colon else { return start }
        return before[(colon + 1)...].prefix { $0 == 0x20 }.endIndex
    }
}
