/// The candidate nearest to a misspelt name, nil if none is near.
func nearest(_ name: String, in candidates: some Sequence<String>) -> String? {
    let letters = Array(name.unicodeScalars)
    guard letters.count <= 64 else { return nil }
    let bound = max(1, letters.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in candidates {
        let other = Array(candidate.unicodeScalars)
        guard abs(other.count - letters.count) <= bound, other != letters else { continue }
        let distance = editDistance(letters, other)
        guard distance <= bound else { continue }
        if best.map({ distance < $0.distance || distance == $0.distance && candidate < $0.name })
            ?? true
        {
            best = (distance, candidate)
        }
    }
    return best?.name
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one to the other.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var previous = Array(0...right.count)
    for i in left.indices {
        var row = [i + 1]
        for j in right.indices {
            var cost = min(
                previous[j + 1] + 1, row[j] + 1, previous[j] + (left[i] == right[j] ? 0 : 1))
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                cost = min(cost, before[j - 1] + 1)
            }
            row.append(cost)
        }
        before = previous
        previous = row
    }
    return previous[right.count]
}
