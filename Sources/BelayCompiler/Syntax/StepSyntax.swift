/// One step as it was written.
package struct StepSyntax: Sendable {
    package enum Kind: Sendable {
        case uses(UsesSyntax)
        case parallel([StepSyntax])
        case wait(Located<Duration>)
        case waitFor(WaitForSyntax)
    }

    /// None: the action's name with `_` for dots.
    package var id: Located<String>?
    package var name: TemplateText?
    package var kind: Kind
    /// A whole `${{ }}` or a list written out.
    package var forEach: TemplateValue?
    package var maxItems: Located<Int>?
    /// `parallel: N` beside `for_each`: items at once.
    package var parallelism: Located<Int>?
    package var condition: ExpressionText?
    package var timeout: Located<Duration>?
    package var retry: RetrySyntax?
    package var continueOnError: Located<Bool>?
    package var approval: ApprovalSyntax?
    package var verify: AskSyntax?
    package var rollback: RollbackSyntax?
    package var onFailure: [StepSyntax]?
    /// The places of the keys: `timeout` -> the word `timeout`.
    package var keys: KeyPlaces
    package var span: SourceSpan

    init(
        id: Located<String>?, kind: Kind, retry: RetrySyntax?, keys: KeyPlaces,
        span: SourceSpan
    ) {
        self.id = id
        self.kind = kind
        self.retry = retry
        self.keys = keys
        self.span = span
    }
}

/// What is called and with which inputs.
package struct UsesSyntax: Sendable {
    /// An action such as `clear_cache` or `redis.flush`, or `chain/NAME`.
    package var uses: Located<String>
    package var with: [TemplateMember]
    /// The place of the word `with`, if it is there.
    package var withKey: SourceSpan?

    /// The chain's name if a chain is meant.
    package var chain: Located<String>? {
        guard uses.value.hasPrefix("chain/") else { return nil }
        return uses.map { String($0.dropFirst("chain/".count)) }
    }
}

/// A step that waits until something is so.
package enum WaitForSyntax: Sendable {
    case signal(Located<String>, within: Located<Duration>?, SourceSpan)
    /// A question to a read action; its `expect` may also be written `when`.
    case ask(AskSyntax)
}

/// A question to a read action that is asked until the answer is as expected: `verify`, `until`, `wait_for`.
package struct AskSyntax: Sendable {
    package var uses: UsesSyntax
    package var expect: ExpressionText
    package var every: Located<Duration>?
    package var within: Located<Duration>?
    /// The wait before the first ask of a round.
    package var after: Located<Duration>?
    package var span: SourceSpan
}

/// `retry: {attempts, backoff, initial, max, jitter, errors}`.
package struct RetrySyntax: Sendable {
    package enum Jitter: String, Sendable, CaseIterable {
        case full
        case none
    }

    /// Counts the first try.
    package var attempts: Located<Int>
    package var backoff: Located<RetryPolicy.Backoff>?
    package var initial: Located<Duration>?
    package var max: Located<Duration>?
    package var jitter: Located<Jitter>?
    package var errors: [Located<String>]?
    package var span: SourceSpan
}

/// `approval: {from, timeout, on_timeout}`.
package struct ApprovalSyntax: Sendable {
    /// `group/NAME` or names of people; none: the owner's group.
    package var from: [Located<String>]?
    package var timeout: Located<Duration>?
    package var onTimeout: Located<Approval.Silence>?
    package var span: SourceSpan
}

/// `rollback: {uses, with, timeout}`.
package struct RollbackSyntax: Sendable {
    package var uses: UsesSyntax
    package var timeout: Located<Duration>?
    package var span: SourceSpan
}
