import BelayCompiler
import BelayEngine
import JSON

/// What a person says with an order: who it is, and of which step.
struct Said: Sendable {
    var person: Person
    var step: String?
    var outcome: String?
    private let body: JSONValue

    /// Whoever has a token of their own is that person, and may name nobody else. Otherwise `by` says who it is; what
    /// the client's machine calls its user (`user`) is taken where nothing else is said.
    ///
    /// `members` are those of the order besides these two; another one is a slip and not passed over.
    init(
        _ request: APIRequest, _ operations: Operations, members: [String]
    ) async throws(OperationProblem) {
        do throws(JSONError) { body = try request.json() } catch {
            throw .invalid("the body is no JSON: \(error)")
        }
        let known = ["by", "user"] + members
        if let stranger = body.objectValue?.names.first(where: { !known.contains($0) }) {
            let near = Suggestion.nearest(to: stranger, in: known)
            throw .invalid(
                "'\(stranger)' is no member of this order; "
                    + (near.map { "did you mean '\($0)'?" }
                        ?? "it has \(known.joined(separator: ", "))"))
        }
        let by = body["by"]?.stringValue
        switch request.caller {
        case .person(let token):
            person = Person(token.name, isProven: true)
            if let by, by != token.name {
                throw await operations.forbid(
                    "wrong_name", "the token is \(token.name)'s; it cannot speak for '\(by)'",
                    to: person)
            }
        case .keyHolder, nil:
            guard let name = by ?? body["user"]?.stringValue, !name.isEmpty else {
                throw .invalid("'by' is missing: who says so")
            }
            person = Person(name)
        }
        step = body["step"]?.stringValue
        outcome = body["outcome"]?.stringValue
    }

    func text(_ name: String) -> String? { body[name]?.stringValue }

    func object(_ name: String) -> JSONValue? { body[name] }
}
