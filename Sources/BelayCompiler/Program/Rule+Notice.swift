extension Rule {
    /// The runbook that notices of the engine itself are said to stand in.
    package static let noticeRunbook = "belay"

    /// A rule of the engine's own: it calls the environment's `notices` and nothing else.
    package static func notice(_ id: String, _ call: Call) -> Rule {
        let step = Step(
            id: "tell", span: call.span, work: .call(call), condition: StepCondition(),
            retry: RetryPolicy(attempts: 3))
        return Rule(
            id: id,
            runbook: RunbookIdentity(
                name: noticeRunbook, owner: nil, path: call.span.file.path, digest: ""),
            span: call.span, precedence: 0, isCatchAll: false, continues: false,
            conditionSpans: [], statuses: [], holdFor: .zero,
            target: StandardTemplate.incidentTarget, mode: .auto, deadline: Standards.deadline,
            steps: [step], onFailure: [], onSuppressed: [], afterResolve: [], onResolve: .finish,
            onAcknowledge: .finish)
    }
}
