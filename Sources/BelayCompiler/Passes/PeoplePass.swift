/// Checks that groups and people on call are known where they are named: unknown names would tell nobody.
enum PeoplePass {
    static func run(_ state: inout CompilerState) {
        let declared = state.syntax.environments.filter { $0.people != nil }
        guard !declared.isEmpty else { return }
        let groups = Set(declared.flatMap { $0.people?.groups.map(\.name.value) ?? [] })
        for runbook in state.syntax.runbooks {
            let steps =
                runbook.rules.flatMap { $0.steps + ($0.onFailure ?? []) }
                + runbook.chains.flatMap(\.steps)
            for step in steps { check(step, groups, &state.diagnostics) }
        }
    }

    private static func check(
        _ step: StepSyntax, _ groups: Set<String>, _ diagnostics: inout Diagnostics
    ) {
        if case .parallel(let children) = step.kind {
            for child in children { check(child, groups, &diagnostics) }
        }
        for name in step.approval?.from ?? [] where name.value.hasPrefix("group/") {
            let group = String(name.value.dropFirst("group/".count))
            guard !groups.contains(group) else { continue }
            let near = Suggestion.nearest(to: group, in: groups.sorted())
            diagnostics.append(
                Diagnostic(
                    .unknownValue, "no environment knows the group `\(group)`",
                    at: name.span,
                    help: [
                        near.map { "did you mean `group/\($0)`?" }
                            ?? "list it under `people.groups`"
                    ]))
        }
    }
}
