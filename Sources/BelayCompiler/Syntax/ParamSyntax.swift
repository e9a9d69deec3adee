/// A typed parameter of a runbook or chain.
package struct ParamSyntax: Sendable {
    package var name: Located<String>
    package var type: Located<ValueType>
    package var description: Located<String>?
    /// None: it must be given.
    package var standard: TemplateValue?
    /// The only values allowed; empty means any.
    package var allowed: [TemplateValue]
    /// An RE2 pattern for text.
    package var pattern: Located<String>?
    package var span: SourceSpan
}
