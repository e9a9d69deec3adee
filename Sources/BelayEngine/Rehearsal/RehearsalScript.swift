package import BelayCompiler
import JSON

/// How the world behaves in a rehearsal: what calls are answered with, who consents, who decides.
package protocol RehearsalScript {
    /// What a call is answered with, and after how long.
    mutating func reply(to call: RehearsedCall) -> RehearsedReply
    /// What becomes of a request for consent; nil: nobody says anything.
    mutating func consent(to request: RehearsedRequest) -> RehearsedConsent?
    /// What a person says of a call whose outcome cannot be known; nil: nothing.
    mutating func decision(on call: RehearsedCall) -> RehearsedDecision?
}

extension RehearsalScript {
    package mutating func consent(to request: RehearsedRequest) -> RehearsedConsent? { nil }
    package mutating func decision(on call: RehearsedCall) -> RehearsedDecision? { nil }
}

/// One attempt as a rehearsal sees it.
package struct RehearsedCall: Sendable, Hashable {
    /// The run's place in the rehearsal, from zero.
    package var run: Int
    package var path: String
    package var intent: CallIntent
    package var at: Timestamp
    /// The id of the run's incident.
    package var incident = ""
    /// Whether the rule's `until` is the source's word.
    package var awaitsSource = false

    package var place: CallPlace { CallPlace(path: path) }
}

/// The world's answer to a call.
package struct RehearsedReply: Sendable, Hashable {
    package var outcome: ActionOutcome
    /// Virtual time until it comes; past the call's time-out the answer is lost.
    package var after: Duration
    /// The source says this of the incident, that long after the answer.
    package var notice: RehearsedNotice?
    /// What the answer to a question is taken to mean, whatever is expected of it.
    package var verdict: Verdict?

    package init(
        _ outcome: ActionOutcome, after: Duration = .zero, notice: RehearsedNotice? = nil,
        verdict: Verdict? = nil
    ) {
        self.outcome = outcome
        self.after = after
        self.notice = notice
        self.verdict = verdict
    }
}

/// A notice of the source.
package struct RehearsedNotice: Sendable, Hashable {
    package var status: IncidentStatus
    package var after: Duration

    package init(_ status: IncidentStatus, after: Duration = .zero) {
        self.status = status
        self.after = after
    }
}

/// A request for consent.
package struct RehearsedRequest: Sendable, Hashable {
    package var run: Int
    /// The step's path, or `plan`.
    package var step: String
    package var from: Approvers
    /// Who or what began the run.
    package var beganBy: String
    /// What exactly is asked for, where it is one call.
    package var intent: CallIntent?
}

/// The answer to a request for consent.
package struct RehearsedConsent: Sendable, Hashable {
    package var decision: ApprovalDecision
    package var after: Duration

    package init(_ decision: ApprovalDecision, after: Duration = .zero) {
        self.decision = decision
        self.after = after
    }
}

/// A person's word on a call.
package struct RehearsedDecision: Sendable, Hashable {
    package var decision: PersonDecision
    package var after: Duration

    package init(_ decision: PersonDecision, after: Duration = .zero) {
        self.decision = decision
        self.after = after
    }
}
