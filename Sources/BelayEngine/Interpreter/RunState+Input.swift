import BelayCompiler

extension RunState {
    /// The events that an input from outside means now; none where it no longer matters, or never did.
    ///
    /// `beganBy` is who began the run: nobody consents to a run of their own, and only those who were asked do.
    package func events(of input: RunInput, beganBy actor: String) -> [RunEvent] {
        switch input {
        case .start: startedAt == nil ? [.started] : []
        case .callEnded(let call, let attempt, let outcome): end(of: call, attempt, outcome)
        case .interrupted(let call, let attempt):
            end(
                of: call, attempt,
                .lost(.interrupted, message: "the engine stopped before an answer came"))
        case .timerFired(let key):
            timers[key].map { $0.firedAt == nil } ?? false ? [.timerFired(key: key)] : []
        case .approval(let step, let decision): consent(to: step, decision, actor)
        case .person(let call, let decision):
            calls[call].map { $0.personAskedAt != nil && $0.decision == nil } ?? false
                ? [.personDecided(call: call, decision)] : []
        case .notice(.resolved): resolvedAt == nil ? [.noticed(.resolved)] : []
        case .notice(.acknowledged): acknowledgedAt == nil ? [.noticed(.acknowledged)] : []
        case .cancel(let person): cancelledBy == nil ? [.cancelled(by: person)] : []
        case .signal(let name, let person):
            signals[name] == nil ? [.signalled(name: name, by: person)] : []
        case .notice(.firing), .look: []
        }
    }

    private func end(of call: String, _ attempt: Int, _ outcome: ActionOutcome) -> [RunEvent] {
        guard let pending = calls[call]?.pending, pending.intent.attempt == attempt else {
            return []
        }
        return [.ended(call: call, attempt: attempt, outcome: outcome.asStored)]
    }

    private func consent(
        to step: String, _ decision: ApprovalDecision, _ actor: String
    ) -> [RunEvent] {
        guard let approval = approvals[step], approval.decision == nil else { return [] }
        guard approval.from.refusal(of: decision, beganBy: actor) == nil else { return [] }
        return [.approvalDecided(step: step, decision)]
    }
}
