/// A file of kind `Runbook` as it was written; nothing is resolved and no default is filled in.
package struct RunbookFile: Sendable {
    package var file: SourceFile
    package var metadata: Metadata
    package var params: [ParamSyntax] = []
    package var defaults: DefaultsSyntax?
    /// Paths of files of the repository whose chains may be used.
    package var imports: [Located<String>] = []
    package var chains: [ChainSyntax] = []
    package var rules: [RuleSyntax] = []
}

/// What applies to all rules of a runbook unless they say otherwise.
package struct DefaultsSyntax: Sendable {
    package var timeout: Located<Duration>?
    package var retry: RetrySyntax?
    package var onFailure: [StepSyntax]?
    package var mode: Located<Mode>?
    package var span: SourceSpan
}

/// A reusable list of steps with typed parameters and named outputs.
package struct ChainSyntax: Sendable {
    package var name: Located<String>
    package var description: Located<String>?
    package var params: [ParamSyntax]
    package var steps: [StepSyntax]
    package var outputs: [TemplateMember]
    package var span: SourceSpan
}
