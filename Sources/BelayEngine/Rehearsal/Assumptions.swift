package import BelayCompiler

/// How a world behaves that nobody has described: `ok`, `fail:clear`, `recovered:restart`.
///
/// Without a word for a step or for all of them, calls succeed, `verify` is content, people consent, and `until` is not
/// reached: so the whole chain is seen.
package struct Assumptions: Sendable, Hashable {
    /// What may be assumed of a step.
    package enum Word: String, Sendable, Hashable, CaseIterable {
        case ok
        /// Its calls fail, as of a service that is not there.
        case fail
        /// Its calls are sent, and no answer comes.
        case lost
        /// Who is asked for consent says no.
        case deny
        /// After it the problem is over.
        case recovered
    }

    /// Why a text is no assumption, and what to write instead.
    package struct Problem: Error, Sendable {
        package var message: String
        package var help: String?
    }

    /// One of the texts: a word for a step, or for all (`nil`).
    struct Key: Hashable {
        var step: String?
        var word: Word
    }

    private var all: Word?
    private var steps: [String: Word] = [:]

    /// Reads `WORD` and `WORD:STEP`; the steps are those of a program.
    package init(_ texts: [String], in program: Program) throws(Problem) {
        // In the mode `suggest` people are asked for the plan as a whole.
        let known = Set(program.rules.flatMap(\.stepIDs) + [Walker.plan])
        for text in texts {
            let parts = text.split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false
            ).map(String.init)
            let words = Word.allCases.map(\.rawValue)
            guard let first = parts.first, let word = Word(rawValue: first) else {
                let near = Suggestion.nearest(to: parts.first ?? "", in: words)
                throw Problem(
                    message: "\(text) is nothing that can be assumed",
                    help: near.map { "did you mean \($0)?" }
                        ?? "write one of \(words.joined(separator: ", ")), and a step after it: fail:clear"
                )
            }
            guard parts.count == 2 else {
                try Self.set(&all, word, text)
                continue
            }
            guard !parts[1].isEmpty else {
                throw Problem(
                    message: "\(text) names no step", help: "for all steps write \(word.rawValue)")
            }
            guard known.contains(parts[1]) else {
                throw Problem(
                    message: "\(text): no rule has a step \(parts[1])",
                    help: Suggestion.nearest(to: parts[1], in: known.sorted())
                        .map { "did you mean \($0)?" })
            }
            try Self.set(&steps[parts[1]], word, text)
        }
    }

    private static func set(_ place: inout Word?, _ word: Word, _ text: String) throws(Problem) {
        guard place == nil || place == word else {
            throw Problem(
                message: "\(text) contradicts what is assumed before it",
                help: "say one word for a step, and one for all others")
        }
        place = word
    }

    /// What is assumed of the calls and the consent of a step.
    func word(for step: String) -> Word { steps[step] ?? all ?? .ok }

    /// The step of these changes with which the problem is over, nil if it is not.
    func ending(_ changes: Set<String>) -> String? {
        changes.sorted().first { word(for: $0) == .recovered }
    }

    /// Which of the texts says this word of a step.
    func keys(of word: Word, for step: String) -> [Key] {
        if let own = steps[step] { return own == word ? [Key(step: step, word: word)] : [] }
        return all == word ? [Key(step: nil, word: word)] : []
    }

    /// The texts but for these, as they were written.
    func texts(without used: Set<Key>) -> [String] {
        var keys = steps.map { Key(step: $0.key, word: $0.value) }
        if let all { keys.append(Key(step: nil, word: all)) }
        return keys.filter { !used.contains($0) }.map {
            $0.word.rawValue + ($0.step.map { ":\($0)" } ?? "")
        }.sorted()
    }
}

extension Rule {
    /// The ids of all steps in all its parts, those inside of others too.
    fileprivate var stepIDs: [String] {
        (steps + onFailure + onSuppressed + afterResolve).flatMap(\.ids)
    }
}

extension Step {
    fileprivate var ids: [String] {
        switch work {
        case .chain(let call): [id] + call.steps.flatMap(\.ids)
        case .parallel(let steps): [id] + steps.flatMap(\.ids)
        case .call, .wait, .waitFor, .waitForSignal: [id]
        }
    }
}
