/// A condition under which a call is refused, whatever a runbook says.
package struct Guardrail: Sendable {
    package var id: String
    package var deny: Formula
    package var message: String
    /// Effects it is asked for: `change` and `destroy` always, others if named.
    package var effects: Set<Effect>
    package var span: SourceSpan
}
