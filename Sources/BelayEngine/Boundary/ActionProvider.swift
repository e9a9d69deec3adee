package import BelayCompiler
package import JSON

/// What carries actions out: pluggable, chosen by an environment, never seen by a runbook.
package protocol ActionProvider: Sendable {
    var contract: ProviderContract { get }

    /// Carries one attempt out and returns before the request's deadline; cancelling the task stops it early.
    ///
    /// Never throws: whatever the world does is an outcome.
    func perform(_ request: ActionRequest) async -> ActionOutcome
}

/// One attempt of one call, complete: nothing else reaches a provider.
package struct ActionRequest: Sendable {
    /// The action as the runbook names it: `clear_cache` or `redis.flush`.
    package var action: String
    /// The operation of this provider that is bound to it: `flush`.
    package var operation: String
    package var effect: Effect
    package var recovery: RecoveryClass
    /// The step's inputs after evaluation; secrets stand as `SealedText`.
    package var inputs: SealedObject
    /// The binding's settings after evaluation, without `provider` and `operation`.
    package var settings: SealedObject
    package var incident: Incident
    package var run: String
    /// The step's path in the run: `clear`, `each[3]/drain`, `rollback:clear`.
    package var step: String
    package var attempt: Int
    /// The same for all attempts of a step, 64 hexadecimal digits.
    package var idempotencyKey: String
    /// How long this attempt may take from the moment `perform` is called.
    package var timeout: Duration
    /// Opens sealed text; given to transports only.
    package var secrets: any SecretOpener

    package init(
        action: String, operation: String, effect: Effect, recovery: RecoveryClass,
        inputs: SealedObject, settings: SealedObject, incident: Incident, run: String, step: String,
        attempt: Int, idempotencyKey: String, timeout: Duration, secrets: any SecretOpener
    ) {
        self.action = action
        self.operation = operation
        self.effect = effect
        self.recovery = recovery
        self.inputs = inputs
        self.settings = settings
        self.incident = incident
        self.run = run
        self.step = step
        self.attempt = attempt
        self.idempotencyKey = idempotencyKey
        self.timeout = timeout
        self.secrets = secrets
    }
}

/// The kind of a failure, in words that `retry.errors` and records use.
package enum FailureClass: String, Sendable, Hashable, CaseIterable {
    /// Not reached, or answered with a passing server error.
    case unavailable
    /// Refused before work because of too many calls.
    case throttled
    /// The deadline passed.
    case timeout
    /// Not permitted: credentials, policy, guardrail.
    case denied
    /// The request is wrong: an unknown target, a bad input, a 4xx.
    case invalid
    /// The thing to act on does not exist.
    case notFound = "not_found"
    /// The thing is in a state that does not allow it.
    case conflict
    /// The remote work itself says that it failed.
    case remote
    /// A question was answered with nothing.
    case noData = "no_data"
    /// The answer does not have the declared form.
    case badOutput = "bad_output"
    /// The answer was cut, and the action declares outputs.
    case outputTooLarge = "output_too_large"
    /// `verify` did not come true in its time.
    case unverified
    /// Another run holds the target.
    case targetBusy = "target_busy"
    /// The expression that gives an input could not be evaluated.
    case expression
    /// The call was stopped from our side.
    case cancelled
    /// The engine stopped while the call was under way, or nobody can say what became of it.
    case interrupted
}

/// How one attempt ended.
///
/// A provider tells facts only: what a lost answer means is decided by the engine from the recovery class.
package enum ActionOutcome: Sendable, Hashable {
    /// Done; the output is an object with the contract's outputs.
    case succeeded(JSONValue)
    /// Not done, or refused, or failed by the remote's own word. `retryable` is about trying the same again.
    case failed(FailureClass, retryable: Bool, message: String)
    /// The request was sent and no usable answer came (5xx, reset, deadline): it may have happened.
    case lost(FailureClass, message: String)
}
