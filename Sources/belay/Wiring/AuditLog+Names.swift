import BelayEngine
import BelayStore

extension AuditLog {
    /// The run with this id, or the only one whose id begins with it; `nil` if there is none.
    func run(beginningWith text: String) throws(CommandProblem) -> String? {
        try named(text, .run, "run", help: "belay runs lists them")
    }

    /// The incident with this id, or the only one whose id begins with it; `nil` if there is none.
    func incident(beginningWith text: String) throws(CommandProblem) -> String? {
        try named(text, .incident, "incident", help: "say more of its id")
    }

    /// What is not there, as a problem.
    func problem(missing what: String) -> CommandProblem {
        do throws(StoreError) { return CommandProblem(try missing(what), files.path) } catch {
            return CommandProblem(error, files.path)
        }
    }

    private func named(
        _ text: String, _ kind: Named, _ noun: String, help: String
    ) throws(CommandProblem) -> String? {
        guard !text.isEmpty else { throw CommandProblem(.usage, "the \(noun)'s id is empty") }
        let found: [String]
        do throws(StoreError) { found = try ids(of: kind, beginningWith: text) } catch {
            throw CommandProblem(error, files.path)
        }
        if found.contains(text) { return text }
        guard found.count <= 1 else {
            throw CommandProblem(.usage, "more than one \(noun) begins with \(text)", help: help)
        }
        return found.first
    }
}
