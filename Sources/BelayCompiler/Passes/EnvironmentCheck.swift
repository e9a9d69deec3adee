/// Judges whether an environment can carry out every rule: an error when it is checked, and not at night.
package enum EnvironmentCheck {
    package static func run(
        _ program: Program, _ environment: EnvironmentProgram, _ diagnostics: inout Diagnostics
    ) {
        var reported: Set<String> = []
        for rule in program.rules {
            for call in rule.calls
            where environment.bindings[call.action.name] == nil
                && reported.insert(call.action.name).inserted
            {
                let (action, span) = (call.action.name, call.span)
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
    /// Every call that the rule may make: of steps, handlers, questions and rollbacks.
    package var calls: [Call] {
        var calls = (steps + onFailure + onSuppressed + afterResolve).flatMap(\.withInner)
            .flatMap { step -> [Call] in
                var calls = [step.verify?.call, step.rollback].compactMap { $0 }
                switch step.work {
                case .call(let call): calls.append(call)
                case .waitFor(let ask): calls.append(ask.call)
                case .chain, .parallel, .wait, .waitForSignal: break
                }
                return calls
            }
        if case .ask(let ask)? = until { calls.append(ask.call) }
        return calls
    }
}
