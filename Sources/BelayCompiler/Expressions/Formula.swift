package import JSON

/// A CEL text of a runbook, checked and planned once; immutable.
package struct Formula: Sendable {
    package let text: String
    package let span: SourceSpan

    package func value(in scope: Scope) -> Result<JSONValue, FormulaFailure> { fatalError() }
    /// The text with the values that it had: `97.0 >= 90.0`.
    package func drawn(in scope: Scope) -> String { fatalError() }

    /// The value, which must be a boolean.
    package func holds(in scope: Scope) -> Result<Bool, FormulaFailure> { fatalError() }
}
