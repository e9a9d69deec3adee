/// What a person is told when libyaml stops.
enum SyntaxFinding {
    static func make(_ failure: EventStream.Failure, in file: SourceFile) -> Diagnostic {
        if failure.isUnreadable { return unreadable(failure, file) }
        if let tab = tab(failure, file) { return tab }
        return syntax(failure, file)
    }

    private static func unreadable(_ failure: EventStream.Failure, _ file: SourceFile) -> Diagnostic
    {
        let span = SourceSpan(
            file: file, start: failure.offset, end: min(failure.offset + 1, file.bytes.count))
        if failure.problem.hasPrefix("control") {
            return Diagnostic(
                .unreadableCharacter,
                "a control character, \(codePoint(file, failure.offset)), cannot stand in a file",
                at: span, help: ["remove it, or write it as an escape in double quotes"])
        }
        let place = UTF8Check.firstFault(in: file.bytes) ?? failure.offset
        let byte = place < file.bytes.count ? file.bytes[place] : 0
        let hex = String(byte, radix: 16, uppercase: true)
        return Diagnostic(
            .unreadableCharacter, "the byte 0x\(hex.utf8.count < 2 ? "0" : "")\(hex) is not UTF-8",
            at: SourceSpan(file: file, start: place, end: min(place + 1, file.bytes.count)),
            help: ["save the file as UTF-8"])
    }

    private static func codePoint(_ file: SourceFile, _ offset: Int) -> String {
        let text = String(decoding: file.bytes[offset...].prefix(4), as: UTF8.self)
        let value = text.unicodeScalars.first?.value ?? 0
        let hex = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - hex.utf8.count)) + hex
    }

    /// A tab among the blanks before the place.
    private static func tab(_ failure: EventStream.Failure, _ file: SourceFile) -> Diagnostic? {
        let line = file.lineRange(file.position(of: failure.offset).line)
        let blanks = file.bytes[line].prefix { $0 == 0x20 || $0 == 0x09 }
        guard let first = blanks.firstIndex(of: 0x09), failure.offset <= blanks.endIndex else {
            return nil
        }
        let tabs = file.bytes[first..<blanks.endIndex].prefix { $0 == 0x09 }
        let span = SourceSpan(file: file, start: first, end: tabs.endIndex)
        return Diagnostic(
            .tabIndentation, "a tab in the indentation", at: span,
            help: ["YAML indents with spaces only"],
            fix: Fix(
                "indent with spaces", replace: span,
                with: String(repeating: "  ", count: tabs.count)))
    }

    private static func syntax(_ failure: EventStream.Failure, _ file: SourceFile) -> Diagnostic {
        let words = Words(failure, file)
        var place = failure.offset
        var notes: [Diagnostic.Label] = []
        if let context = failure.contextOffset, context != place {
            if words.pointsAtContext {
                place = context
            } else if !words.note.isEmpty {
                notes = [
                    Diagnostic.Label(
                        SourceSpan(file: file, start: context, end: context), words.note)
                ]
            }
        }
        return Diagnostic(
            .syntax, words.message, at: character(file, place), label: words.label, notes: notes,
            help: words.help)
    }

    /// The character at an offset, or the empty place at the end.
    private static func character(_ file: SourceFile, _ offset: Int) -> SourceSpan {
        var end = min(offset + 1, file.bytes.count)
        while end < file.bytes.count, file.bytes[end] & 0xC0 == 0x80 { end += 1 }
        return SourceSpan(file: file, start: min(offset, file.bytes.count), end: end)
    }
}

/// libyaml's words in ours.
private struct Words {
    var message: String
    var label = ""
    var note = ""
    var help: [String] = []
    var pointsAtContext = false

    init(_ failure: EventStream.Failure, _ file: SourceFile) {
        let problem = failure.problem
        switch problem {
        case "mapping values are not allowed in this context":
            message = "`:` cannot stand here"
            label = "YAML takes this for a key inside a value"
            help = ["quote the text if the colon is part of it, else check the indentation above"]
        case "did not find expected key":
            message = "a key was expected here"
            note = "in this map"
            help = [
                "keys of one map stand in one column; quote a value that holds special characters"
            ]
        case "could not find expected ':'":
            message = "a key without `:`"
            label = "`:` was expected before this"
            note = "the key begins here"
        case "did not find expected '-' indicator":
            message = "an item of a list begins with `- ` in the column of the items above"
            note = "in this list"
        case "block sequence entries are not allowed in this context":
            message = "a list cannot begin here"
            help = ["put `- ` on a line of its own, or write the list in `[ ]`"]
        case "did not find expected ',' or ']'":
            message = "`,` or `]` was expected here"
            note = "the list begins here"
        case "did not find expected ',' or '}'":
            message = "`,` or `}` was expected here"
            note = "the map begins here"
        case "found unexpected end of stream" where failure.context.contains("quoted"):
            message = "the quote that opens here is never closed"
            pointsAtContext = true
        case "found unknown escape character":
            message = "an escape that YAML does not have"
            help = ["write `\\\\` for a backslash, or use single quotes"]
        case "found character that cannot start any token":
            message = "a value cannot begin with \(Words.shown(file, failure.offset))"
            help = ["quote the text"]
        default:
            message = problem.isEmpty ? "the text is not well-formed YAML" : problem
            note = failure.context
        }
    }

    private static func shown(_ file: SourceFile, _ offset: Int) -> String {
        let character = String(decoding: file.bytes[offset...].prefix(1), as: UTF8.self)
        return "`\(character)`"
    }
}
