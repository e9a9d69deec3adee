/// A comment that silences findings of one lint in a line: `# belay: ignore RB3007 until 2027-03-01, the reason`.
///
/// It stands at the end of the line, or by itself above it. Without `until` it lasts.
struct SilencingComment {
    let code: DiagnosticCode
    let file: SourceFile
    /// The line that it is about, from 1.
    let line: Int
    /// The last day on which it counts.
    let until: CivilDate?

    func isAbout(_ diagnostic: Diagnostic) -> Bool {
        guard let span = diagnostic.primary?.span, diagnostic.code == code, span.file == file else {
            return false
        }
        return span.position.line == line
    }
}

/// Finds silencing comments in the text of files.
struct SilencingReader {
    private static let mark = Array("belay: ignore".utf8)

    private(set) var comments: [SilencingComment] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// Codes that a comment may name: those of lints.
    private let codes: [DiagnosticCode]

    init(_ files: [SourceFile], codes: [DiagnosticCode]) {
        self.codes = codes
        for file in files { read(file) }
    }

    private mutating func read(_ file: SourceFile) {
        for line in Self.marked(file) {
            let range = file.lineRange(line)
            guard let hash = Self.comment(file.bytes, range) else { continue }
            let isAlone = file.bytes[range.lowerBound..<hash].allSatisfy(Self.isBlank)
            read(
                file, hash..<range.upperBound,
                about: isAlone ? Self.nextLine(after: line, in: file) : line)
        }
    }

    /// The lines that hold the words, wherever.
    private static func marked(_ file: SourceFile) -> [Int] {
        var lines: [Int] = []
        file.bytes.withUnsafeBufferPointer { bytes in
            var place = 0
            while place + mark.count <= bytes.count {
                if bytes[place] == mark[0], bytes[place + 5] == mark[5],
                    mark.indices.allSatisfy({ bytes[place + $0] == mark[$0] })
                {
                    lines.append(file.position(of: place).line)
                    place += mark.count
                } else {
                    place += 1
                }
            }
        }
        return lines
    }

    /// Where the comment of a line begins: `#` at its start or after a blank, before the words.
    private static func comment(_ bytes: [UInt8], _ line: Range<Int>) -> Int? {
        line.first { place in
            guard bytes[place] == UInt8(ascii: "#"),
                place == line.lowerBound || isBlank(bytes[place - 1])
            else { return false }
            return bytes[(place + 1)..<line.upperBound].drop(while: isBlank).starts(with: mark)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// The next line that is neither empty nor a comment.
    private static func nextLine(after line: Int, in file: SourceFile) -> Int {
        var next = line + 1
        while next <= file.lineStarts.count {
            let first = file.bytes[file.lineRange(next)].first { !isBlank($0) }
            if let first, first != UInt8(ascii: "#") { return next }
            next += 1
        }
        return line
    }
}

extension SilencingReader {
    /// Reads `ignore CODE [until DATE,] REASON`.
    private mutating func read(_ file: SourceFile, _ range: Range<Int>, about line: Int) {
        let span = SourceSpan(file: file, start: range.lowerBound, end: range.upperBound)
        let text = file.text(range).drop { $0 == "#" || $0 == " " || $0 == "\t" }
            .dropFirst(Self.mark.count)
        var words = text.split { $0 == " " || $0 == "\t" }[...]
        guard let name = words.popFirst().map(String.init), let code = code(name, span) else {
            if words.isEmpty, text.allSatisfy(\.isWhitespace) {
                report(.invalidValue, "this comment names no finding to ignore", span)
            }
            return
        }
        var until: CivilDate?
        if words.first == "until" {
            let date = words.dropFirst().first.map { String($0).filter { $0 != "," } } ?? ""
            until = Timestamp(rfc3339: "\(date)T00:00:00Z").map(CivilDate.init)
            words = words.dropFirst(2)
            guard until != nil else {
                return report(
                    .invalidValue, "`\(date)` is no date", span,
                    help: "write `until 2027-03-01, reason`")
            }
        }
        guard !words.isEmpty else {
            return report(
                .invalidValue, "`\(name)` is ignored without a reason", span,
                help: "write why, for those who read it later")
        }
        comments.append(SilencingComment(code: code, file: file, line: line, until: until))
    }

    private mutating func code(_ name: String, _ span: SourceSpan) -> DiagnosticCode? {
        let known = DiagnosticCodes.find(name)
        if let known, codes.contains(known) { return known }
        if let known {
            report(
                .invalidValue, "`\(name)` cannot be ignored: it is no judgement", span,
                help: "mend it: \(known.summary)")
        } else {
            let near = Suggestion.nearest(to: name.uppercased(), in: codes.map(\.code))
            report(
                .unknownValue, "there is no finding `\(name)` to ignore", span,
                help: near.map { "did you mean `\($0)`?" } ?? "write a code such as RB3007")
        }
        return nil
    }

    private mutating func report(
        _ code: DiagnosticCode, _ message: String, _ span: SourceSpan, help: String? = nil
    ) {
        diagnostics.append(Diagnostic(code, message, at: span, help: help.map { [$0] } ?? []))
    }
}

extension CivilDate {
    /// The day of a time, in UTC.
    package init(_ time: Timestamp) {
        let day: Int64 = 86_400_000_000
        let days = time.microseconds / day - (time.microseconds % day < 0 ? 1 : 0)
        self.init(daysSince1970: Int(days))
    }
}
