/// A file of kind `Environment`: where actions are carried out.
package struct EnvironmentFile: Sendable {
    package var file: SourceFile
    package var metadata: Metadata
    package var mode: Located<Mode>?
    package var bind: [BindSyntax] = []
    /// What bindings need to know of each thing that may be acted on; values by the core schema.
    package var targets: [TargetSyntax] = []
    /// Variables that may be read from the process.
    package var env: [Located<String>] = []
    package var secrets: [SecretSyntax] = []
    package var limits: LimitsSyntax?
    /// `RUNBOOK.PARAM` or `PARAM` and the value that replaces its default.
    package var params: [TemplateMember] = []
    package var sources: [SourceSyntax] = []
    package var people: PeopleSyntax?
    package var notices: NoticesSyntax?
    package var storm: StormSyntax?
    package var populations: [PopulationSyntax] = []
    package var windows: [WindowSyntax] = []
    package var account: Located<String>?
    package var http: NetworkSyntax?
    package var anchors: [AnchorSyntax] = []
}

/// Which provider carries an action out.
package struct BindSyntax: Sendable {
    package var action: Located<String>
    package var provider: Located<String>
    /// `operation:` where a provider has several for the action.
    package var operation: Located<String>?
    /// All keys that are the provider's own.
    package var settings: [TemplateMember]
    package var recovery: Located<RecoveryClass>?
    package var maxInFlight: Located<Int>?
    package var timeout: Located<Duration>?
    package var span: SourceSpan
}

/// One thing that may be acted on.
package struct TargetSyntax: Sendable {
    package var name: Located<String>
    package var values: [TemplateMember]
    package var span: SourceSpan
}

/// Where a secret is found: `{from, name, key}`, `{env: VARIABLE}` or `{file: PATH}`.
package struct SecretSyntax: Sendable {
    package enum Origin: Sendable {
        case variable(Located<String>)
        case file(Located<String>)
        case store(from: Located<String>, name: Located<String>)
    }

    package var name: Located<String>
    package var origin: Origin
    /// The member of a secret that is a JSON object.
    package var key: Located<String>?
    package var span: SourceSpan
}

/// Limits over all rules.
package struct LimitsSyntax: Sendable {
    package var maxRuns: BudgetSyntax?
    package var maxTargets: BudgetSyntax?
    package var span: SourceSpan
}

/// `{count, per}`.
package struct BudgetSyntax: Sendable {
    package var count: Located<Int>
    package var per: Located<Duration>
    package var span: SourceSpan
}

/// How deliveries of a source are read.
package struct SourceSyntax: Sendable {
    package var name: Located<String>
    /// The source's words and the priorities that they mean.
    package var priority: [(word: Located<String>, priority: Located<String>)]
    /// CEL over one part of a delivery.
    package var metrics: [(name: Located<String>, expression: ExpressionText)]
    package var span: SourceSpan
}

/// Who approves and who is told.
package struct PeopleSyntax: Sendable {
    package var groups: [(name: Located<String>, members: [Located<String>])]
    package var oncall: [(name: Located<String>, channels: [TemplateMember])]
    package var span: SourceSpan
}

/// Where the engine's own notices go.
package struct NoticesSyntax: Sendable {
    package var uses: UsesSyntax
    package var timeout: Located<Duration>?
    package var span: SourceSpan
}

/// `storm: {targets, per, pause}`.
package struct StormSyntax: Sendable {
    package var targets: Located<Int>
    package var per: Located<Duration>
    package var pause: Located<Duration>
    package var span: SourceSpan
}

/// How many of something there are, for `max_percent`.
package struct PopulationSyntax: Sendable {
    package var name: Located<String>
    package var count: Located<Int>
}

/// `windows: {NAME: {zone, cron, for}}`.
package struct WindowSyntax: Sendable {
    package var name: Located<String>
    package var zone: Located<String>
    package var cron: Located<String>
    package var length: Located<Duration>
    package var span: SourceSpan
}

/// `http: {allow, allow_private}`: hosts that may be called, and private address blocks that are allowed all the same.
package struct NetworkSyntax: Sendable {
    package var hosts: [Located<String>]
    package var addresses: [Located<String>]
    package var span: SourceSpan
}

/// `{file: PATH}`, `{http: URL, token}` or `{git: FOLDER}`, and `every`: where checkpoints of the journal are kept.
package struct AnchorSyntax: Sendable {
    package var place: Located<AnchorPlace>
    package var every: Located<Duration>?
    /// The name in `token: ${{ secrets.NAME }}`.
    package var token: Located<String>?
}
