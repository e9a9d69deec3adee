/// Judges whether an environment can carry out every rule: an error when it is checked, and not at night.
package enum EnvironmentCheck {
    package static func run(
        _ program: Program, _ environment: EnvironmentProgram, _ diagnostics: inout Diagnostics
    ) {
        var reported: Set<String> = []
        for rule in program.rules {
            for (action, span) in rule.actions
            where environment.bindings[action] == nil && reported.insert(action).inserted {
                diagnostics.append(
                    Diagnostic(
                        .unboundAction,
                        "no provider is bound to `\(action)` in environment `\(environment.name)`",
                        at: span,
                        help: [
                            "add `bind: {\(action): {provider: …}}` to \(environment.path ?? "the environment")"
                        ]))
            }
        }
    }
}

extension Rule {
    /// Every action that the rule may call, with the place that names it.
    fileprivate var actions: [(String, SourceSpan)] {
        var calls = (steps + onFailure + onSuppressed + afterResolve).flatMap(\.withInner)
            .flatMap { step -> [Call] in
                var calls = [step.call, step.verify?.call, step.rollback].compactMap { $0 }
                if case .waitFor(let ask) = step.work { calls.append(ask.call) }
                return calls
            }
        if case .ask(let ask)? = until { calls.append(ask.call) }
        return calls.map { ($0.action.name, $0.span) }
    }
}
