extension ReadingContext {
    /// Text that is fixed when the file is loaded, whatever it looks like.
    func text(_ node: YAMLNode, _ what: @autoclosure () -> String = "text") -> Located<String>? {
        guard let scalar = node.scalar, !node.isNull else {
            wrongKind(node, expected: what())
            return nil
        }
        if let place = scalar.text.firstOffset(of: "${{") {
            report(
                .templateNotAllowed, "`${{ }}` cannot stand here",
                at: node.span(ofDecoded: place..<place + 3),
                label: "this is fixed when the file is loaded")
            return nil
        }
        checkNUL(node, scalar)
        return Located(scalar.text, at: node.span)
    }

    /// A NUL ends text for programs, paths and headers: nowhere is it wanted.
    func checkNUL(_ node: YAMLNode, _ scalar: YAMLScalar) {
        guard let place = scalar.text.utf8.firstIndex(of: 0) else { return }
        let offset = scalar.text.utf8.distance(from: scalar.text.startIndex, to: place)
        report(
            .nulCharacter, "a NUL character cannot stand here",
            at: node.span(ofDecoded: offset..<offset + 1),
            label: "a program, path or header would be cut here")
    }

    func name(_ node: YAMLNode, _ form: NameForm) -> Located<String>? {
        guard let text = text(node, "a name") else { return nil }
        return checked(text, form)
    }

    /// The text if it has the form of such names, else nil and a finding.
    func checked(_ text: Located<String>, _ form: NameForm) -> Located<String>? {
        if form == .identifier, Self.wordsOfExpressions.contains(text.value) {
            report(
                .invalidName, "`\(text.value)` is a word of the expression language", at: text.span,
                label: "no expression could name it",
                help: ["choose another name, such as `\(text.value)_1`"])
            return nil
        }
        guard !form.admits(text.value) else { return text }
        let lower = text.value.lowercased()
        let nearest = form.admits(lower) ? ["write `\(lower)`"] : []
        report(
            .invalidName, "`\(text.value)` is no name that can stand here", at: text.span,
            help: ["write \(form.words)"] + nearest)
        return nil
    }

    /// What cannot stand after a dot in CEL.
    private static let wordsOfExpressions: Set<String> = ["false", "in", "null", "true"]

    func word<Word: RawRepresentable & CaseIterable>(
        _ node: YAMLNode, _: Word.Type
    ) -> Located<Word>? where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue)
        guard let text = word(node, of: words), let word = Word(rawValue: text.value) else {
            return nil
        }
        return Located(word, at: text.span)
    }

    func word(_ node: YAMLNode, of words: [String]) -> Located<String>? {
        guard let text = text(node, list(words)) else { return nil }
        if words.contains(where: { $0.hasSameBytes(as: text.value) }) { return text }
        let nearest = Suggestion.nearest(to: text.value, in: words)
        report(
            .unknownValue,
            "`\(text.value)` is \(words.count > 1 ? "none of" : "not") \(list(words))",
            at: text.span,
            help: nearest.map { ["did you mean `\($0)`?"] } ?? [],
            fix: nearest.map { Fix("write `\($0)`", replace: text.span, with: $0) })
        return nil
    }

    private func list(_ words: [String]) -> String {
        let quoted = words.map { "`\($0)`" }
        guard quoted.count > 1 else { return quoted.joined() }
        return quoted.dropLast().joined(separator: ", ") + " or " + quoted[quoted.count - 1]
    }

    func integer(_ node: YAMLNode, _ range: ClosedRange<Int>) -> Located<Int>? {
        guard let text = text(node, "a whole number") else { return nil }
        let bytes = Array(text.value.utf8)
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
        let isPlain =
            !digits.isEmpty && digits.allSatisfy(CoreSchema.isDigit)
            && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
        guard isPlain, let value = Int(text.value) else {
            report(
                .invalidValue, "`\(text.value)` is no whole number", at: text.span,
                help: isPlain ? [] : ["write digits only, such as `10`"])
            return nil
        }
        guard range.contains(value) else {
            let bound =
                value < range.lowerBound
                ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
            report(
                .invalidValue, "\(value) is out of bounds", at: text.span, label: "must be \(bound)"
            )
            return nil
        }
        return Located(value, at: text.span)
    }

    func boolean(_ node: YAMLNode) -> Located<Bool>? {
        guard let text = text(node, "`true` or `false`") else { return nil }
        if let value = CoreSchema.bool(text.value) { return Located(value, at: text.span) }
        let meant: String? =
            switch text.value.lowercased() {
            case "yes", "on", "y": "true"
            case "no", "off", "n": "false"
            default: nil
            }
        report(
            .invalidValue, "`\(text.value)` is neither `true` nor `false`", at: text.span,
            help: meant.map { ["write `\($0)`"] } ?? [],
            fix: meant.map { Fix("write `\($0)`", replace: text.span, with: $0) })
        return nil
    }

    func timestamp(_ node: YAMLNode) -> Located<Timestamp>? {
        guard let text = text(node, "a time") else { return nil }
        guard let value = Timestamp(rfc3339: text.value) else {
            report(
                .invalidValue, "`\(text.value)` is no time", at: text.span,
                help: ["write it as RFC 3339: `2026-03-01T02:00:00Z`"])
            return nil
        }
        return Located(value, at: text.span)
    }
}

extension String {
    /// The offset in bytes of the first occurrence of an ASCII text.
    func firstOffset(of text: StaticString) -> Int? {
        var copy = self
        return copy.withUTF8 { bytes in
            text.withUTF8Buffer { wanted in
                guard bytes.count >= wanted.count else { return nil }
                return (0...(bytes.count - wanted.count)).first { start in
                    bytes[start] == wanted[0]
                        && (1..<wanted.count).allSatisfy { bytes[start + $0] == wanted[$0] }
                }
            }
        }
    }
}
