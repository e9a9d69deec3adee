/// The nearest known word to a misspelt one, for `did you mean`.
package enum Suggestion {
    /// Words longer than this are not compared.
    private static let longest = 64

    /// The nearest candidate within a third of the word's length (at least one edit), the first of equals; else one
    /// that the word begins with, or that begins with the word.
    package static func nearest(to text: String, in candidates: some Sequence<String>) -> String? {
        let word = Array(text.lowercased().utf8)
        guard !word.isEmpty, word.count <= longest else { return nil }
        var best: (distance: Int, word: String)?
        for candidate in candidates where !candidate.isEmpty {
            let letters = Array(candidate.lowercased().utf8)
            let allowed = max(1, min(word.count, letters.count) / 3)
            let bound = min(allowed, (best?.distance ?? Int.max) - 1)
            guard bound >= 0, letters.count <= longest, abs(letters.count - word.count) <= bound
            else {
                continue
            }
            let distance = distance(word, letters)
            if distance <= bound { best = (distance, candidate) }
        }
        return best?.word ?? beginning(word, in: candidates)
    }

    private static func beginning(_ word: [UInt8], in candidates: some Sequence<String>) -> String?
    {
        guard word.count >= 3 else { return nil }
        return candidates.first { candidate in
            let letters = Array(candidate.lowercased().utf8)
            return letters.count >= 3 && (letters.starts(with: word) || word.starts(with: letters))
        }
    }

    /// ` did you mean` as a help line, or none.
    package static func help(for word: String, in candidates: some Sequence<String>) -> [String] {
        nearest(to: word, in: candidates).map { ["did you mean `\($0)`?"] } ?? []
    }

    /// Damerau-Levenshtein distance in its restricted form: insert, delete, replace, swap neighbours.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for (row, a) in left.enumerated() {
            var current = [row + 1]
            for (column, b) in right.enumerated() {
                var least = min(previous[column] + (a == b ? 0 : 1), previous[column + 1] + 1)
                least = min(least, current[column] + 1)
                if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
                    least = min(least, before[column - 1] + 1)
                }
                current.append(least)
            }
            (before, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
