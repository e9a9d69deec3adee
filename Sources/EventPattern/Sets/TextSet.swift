/// A set of texts: a union of terms.
struct TextSet: Hashable, Sendable {
    private(set) var terms: [TextTerm]
    /// Whether terms were dropped because there were too many: the set may then be larger than it says.
    private(set) var isCut = false

    /// The most terms that a set is worked out with.
    private static let maximumTerms = 512

    static let none = TextSet(terms: [])
    static let all = TextSet(terms: [TextTerm()])

    init(terms: [TextTerm]) { self.terms = terms }

    static func only(_ test: Test) -> TextSet { TextSet(terms: [TextTerm(wanted: [test])]) }

    func contains(_ text: ByteText) -> Bool { terms.contains { $0.contains(text) } }

    func union(_ other: TextSet) -> TextSet {
        var result = TextSet(terms: terms)
        for term in other.terms where !result.terms.contains(term) { result.terms.append(term) }
        return result.cut(isCut || other.isCut)
    }

    func intersection(_ other: TextSet) -> TextSet {
        var result = TextSet.none
        result.isCut = isCut || other.isCut
        for a in terms {
            for b in other.terms {
                let term = a.intersection(b)
                guard term.wanted.isDisjoint(with: term.unwanted) else { continue }
                result.terms.append(term)
                if result.terms.count > Self.maximumTerms { return result.cut(true) }
            }
        }
        return result
    }

    /// What the set leaves; of a cut set nothing is known to be left.
    var complement: TextSet {
        var result = TextSet.all
        result.isCut = isCut
        for term in terms {
            let parts =
                term.wanted.map { TextTerm(unwanted: [$0]) }
                + term.unwanted.map { TextTerm(wanted: [$0]) }
            result = result.intersection(TextSet(terms: parts))
        }
        return result
    }

    private func cut(_ isCut: Bool) -> TextSet {
        var result = self
        result.isCut = isCut
        return result
    }

    func emptiness() -> (isEmpty: Decision, witness: ByteText?) {
        var isEmpty = isCut ? Decision.undecided : .yes
        for term in terms {
            let (answer, witness) = term.emptiness()
            if !isCut, let witness { return (.no, witness) }
            if answer != .yes { isEmpty = .undecided }
        }
        return (isEmpty, nil)
    }

    /// The texts that are the only members; nil if there are others.
    var exact: [ByteText]? {
        guard !isCut else { return nil }
        var found: [ByteText] = []
        for term in terms {
            var text: ByteText?
            for case .text(let wanted) in term.wanted { text = wanted }
            guard let text else { return nil }
            if term.contains(text), !found.contains(text) { found.append(text) }
        }
        return found
    }
}
