/// One step of a chain, resolved; the interpreter walks a tree of these.
package struct Step: Sendable {
    /// What a step does once it begins; indirect, so that copies of a step are cheap.
    package indirect enum Work: Sendable {
        case call(Call)
        case chain(ChainCall)
        case parallel([Step])
        case wait(Duration)
        case waitFor(Ask)
        /// Until somebody outside says that a named thing has happened.
        case waitForSignal(String, within: Duration)
    }

    package var id: String
    package var span: SourceSpan
    package var work: Work
    package var condition: StepCondition
    package var forEach: ForEach?
    package var retry: RetryPolicy
    /// Nil: false, but true in a ladder.
    package var continueOnError: Bool?
    package var approval: Approval?
    package var verify: Ask?
    package var rollback: Call?
    package var onFailure: [Step]?

    /// The strongest effect of anything that the step may call, handlers aside.
    package var effect: Effect {
        switch work {
        case .call(let call): call.action.effect
        case .chain(let call): call.steps.map(\.effect).max() ?? .read
        case .parallel(let steps): steps.map(\.effect).max() ?? .read
        case .wait, .waitFor, .waitForSignal: .read
        }
    }

    package var changes: Bool { effect.isChange }
}

/// When a step runs.
package struct StepCondition: Sendable {
    /// The runbook's `if`, nil where it has none.
    package var expression: Formula?
    /// Whether the `if` itself names `success()`, `failure()` or `always()`; else `success()` is and-ed.
    package var namesStatus: Bool

    package init(expression: Formula? = nil, namesStatus: Bool = false) {
        self.expression = expression
        self.namesStatus = namesStatus
    }
}

/// One call of one action: its contract, the inputs as templates, and the bound on each attempt.
package struct Call: Sendable {
    package var action: ActionContract
    /// In the contract's order; defaults of the contract are filled in.
    package var inputs: [NamedTemplate]
    package var timeout: Duration
    package var span: SourceSpan
}

/// A named value that is computed when its time comes.
package struct NamedTemplate: Sendable {
    package var name: String
    package var value: Template
    package var span: SourceSpan?

    package init(name: String, value: Template, span: SourceSpan? = nil) {
        self.name = name
        self.value = value
        self.span = span
    }
}

/// A call of a reusable chain with its parameters and what it gives back.
package struct ChainCall: Sendable {
    package var chain: String
    package var params: [NamedTemplate]
    package var steps: [Step]
    package var outputs: [NamedTemplate]
}

/// The same step for each item of a list.
package struct ForEach: Sendable {
    package var list: Template
    package var maxItems: Int
    /// How many items at once.
    package var parallel: Int
}

/// When and how often a failed attempt is made again.
package struct RetryPolicy: Sendable, Hashable {
    package enum Backoff: String, Sendable, CaseIterable {
        case fixed
        case linear
        case exponential
    }

    /// Counts the first try: 1 means no retry.
    package var attempts: Int
    package var backoff: Backoff
    package var initial: Duration
    package var max: Duration
    /// Whether each wait is drawn between zero and the computed one.
    package var jitter: Bool
    /// Failure classes that are tried again.
    package var errors: [String]

    package init(
        attempts: Int = 1, backoff: Backoff = .exponential, initial: Duration = .seconds(1),
        max: Duration = .seconds(60), jitter: Bool = true,
        errors: [String] = ["unavailable", "throttled", "timeout"]
    ) {
        self.attempts = attempts
        self.backoff = backoff
        self.initial = initial
        self.max = max
        self.jitter = jitter
        self.errors = errors
    }

    /// The wait before the attempt after the `attempt`-th, before jitter.
    package func wait(after attempt: Int) -> Duration {
        switch backoff {
        case .fixed: min(initial, max)
        case .linear: min(initial * attempt, max)
        case .exponential: min(initial * (1 << min(attempt - 1, 20)), max)
        }
    }
}

/// A person's consent before a step begins.
package struct Approval: Sendable {
    package enum Silence: String, Sendable, CaseIterable {
        case deny
        case proceed
    }

    /// `group/NAME` or names of people.
    package var from: [String]
    package var timeout: Duration
    package var onTimeout: Silence
    /// Whether `from` is the owner's group because the runbook names nobody.
    package var isDefault: Bool
    /// Where each of `from` is named; empty where no file does.
    package var places: [SourceSpan]

    package init(
        from: [String], timeout: Duration, onTimeout: Silence, isDefault: Bool = false,
        places: [SourceSpan] = []
    ) {
        self.from = from
        self.timeout = timeout
        self.onTimeout = onTimeout
        self.isDefault = isDefault
        self.places = places
    }
}

/// A question to a read action, asked until the answer is as expected or time is up.
package struct Ask: Sendable {
    package var call: Call
    package var expect: Formula
    package var every: Duration
    package var within: Duration
    /// The wait before the first ask of a round.
    package var after: Duration
}
