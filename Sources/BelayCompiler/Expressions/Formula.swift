package import JSON

/// A CEL text of a runbook, checked and planned once; immutable.
package struct Formula: Sendable {
    package let text: String
    package let span: SourceSpan

    package func value(in scope: Scope) -> Result<JSONValue, FormulaFailure> { fatalError() }
    /// The value, which must be a boolean.
    package func holds(in scope: Scope) -> Result<Bool, FormulaFailure> { fatalError() }
}
