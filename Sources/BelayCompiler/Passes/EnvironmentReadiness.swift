/// Judges whether an environment is ready for what its rules will ask of it at night: targets, somebody to approve, and
/// the variables of the process. All may be mended without touching a runbook, so these are warnings.
package enum EnvironmentReadiness {
    /// Changing steps in an environment that lists nothing that may be acted on: each of them fails.
    package static func targets(
        of program: Program, in environment: EnvironmentProgram, _ diagnostics: inout Diagnostics
    ) {
        guard environment.requiresTargets, environment.targets.isEmpty else { return }
        let changes = program.rules.flatMap(\.calls).filter(\.action.effect.isChange)
        guard let first = changes.min(by: { $0.span < $1.span }) else { return }
        diagnostics.append(
            Diagnostic(
                .noTargets,
                "environment `\(environment.name)` has no `targets`, so no step changes anything",
                at: environment.span,
                notes: [
                    Diagnostic.Label(
                        first.span, "`\(first.action.name)` fails here, whatever it is to act on")
                ],
                help: [
                    "list what may be acted on under `targets` of \(environment.path ?? "the environment")"
                ]))
    }

    /// Groups that approvals ask and that have nobody here.
    package static func approvals(
        of program: Program, in environment: EnvironmentProgram, _ diagnostics: inout Diagnostics
    ) {
        var reported: Set<SourceSpan> = []
        for approval in program.rules.flatMap(\.approvals) {
            let empty = approval.from.filter { environment.hasNobody($0, approval) }
            let isNobody = empty.count == approval.from.count
            for (name, place) in zip(approval.from, approval.places)
            where empty.contains(name) && reported.insert(place).inserted {
                let group = name.dropFirst("group/".count)
                diagnostics.append(
                    Diagnostic(
                        .nobodyApproves,
                        "nobody is in `\(name)` in environment `\(environment.name)`", at: place,
                        label: isNobody ? approval.end : "others in the list may approve",
                        help: [
                            "list people under `people.groups.\(group)` of \(environment.path ?? "the environment")"
                        ]))
            }
        }
    }

    /// Variables that bindings or secrets need and that are not set.
    ///
    /// - Parameter file: says where they are declared.
    package static func variables(
        of environment: EnvironmentProgram, declaredIn file: EnvironmentFile,
        isSet: (String) -> Bool, _ diagnostics: inout Diagnostics
    ) {
        for name in file.env where !isSet(name.value) {
            let settings = environment.settings(requiring: name.value)
            guard !settings.isEmpty else { continue }
            let first = settings.compactMap(\.span).min()
            diagnostics.append(
                Diagnostic(
                    .unsetVariable,
                    "environment `\(environment.name)` needs the variable `\(name.value)`, which is not set",
                    at: name.span, notes: first.map { [Diagnostic.Label($0, "read here")] } ?? [],
                    help: [
                        "set it before `belay run` and `belay serve`, or read it as `env.?\(name.value)`"
                    ]))
        }
        for secret in file.secrets {
            guard case .variable(let name) = secret.origin, !isSet(name.value) else { continue }
            diagnostics.append(
                Diagnostic(
                    .unsetVariable,
                    "the secret `\(secret.name.value)` is in the variable `\(name.value)`, which is not set",
                    at: name.span, help: ["set it before `belay run` and `belay serve`"]))
        }
    }
}

extension EnvironmentProgram {
    /// As the engine reads `from`: the owner's group, where the runbook names nobody, means anybody if it is not here.
    fileprivate func hasNobody(_ name: String, _ approval: Approval) -> Bool {
        guard name.hasPrefix("group/") else { return false }
        guard let members = groups[String(name.dropFirst("group/".count))] else {
            return !approval.isDefault
        }
        return members.isEmpty
    }
}

extension Rule {
    /// Every approval that the rule may ask for.
    fileprivate var approvals: [Approval] {
        (steps + onFailure + onSuppressed + afterResolve).flatMap(\.withInner).compactMap(
            \.approval)
    }
}

extension Approval {
    /// What becomes of a step that nobody can approve.
    fileprivate var end: String {
        let end = onTimeout == .deny ? "the step is denied" : "the step goes on unapproved"
        return "nobody can approve: \(end) after \(timeout.text)"
    }
}
