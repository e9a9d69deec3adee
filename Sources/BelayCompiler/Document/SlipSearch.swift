/// Looks on the lines where YAML stumbled for an expression that should have been quoted.
enum SlipSearch {
    static func find(_ file: SourceFile, at offset: Int, context: Int?) -> Diagnostic? {
        var lines = [file.position(of: offset).line]
        if let context {
            let line = file.position(of: context).line
            if line != lines[0] { lines.append(line) }
        }
        if offset > 0, lines[0] > 1, file.position(of: offset).column == 1 {
            lines.append(lines[0] - 1)
        }
        for line in lines {
            if let finding = LineSearch(file, line).find() { return finding }
        }
        return nil
    }
}

/// One line, with where its keys and `${{` stand.
private struct LineSearch {
    private let file: SourceFile
    private let range: Range<Int>

    init(_ file: SourceFile, _ line: Int) {
        self.file = file
        range = file.lineRange(line)
    }

    func find() -> Diagnostic? {
        for place in keyPlaces() {
            if let slip = ExpressionSlip(file, at: place.value, isFlow: place.isFlow) {
                return slip.finding(key: place.key)
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
    private func template() -> Diagnostic? {
        let bytes = file.bytes
        guard let open = range.first(where: { bytes[$0...].starts(with: "${{".utf8) }) else {
            return nil
        }
        var scan = BalanceScan()
        var start = range.lowerBound
        for place in range.lowerBound..<open {
            scan.take(bytes[place])
            if " {[,".utf8.contains(bytes[place]) { start = place + 1 }
            if "\"'".utf8.contains(bytes[place]) { return nil }
        }
        let isFlow = !scan.isBalanced
        let end = ExpressionExtent.end(bytes, from: start, isFlow: isFlow)
        let span = SourceSpan(file: file, start: start, end: end)
        return ExpressionSlip(span, .template).finding(key: "")
    }
}
