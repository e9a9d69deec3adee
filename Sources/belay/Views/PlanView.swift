import BelayCompiler
import BelayEngine
import JSON

/// A plan as the terminal shows it: `!` changes, `>` tells, `·` reads, `?` unknown until run.
struct PlanView {
    private let plan: Plan
    private var lines: [String] = []

    init(_ plan: Plan) {
        self.plan = plan
        head()
        for run in plan.runs { show(run) }
        others()
    }

    var text: String { lines.joined(separator: "\n") }

    private mutating func head() {
        let incident = plan.incident
        let target = incident.target.map { "  \($0)" } ?? ""
        lines.append(
            "\(incident.id.shortened)  \(incident.type)  \(incident.priority.rawValue)\(target)   "
                + "\(plan.at.shortRFC3339)  env \(plan.environment)  \(plan.program.prefix(7))")
        if plan.runs.isEmpty {
            lines.append("nothing would be done: \(plan.decision.reason ?? "no_rule")")
        }
    }

    private mutating func show(_ run: RunPlan) {
        let turn = run.isCatchAll ? "catch-all" : String(run.precedence)
        var line = "rule      \(run.rule) (\(turn))   match ok"
        if let when = run.when { line += "   when ok: \(when)" }
        for limit in run.limits { line += "   \(limit.name) \(limit.state)" }
        if run.mode != .auto { line += "   mode \(run.mode.rawValue)" }
        lines.append(line)
        lines += StepTable(run).lines
        if !run.onFailure.isEmpty {
            lines.append(
                "if it fails: " + run.onFailure.map(Self.told).joined(separator: ", then "))
        }
        let unknown = run.steps.flatMap(\.calls).flatMap(\.inputs).filter {
            if case .unknown = $0.value { true } else { false }
        }
        if !unknown.isEmpty {
            lines.append("not known before running: " + unknown.map(\.name).joined(separator: ", "))
        }
        if !run.permissions.isEmpty {
            lines.append("would need: \(run.permissions.joined(separator: ", "))")
        }
        for problem in run.steps.flatMap(\.calls).compactMap(\.problem) {
            lines.append("would fail: \(problem)")
        }
    }

    private static func told(_ step: PlannedStep) -> String {
        guard case .call(let call) = step.work else { return step.id }
        let to = call.inputs.first { $0.name == "to" }.map { " \($0.value.text)" } ?? ""
        return "\(step.id) (\(call.action)\(to))"
    }

    /// Rules that matched and were not taken, and why.
    private mutating func others() {
        for verdict in plan.decision.verdicts {
            switch verdict.outcome {
            case .shadowed(let winner):
                lines.append(
                    "also      \(verdict.rule) matches, not taken: \(winner) was before it")
            case .suppressed(let reason, let until):
                let end = until.map { " until \($0.shortRFC3339)" } ?? ""
                lines.append("held      \(verdict.rule): \(reason.rawValue)\(end)")
            case .whenFailed(let problem):
                lines.append(
                    "undecided \(verdict.rule): when could not be evaluated: \(problem.message)")
            case .notAsked, .noMatch, .whenFalse, .taken: continue
            }
        }
    }
}

/// The rows of a plan's steps, in columns.
private struct StepTable {
    private var rows: [(id: String, action: String, inputs: String, mark: String, note: String)] =
        []

    init(_ run: RunPlan) {
        for (place, step) in run.steps.enumerated() {
            add(step, "  ")
            if place == 0, let until = run.until {
                rows.append(
                    (
                        "   until", until.call.action,
                        "\(until.expect), asked every \(until.every.text) for \(until.within.text)",
                        "·", ""
                    ))
            }
            if place == 0, let within = run.untilResolved {
                rows.append(
                    ("   until", "resolved", "the source says so within \(within.text)", "·", ""))
            }
        }
    }

    private mutating func add(_ step: PlannedStep, _ indent: String) {
        let id = indent + step.id
        let note = notes(step)
        switch step.work {
        case .call(let call):
            rows.append(
                (id, call.action, call.inputs.text, step.effect.mark, join(carrier(call), note)))
        case .chain(let name, let steps):
            rows.append((id, "chain/\(name)", "", step.effect.mark, note))
            for inner in steps { add(inner, indent + "  ") }
        case .parallel(let steps):
            rows.append((id, "at once", "", step.effect.mark, note))
            for inner in steps { add(inner, indent + "  ") }
        case .wait(let length): rows.append((id, "wait", length.text, "·", note))
        case .waitForSignal(let name, let within):
            rows.append((id, "wait for", "signal \(name) for \(within.text)", "·", note))
        case .waitFor(let ask):
            rows.append(
                (
                    id, "wait for", "\(ask.call.action) \(ask.expect) for \(ask.within.text)", "·",
                    note
                ))
        }
        if let verify = step.verify {
            rows.append(
                (
                    indent + " verify", verify.call.action,
                    "\(verify.expect), for \(verify.within.text)", "·", ""
                ))
        }
        if let rollback = step.rollback {
            rows.append(
                (
                    indent + " undo", rollback.action, rollback.inputs.text, rollback.effect.mark,
                    "if the chain fails"
                ))
        }
    }

    private func carrier(_ call: PlannedCall) -> String {
        guard let provider = call.provider else { return "no provider bound" }
        let main = ["function", "cluster", "host", "url", "command"].lazy.compactMap { name in
            call.settings.first { $0.name == name }?.value.first
        }.first
        return (provider + (main.map { " \($0)" } ?? "")).cut(to: 40)
    }

    private func notes(_ step: PlannedStep) -> String {
        var notes: [String] = []
        if let list = step.forEach {
            notes.append("for each of \(list.text), at most \(step.maxItems ?? 0)")
        }
        if let condition = step.condition { notes.append("if \(condition)") }
        if step.retry.attempts > 1 { notes.append("\(step.retry.attempts) attempts") }
        if let approval = step.approval {
            notes.append("after approval by \(approval.from.joined(separator: ", "))")
        }
        if let note = step.note { notes.append(note) }
        return notes.joined(separator: "; ")
    }

    private func join(_ left: String, _ right: String) -> String {
        [left, right].filter { !$0.isEmpty }.joined(separator: "   ")
    }

    var lines: [String] {
        let ids = rows.map(\.id.unicodeScalars.count).max() ?? 0
        let actions = rows.map(\.action.unicodeScalars.count).max() ?? 0
        let inputs = min(rows.map(\.inputs.unicodeScalars.count).max() ?? 0, 48)
        return rows.map { row in
            let text =
                "\(row.id.padded(ids))  \(row.action.padded(actions))  \(row.inputs.padded(inputs))  \(row.mark)  \(row.note)"
            return text.trimmingEnd
        }
    }
}

extension Effect {
    /// `!` changes, `>` tells, `·` reads.
    var mark: String {
        switch self {
        case .read: "·"
        case .notify: ">"
        case .change, .destroy: "!"
        }
    }
}

extension PlannedValue {
    /// The text, or the first item of a list: the program of a command.
    var first: String {
        if case .known(.array(let items)) = self { return items.first?.stringValue ?? text }
        return text
    }

    var text: String {
        switch self {
        case .known(let value): value.stringValue ?? value.text()
        case .unknown(let text): "?\(text)"
        }
    }
}

extension [PlannedInput] {
    var text: String { map { "\($0.name)=\($0.value.text.cut(to: 60))" }.joined(separator: " ") }
}

extension String {
    var trimmingEnd: String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    /// Long generated identifiers are cut for people.
    var shortened: String { count > 24 ? String(prefix(12)) + "…" : self }
}
