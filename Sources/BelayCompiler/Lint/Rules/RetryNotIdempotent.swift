/// RB3002: a retry of what must not start twice.
enum RetryNotIdempotent: LintRule {
    static let code = DiagnosticCode.retryNotIdempotent

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for rule in program.rules {
            for step in rule.allSteps where step.retry.attempts > 1 {
                guard let action = step.call?.action, action.effect.isChange else { continue }
                for environment in program.environments {
                    guard let binding = environment.bindings[action.name],
                        !binding.recovery.mayRepeat,
                        step.retry.errors.contains("timeout")
                    else { continue }
                    report(
                        Diagnostic(
                            code,
                            "`\(step.id)` is retried after a time-out, but `\(action.name)` is "
                                + "\(binding.recovery.rawValue) in environment `\(environment.name)`",
                            at: step.span,
                            notes: binding.span.map { [.init($0, "bound here")] } ?? [],
                            help: [
                                "retry only what is refused before work: `errors: [throttled]`",
                                "or state `recovery: idempotent` in the binding, if doing it twice is doing it once",
                            ]))
                    break
                }
            }
        }
    }
}
