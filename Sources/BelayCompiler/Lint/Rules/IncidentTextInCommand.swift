/// RB3009: text of an incident, which anybody may write, ends in a command or a query.
enum IncidentTextInCommand: LintRule {
    static let code = DiagnosticCode.incidentTextInCommand

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for rule in program.rules {
            for step in rule.allSteps {
                guard let call = step.call else { continue }
                for input in call.inputs { check(input, of: call, report) }
            }
        }
    }

    /// The program's name and shell texts take nothing; arguments and queries need a `pattern` in the contract.
    private static func check(_ input: NamedTemplate, of call: Call, _ report: (Diagnostic) -> Void)
    {
        guard let span = input.span, let contract = call.action.input(input.name),
            contract.pattern == nil,
            sensitive(call.action.name, input.name),
            let formula = input.value.formulas.first(where: \.readsFreeText)
        else { return }
        report(
            Diagnostic(
                code,
                "text of the incident goes into `\(input.name)` of `\(call.action.name)`",
                at: formula.span,
                notes: [.init(span, "")].filter { $0.span != formula.span },
                help: [
                    "anybody who can raise an alert can write this text",
                    "declare an action of your own whose input has a `pattern`, and use that",
                ]))
    }

    private static func sensitive(_ action: String, _ input: String) -> Bool {
        switch action {
        case "exec.run", "exec":
            ["command", "script", "program", "args", "arguments"].contains(input)
        case "metrics.query", "prometheus.query": input == "query"
        default: input == "script" || input == "command"
        }
    }
}

extension Formula {
    /// Whether it reads a field of the incident whose text the source wrote.
    fileprivate var readsFreeText: Bool {
        paths.contains { path in
            [
                "title", "description", "labels", "annotations", "details", "target", "service",
                "type", "region",
            ]
            .contains { path == "incident.\($0)" || path.hasPrefix("incident.\($0).") }
                || path == "run.target"
        }
    }
}
