import BelayCompiler

/// What the journal alone says of an incident: the one function that both the store and the verifier use.
package struct FoldedIncident: Sendable, Hashable {
    package var id: String
    package var resolvesProblem: Bool
    package var phase: IncidentPhase
    package var reason: String?
    /// The index of the record that holds the newest body.
    package var bodyIndex: Int64

    package init(
        id: String, resolvesProblem: Bool, phase: IncidentPhase, reason: String?, bodyIndex: Int64
    ) {
        self.id = id
        self.resolvesProblem = resolvesProblem
        self.phase = phase
        self.reason = reason
        self.bodyIndex = bodyIndex
    }

    /// The reason of an incident that became a run: nothing decides it again.
    package static let ran = "run"
    /// The reason of one that no rule takes.
    package static let noRule = "no_rule"

    /// The incident after one more record, `nil` before it was accepted.
    package static func next(
        _ incident: FoldedIncident?, after record: JournalRecord, index: Int64
    ) -> FoldedIncident? {
        guard let id = record.incident else { return nil }
        switch record.kind {
        case .incidentAccepted, .incidentResolved:
            return FoldedIncident(
                id: id, resolvesProblem: record.kind == .incidentResolved, phase: .received,
                reason: nil, bodyIndex: index)
        default:
            var next = incident
            next?.apply(record, index: index)
            return next
        }
    }

    /// Whether records of that kind change an incident that was accepted.
    package static func isMoved(by kind: RecordKind) -> Bool {
        switch kind {
        case .incidentUpdated, .incidentDuplicate, .ruleUnmatched, .ruleSuppressed, .runCreated:
            true
        default: false
        }
    }

    private mutating func apply(_ record: JournalRecord, index: Int64) {
        switch record.kind {
        case .incidentUpdated:
            bodyIndex = index
            askAgain()
        case .incidentDuplicate: askAgain()
        case .ruleUnmatched: decide(record.reason ?? Self.noRule)
        case .ruleSuppressed: decide(record.reason ?? "suppressed")
        // Runs of a rule's other parts, such as `on_suppressed`, decide nothing.
        case .runCreated where record.rule?.contains("#") != true: decide(Self.ran)
        default: break
        }
    }

    /// A run is never undone by what another rule says.
    private mutating func decide(_ why: String) {
        phase = .decided
        if reason != Self.ran { reason = why }
    }

    /// A repeat is decided again only if the last decision made no run.
    private mutating func askAgain() {
        guard reason != Self.ran else { return }
        phase = .received
        reason = nil
    }
}
