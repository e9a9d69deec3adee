import BelayCompiler

/// Who may consent to a step: what the runbook says, and whom that means in the environment of the run.
package struct Approvers: Sendable, Hashable {
    /// `group/NAME` or names of people; empty if the runbook names nobody.
    package var from: [String]
    /// The people whom that means, sorted; nil: anybody but who began the run.
    package var people: [String]?

    package init(from: [String] = [], people: [String]? = nil) {
        self.from = from
        self.people = people
    }
}

/// Why somebody may not answer a request for consent.
package struct ApproverRefusal: Sendable, Hashable {
    /// `own_run` or `not_approver`, as records have it.
    package var code: String
    package var message: String
}

extension Approvers {
    /// Why a decision does not count, nil if it does. Nobody consents to a run of their own.
    package func refusal(of decision: ApprovalDecision, beganBy actor: String) -> ApproverRefusal? {
        switch decision {
        case .expired: return nil
        case .granted(let person) where person.name == actor:
            return ApproverRefusal(
                code: "own_run",
                message:
                    "\(actor) began the run, so somebody else must approve\(others(than: actor))")
        case .granted(let person), .denied(let person):
            guard let people, !people.contains(person.name) else { return nil }
            return ApproverRefusal(
                code: "not_approver",
                message: "\(person.name) may not answer for \(from.joined(separator: ", "))"
                    + (people.isEmpty
                        ? ": nobody is in it; list people under `people.groups` of the environment"
                        : ": \(people.joined(separator: ", ")) may"))
        }
    }

    private func others(than actor: String) -> String {
        guard let people else { return "" }
        let others = people.filter { $0 != actor }
        return others.isEmpty
            ? ", and nobody else is in \(from.joined(separator: ", "))"
            : ": \(others.joined(separator: ", ")) may"
    }
}

extension EnvironmentProgram {
    /// Whom an approval means here. A group that the environment does not have has nobody in it; only the owner's
    /// group, which stands where the runbook names nobody, then means anybody.
    func approvers(_ approval: Approval) -> Approvers {
        let named = approval.from.map(members)
        if approval.from.isEmpty || approval.isDefault && named.contains(where: { $0 == nil }) {
            return Approvers(from: approval.from)
        }
        return Approvers(from: approval.from, people: Set(named.flatMap { $0 ?? [] }).sorted())
    }

    private func members(_ name: String) -> [String]? {
        guard name.hasPrefix("group/") else { return [name] }
        return groups[String(name.dropFirst("group/".count))]
    }
}
