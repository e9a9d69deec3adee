/// Checks that groups and people on call are known where they are named: unknown names would tell nobody.
enum PeoplePass {
    static func run(_ state: inout CompilerState) {
        let declared = state.syntax.environments.filter { $0.people != nil }
        guard !declared.isEmpty else { return }
        let known = Names(
            groups: Set(declared.flatMap { $0.people?.groups.map(\.name.value) ?? [] }),
            oncall: Set(declared.flatMap { $0.people?.oncall.map(\.name.value) ?? [] }))
        for runbook in state.syntax.runbooks {
            let steps =
                runbook.rules.flatMap { $0.steps + ($0.onFailure ?? []) }
                + runbook.chains.flatMap(\.steps)
            for step in steps { known.check(step, &state.diagnostics) }
        }
        for environment in state.syntax.environments {
            if let notices = environment.notices { known.check(notices.uses, &state.diagnostics) }
        }
    }
}

/// The names that some environment knows.
private struct Names {
    let groups: Set<String>
    let oncall: Set<String>

    func check(_ step: StepSyntax, _ diagnostics: inout Diagnostics) {
        switch step.kind {
        case .parallel(let children): for child in children { check(child, &diagnostics) }
        case .uses(let uses): check(uses, &diagnostics)
        case .wait, .waitFor: break
        }
        for step in step.onFailure ?? [] { check(step, &diagnostics) }
        for name in step.approval?.from ?? [] where name.value.hasPrefix("group/") {
            let group = String(name.value.dropFirst("group/".count))
            report(group, "group", "groups", groups, name.span, &diagnostics)
        }
    }

    func check(_ uses: UsesSyntax, _ diagnostics: inout Diagnostics) {
        for member in uses.with where member.name.value == "to" {
            guard case .constant(let constant) = member.value,
                let name = OncallName.name(in: constant.text)
            else { continue }
            report(name, "oncall", "oncall", oncall, member.value.span, &diagnostics)
        }
    }

    private func report(
        _ name: String, _ prefix: String, _ list: String, _ known: Set<String>, _ span: SourceSpan,
        _ diagnostics: inout Diagnostics
    ) {
        guard !known.contains(name) else { return }
        let near = Suggestion.nearest(to: name, in: known.sorted())
        diagnostics.append(
            Diagnostic(
                .unknownValue,
                prefix == "group"
                    ? "no environment knows the group `\(name)`"
                    : "no environment knows `\(prefix)/\(name)`", at: span,
                help: [
                    near.map { "did you mean `\(prefix)/\($0)`?" }
                        ?? "list it under `people.\(list)`"
                ]))
    }
}
