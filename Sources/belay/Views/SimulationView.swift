import BelayCompiler
import BelayEngine
import JSON

/// A simulation as the terminal shows it, and as JSON: `!` changes, `>` tells, `·` reads.
struct SimulationView {
    private let outcome: SimulationOutcome
    private let planner: Planner

    init(_ outcome: SimulationOutcome, _ planner: Planner) {
        self.outcome = outcome
        self.planner = planner
    }

    var text: String {
        let stories = outcome.deliveries.map { delivery in
            ([head(delivery.incident)] + story(of: delivery)).joined(separator: "\n")
        }
        return (stories + [foot]).joined(separator: "\n\n")
    }

    private func head(_ incident: Incident) -> String {
        let target = incident.target.map { "  \($0.cut(to: 80))" } ?? ""
        let status = incident.status == .firing ? "" : "  \(incident.status.rawValue)"
        return "\(incident.id.shortened.cut(to: 24))  \(incident.type.cut(to: 80))  "
            + "\(incident.priority.rawValue)\(target)\(status)   \(outcome.start.shortRFC3339) virtual  env \(planner.decider.environment.name)"
    }

    private func story(of delivery: SimulationOutcome.Delivery) -> [String] {
        var lines: [String] = []
        for number in delivery.runs {
            let run = outcome.runs[number]
            let part = run.context.part.code.map { "  \($0)" } ?? ""
            let mode = run.context.mode == .auto ? "" : "   mode \(run.context.mode.rawValue)"
            lines.append("rule      \(run.context.rule.id)\(part)\(mode)")
            lines += Table(SimulatedRun(run, number: number, in: outcome).rows).lines
            lines.append("outcome   \(ending(of: run))")
        }
        if let leader = delivery.decision.taken.compactMap(\.leader).first {
            lines.append("joins     \(leader), and ends as it does")
        } else if delivery.runs.isEmpty, delivery.incident.status != .firing {
            lines.append("a notice: nothing begins with it")
        } else if delivery.runs.isEmpty {
            lines.append("nothing would be done: \(delivery.decision.reason ?? "no_rule")")
        }
        return lines
    }

    private func ending(of run: RehearsedRun) -> String {
        let end = run.result?.words ?? "\(run.outcome) (\(run.reason ?? "for ever"))"
        let time = run.state.clock.map { " at +\(($0 - outcome.start).text)" } ?? ""
        let effects = Effects(run)
        return "\(end)\(time)   \(effects.changes.counted("change")) on "
            + "\(effects.targets.count.counted("target")), \(effects.tellings.counted("notice"))"
    }

    /// What the story rests on.
    private var foot: String {
        let origins = Set(outcome.origins.values)
        var words = ["virtual time; nothing was changed"]
        if origins.contains(.read) { words.append("readings are real, of now") }
        if origins.contains(.assumed) {
            words.append("what is marked so was assumed: --assume and --mocks say otherwise")
        }
        words.append("not asked: the journal's limits and pauses")
        var text = "simulated: " + words.joined(separator: "; ")
        for mock in outcome.unusedMocks { text += "\nno call used the mock \(mock)" }
        for assumption in outcome.unusedAssumptions {
            text += "\n--assume \(assumption) had to do with nothing here"
        }
        return text
    }

    // MARK: JSON

    var json: JSONValue {
        [
            "schema_version": "1.0", "at": .string(outcome.start.rfc3339),
            "environment": .string(planner.decider.environment.name),
            "incidents": .array(outcome.deliveries.map(json)),
            "unused_mocks": .array(outcome.unusedMocks.map(JSONValue.string)),
            "unused_assumptions": .array(outcome.unusedAssumptions.map(JSONValue.string)),
        ]
    }

    private func json(_ delivery: SimulationOutcome.Delivery) -> JSONValue {
        var object: JSONObject = [
            "incident": .string(delivery.incident.id), "type": .string(delivery.incident.type),
            "runs": .array(delivery.runs.map(json)),
        ]
        object["reason"] = delivery.decision.reason.map(JSONValue.string)
        return .object(object)
    }

    private func json(_ number: Int) -> JSONValue {
        let run = outcome.runs[number]
        let effects = Effects(run)
        var object: JSONObject = [
            "runbook": .string(run.context.rule.runbook.name),
            "rule": .string(run.context.rule.id), "mode": .string(run.context.mode.rawValue),
            "outcome": .string(run.outcome),
            "steps": .array(
                run.stepEnds.map { step in
                    ["path": .string(step.path), "outcome": .string(step.outcome)]
                }),
            "happened": .array(SimulatedRun(run, number: number, in: outcome).rows.map(json)),
            "effects": [
                "changes": .integer(Int64(effects.changes)),
                "targets": .array(effects.targets.sorted().map(JSONValue.string)),
                "notices": .integer(Int64(effects.tellings)),
            ],
        ]
        object["part"] = run.context.part.code.map(JSONValue.string)
        object["reason"] = run.reason.map(JSONValue.string)
        return .object(object)
    }

    private func json(_ row: SimulatedRun.Row) -> JSONValue {
        var object: JSONObject = [
            "after_ms": .integer(row.after.wholeMilliseconds), "step": .string(row.step),
            "what": .string(row.what), "asks": .integer(Int64(row.asks)),
        ]
        object["effect"] = row.effect.map { .string($0.rawValue) }
        object["result"] = row.result.map(JSONValue.string)
        object["answered_by"] = row.origin.map { .string($0.rawValue) }
        object["ended_ms"] = row.ended.map { .integer($0.wholeMilliseconds) }
        return .object(object)
    }
}

/// What a simulated run would do to the world.
private struct Effects {
    var changes = 0
    var tellings = 0
    var targets: Set<String> = []

    init(_ run: RehearsedRun) {
        // Another attempt is the same change again.
        for call in run.calls where call.intent.attempt == 1 {
            if call.intent.effect == .notify { tellings += 1 }
            guard call.intent.effect.isChange else { continue }
            changes += 1
            if let target = call.intent.target { targets.insert(target) }
        }
    }
}

/// Rows in columns.
private struct Table {
    let lines: [String]

    init(_ rows: [SimulatedRun.Row]) {
        let cells = rows.map { row in
            [
                "+" + row.after.text, row.step, row.what.cut(to: 60), row.effect?.mark ?? "",
                Self.result(row), row.origin == .assumed ? "assumed" : row.origin?.rawValue ?? "",
            ]
        }
        let widths = (0..<6).map { column in
            cells.map { $0[column].unicodeScalars.count }.max() ?? 0
        }
        lines = cells.map { row in
            "  "
                + zip(row, widths).map { $0.padded($1) }.joined(separator: "  ").trimmingEnd
        }
    }

    private static func result(_ row: SimulatedRun.Row) -> String {
        var text = (row.result ?? "").cut(to: 80)
        if row.asks > 1 { text += ", asked \(row.asks) times" }
        if let ended = row.ended, ended > row.after { text += " until +\(ended.text)" }
        return text
    }
}

extension Int {
    fileprivate func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
