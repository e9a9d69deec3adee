/// The kinds of file that a repository holds.
package enum DocumentKind: String, Sendable, Hashable, CaseIterable {
    case runbook = "Runbook"
    case actions = "Actions"
    case environment = "Environment"
    case guardrails = "Guardrails"
    case runbookTest = "RunbookTest"

    /// The one `apiVersion` that is read.
    package static let version = "belay/v1"
}
