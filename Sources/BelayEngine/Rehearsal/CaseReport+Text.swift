import BelayCompiler

extension CaseReport {
    /// The report for people: one line if the case passed, else expected and got side by side and what led to it.
    package var text: String {
        guard !passed else { return "ok    \(name)\n" }
        var lines = ["FAIL  \(name)", "      at \(span.location)"]
        lines += problems.map { "      error: \($0.message)\n             at \($0.span.location)" }
        lines += table
        lines += drawings.flatMap { drawing in
            [""]
                + drawing.split(separator: "\n", omittingEmptySubsequences: false).map {
                    "        \($0)"
                }
        }
        if !trace.isEmpty {
            lines += ["", "      what happened:"]
            lines += trace.map { "        \(Self.padded("+\($0.after.text)", 8)) \($0.text)" }
        }
        let command = "belay test \(file) --run '^\(Self.escaped(name))$'"
        return (lines + ["", "      alone: \(command)"]).joined(separator: "\n") + "\n"
    }

    private var table: [String] {
        guard !mismatches.isEmpty else { return [] }
        let what = max(4, mismatches.map(\.what.count).max() ?? 0)
        let expected = max(8, mismatches.map(\.expected.count).max() ?? 0)
        var lines = [
            "      \(Self.padded("", what))  \(Self.padded("expected", expected))  got"
        ]
        for mismatch in mismatches {
            lines.append(
                "      \(Self.padded(mismatch.what, what))  \(Self.padded(mismatch.expected, expected))  \(mismatch.got)"
            )
            lines.append("      \(Self.padded("", what))  at \(mismatch.span.location)")
            if let mock = mismatch.mock {
                lines.append("      \(Self.padded("", what))  its mock at \(mock.location)")
            }
        }
        return lines
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func escaped(_ name: String) -> String {
        name.reduce(into: "") { text, character in
            if #"\^$.|?*+()[]{}'"#.contains(character) { text.append("\\") }
            text.append(character)
        }
    }
}

extension SourceSpan {
    /// `runbooks/cache.test.yaml:12:5`.
    fileprivate var location: String {
        let position = position
        return "\(file.path):\(position.line):\(position.column)"
    }
}
