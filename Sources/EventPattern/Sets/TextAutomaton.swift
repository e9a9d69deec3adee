/// Looks for a text that is of some shapes and of none of others: the product of their automata, breadth first.
///
/// Exact where every test has a shape. Expressions and addresses have none: they only judge the texts that are
/// found, so without a text that they accept the answer stays open.
struct TextAutomaton {
    private let term: TextTerm
    private let wanted: [TextShape]
    private let unwanted: [TextShape]

    /// States visited, and texts judged, before giving up.
    private static let maximumStates = 4000
    private static let maximumTexts = 200

    init(_ term: TextTerm) {
        self.term = term
        wanted = term.wanted.compactMap(TextShape.init)
        unwanted = term.unwanted.compactMap(TextShape.init)
    }

    private typealias State = [[UInt64]]

    func search() -> (isEmpty: Decision, witness: ByteText?) {
        let shapes = wanted + unwanted
        let letters = alphabet
        let start = shapes.map(\.start)
        var known: Set<State> = [start]
        var states: [(state: State, parent: Int, scalar: UInt32)] = [(start, -1, 0)]
        var texts = 0
        var at = 0
        var isComplete = true
        while at < states.count {
            let state = states[at].state
            if isAccepted(state) {
                let text = spell(at, states)
                if term.contains(text) { return (.no, text) }
                isComplete = false
                texts += 1
                if texts == Self.maximumTexts { break }
            }
            guard states.count < Self.maximumStates else {
                isComplete = false
                break
            }
            for scalar in letters {
                let next = zip(shapes, state).map { $0.step($1, scalar) }
                guard !isDead(next), known.insert(next).inserted else { continue }
                states.append((next, at, scalar))
            }
            at += 1
        }
        return isComplete ? (.yes, nil) : (.undecided, nil)
    }

    private func isAccepted(_ state: State) -> Bool {
        zip(wanted, state).allSatisfy { $0.isAccepting($1) }
            && !zip(unwanted, state[wanted.count...]).contains { $0.isAccepting($1) }
    }

    private func isDead(_ state: State) -> Bool {
        state[..<wanted.count].contains { $0.allSatisfy { $0 == 0 } }
    }

    private func spell(_ index: Int, _ states: [(state: State, parent: Int, scalar: UInt32)])
        -> ByteText
    {
        var scalars: [UInt32] = []
        var at = index
        while states[at].parent >= 0 {
            scalars.append(states[at].scalar)
            at = states[at].parent
        }
        var text = ""
        for scalar in scalars.reversed() { text.unicodeScalars.append(Unicode.Scalar(scalar)!) }
        return ByteText(text)
    }

    /// Every scalar that some shape tells from others, those written in shapes first, and one that none does.
    private var alphabet: [UInt32] {
        var letters: Set<UInt32> = []
        var foldings: Set<UInt32> = []
        for token in (wanted + unwanted).flatMap(\.tokens) {
            switch token {
            case .star: break
            case .scalar(let scalar): letters.insert(scalar)
            case .folded(let scalar): foldings.insert(scalar)
            }
        }
        let written = letters.union(foldings.filter { CaseFolding.fold($0) == $0 })
        letters = Set(foldings.flatMap { CaseFolding.variants(of: $0) }).subtracting(written)
        let other = (UInt32(0x78)...0x24FF).first { candidate in
            !letters.contains(candidate) && !written.contains(candidate)
                && !foldings.contains(CaseFolding.fold(candidate))
        }
        return written.sorted() + letters.sorted() + [other].compactMap(\.self)
    }
}

extension CaseFolding {
    /// All scalars that fold to one, itself among them.
    static func variants(of folded: UInt32) -> [UInt32] {
        var result = fold(folded) == folded ? [folded] : []
        if folded &- 0x61 < 26 { result.append(folded - 0x20) }
        for range in ranges where range.first >= 0x80 {
            let source = Int(folded) - range.distance
            guard source >= Int(range.first), source <= Int(range.last),
                (source - Int(range.first)) % Int(range.stride) == 0
            else { continue }
            result.append(UInt32(source))
        }
        return result
    }
}
