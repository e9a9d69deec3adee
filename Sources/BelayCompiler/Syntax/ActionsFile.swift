/// A file of kind `Actions`: contracts that a repository declares.
package struct ActionsFile: Sendable {
    package var file: SourceFile
    package var metadata: Metadata
    package var actions: [ActionSyntax] = []
}

/// One contract as it was written.
package struct ActionSyntax: Sendable {
    package var name: Located<String>
    package var description: Located<String>?
    package var effect: Located<Effect>
    package var recovery: Located<RecoveryClass>?
    package var inputs: [InputSyntax]
    package var outputs: [OutputSyntax]
    package var timeout: Located<Duration>?
    /// The action that reverses it; nil also for `undo: ~`.
    package var undo: Located<String>?
    /// The read action that tells whether it happened.
    package var probe: Located<String>?
    package var span: SourceSpan
}

/// One input of a contract.
package struct InputSyntax: Sendable {
    package var name: Located<String>
    package var type: Located<ValueType>
    package var required: Located<Bool>?
    package var description: Located<String>?
    package var standard: TemplateValue?
    package var allowed: [TemplateValue]
    package var pattern: Located<String>?
    package var span: SourceSpan
}

/// One output of a contract.
package struct OutputSyntax: Sendable {
    package var name: Located<String>
    package var type: Located<ValueType>
    package var description: Located<String>?
    package var span: SourceSpan
}
