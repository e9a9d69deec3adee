/// A file of kind `Guardrails`.
package struct GuardrailsFile: Sendable {
    package var file: SourceFile
    package var metadata: Metadata
    package var guardrails: [GuardrailSyntax] = []
}

/// One condition under which a call is refused.
package struct GuardrailSyntax: Sendable {
    package var id: Located<String>
    package var description: Located<String>?
    package var deny: ExpressionText
    package var message: Located<String>
    /// Effects besides `change` and `destroy` for which it is asked.
    package var effects: [Located<Effect>]
    package var span: SourceSpan
}
