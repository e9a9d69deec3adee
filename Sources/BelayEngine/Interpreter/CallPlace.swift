/// Where in a rule a call stands, read from its path: `clear`, `each[3]/drain`, `scale:verify/2`, `until#1/3`,
/// `rollback:scale`.
package struct CallPlace: Sendable, Hashable {
    /// The kinds of questions that are asked around a step.
    package enum Question: String, Sendable, Hashable, CaseIterable {
        case until
        case verify
        case probe
    }

    /// The id of the step, without the chain, the branch and the item it is in; `until` for the rule's own question.
    package var step: String
    package var question: Question?
    package var isRollback: Bool

    package init(path: String) {
        isRollback = path.hasPrefix(Self.rollback)
        let whole = isRollback ? path.dropFirst(Self.rollback.count) : Substring(path)
        guard !whole.hasPrefix("until#") else {
            (step, question) = ("until", .until)
            return
        }
        let parts = whole.split(separator: ":", maxSplits: 1)
        if parts.count == 2 {
            question = Question(rawValue: String(parts[1].prefix { $0 != "/" && $0 != "#" }))
        }
        let names = (parts.first ?? whole).split(separator: "/")
        let name = names.last { $0.first?.isNumber == false } ?? whole
        step = String(name.prefix { $0 != "[" })
    }

    /// As a mock's key names it after `@`: `until`, `scale.verify`, `scale.rollback`, `clear`.
    package var name: String {
        if question == .until { return "until" }
        if let question { return "\(step).\(question.rawValue)" }
        return isRollback ? "\(step).rollback" : step
    }

    /// Of a question the round it belongs to, `until#1` of `until#1/3`; of another call its path.
    package static func round(of path: String) -> String {
        guard let cut = path.lastIndex(of: "/") else { return path }
        let number = path[cut...].dropFirst()
        return !number.isEmpty && number.allSatisfy(\.isNumber) ? String(path[..<cut]) : path
    }

    static let rollback = "rollback:"
}
