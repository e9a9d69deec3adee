/// Names what a real run cannot carry out yet, so that nothing of it is silently left undone.
package enum UnsupportedCheck {
    package static func run(
        _ program: Program, _ environment: EnvironmentProgram, _ diagnostics: inout Diagnostics
    ) {
        guard environment.name != EnvironmentProgram.simulatedName else { return }
        for rule in program.rules {
            for construct in constructs(of: rule) {
                diagnostics.append(
                    Diagnostic(
                        .unsupported,
                        "rule `\(rule.id)` uses `\(construct)`, which `run` does not carry out yet",
                        at: rule.span,
                        help: ["`belay plan`, `belay test` and `--env simulated` honour it"]))
            }
        }
    }

    private static func constructs(of rule: Rule) -> [String] {
        var found: [String] = []
        if rule.holdFor > .zero { found.append("for") }
        if rule.again != nil { found.append("again") }
        if !rule.afterResolve.isEmpty { found.append("after_resolve") }
        if !rule.onSuppressed.isEmpty { found.append("on_suppressed") }
        if rule.concurrency?.onConflict == .join { found.append("concurrency.on_conflict: join") }
        return found
    }
}
