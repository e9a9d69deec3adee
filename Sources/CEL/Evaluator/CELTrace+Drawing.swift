extension CELTrace {
    /// The source with a bar down from each sub-expression to its value:
    ///
    ///     result.value < 70
    ///            |     |
    ///            71    false
    ///
    /// Literals and plain records are left out, and what a macro evaluated more than once is left to its result. An error is drawn
    /// at the innermost sub-expression that gave it. Text is cut to 40 characters a value.
    public func drawing(_ source: String) -> String {
        let (line, columns) = Self.flattened(source)
        var marks: [Int: String] = [:]
        var failed: Set<ObjectIdentifier> = []
        for entry in entries where !entry.isLiteral && entry.loopDepth == 0 {
            guard columns.indices.contains(entry.anchor.lowerBound) else { continue }
            let column = columns[entry.anchor.lowerBound]
            switch entry.result {
            case .success(let value):
                if Self.isRecord(value) { continue }
                marks[column] = value.summary(40)
            case .failure(let error):
                guard failed.insert(ObjectIdentifier(error)).inserted else { continue }
                marks[column] = "error: " + error.message
            }
        }
        return ([line] + Self.rows(marks)).joined(separator: "\n")
    }

    private static func isRecord(_ value: CELValue) -> Bool {
        if case .object = value { true } else { false }
    }

    /// The source on one line, and for each byte (and the end) the column where it stands.
    private static func flattened(_ source: String) -> (String, [Int]) {
        var line = ""
        var columns: [Int] = []
        var column = 0
        for scalar in source.unicodeScalars {
            for _ in 0..<UTF8.width(scalar) { columns.append(column) }
            line.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
            column += 1
        }
        return (line, columns + [column])
    }

    /// The bars and values below the line, the rightmost value highest.
    private static func rows(_ marks: [Int: String]) -> [String] {
        var open = marks.keys.sorted()
        guard !open.isEmpty else { return [] }
        var rows = [bars(open)]
        while let last = open.last {
            var placed: [(Int, String)] = [(last, marks[last] ?? "")]
            open.removeLast()
            var limit = last
            while let next = open.last, let text = marks[next],
                next + text.unicodeScalars.count + 1 < limit
            {
                placed.append((next, text))
                limit = next
                open.removeLast()
            }
            rows.append(row(open, placed))
        }
        return rows
    }

    private static func bars(_ columns: [Int]) -> String { row(columns, []) }

    private static func row(_ columns: [Int], _ texts: [(Int, String)]) -> String {
        var text = ""
        var width = 0
        let cells = columns.map { ($0, "|") } + texts
        for (column, cell) in cells.sorted(by: { $0.0 < $1.0 }) {
            text += String(repeating: " ", count: max(0, column - width)) + cell
            width = max(width, column) + cell.unicodeScalars.count
        }
        return text
    }
}
