package import BelayCompiler
import JSON

/// Runs files of kind RunbookTest: the real decision and interpreter on a virtual clock with the world of the mocks.
package struct RunbookTestRunner: Sendable {
    let program: Program

    package init(_ program: Program) { self.program = program }

    /// One report for each case and each row of its table; `matching` chooses cases by name.
    package func run(
        _ file: RunbookTestFile, matching isChosen: (String) -> Bool = { _ in true }
    ) -> [CaseReport] {
        file.cases.flatMap { syntax in
            rows(of: syntax).compactMap { row -> CaseReport? in
                let templates = TestTemplates(row: row.values)
                var report = CaseReport(
                    file: file.file.path, name: syntax.name.text, span: row.span ?? syntax.span)
                do throws(TestProblem) {
                    if let problem = row.problem { throw problem }
                    report.name = try templates.text(syntax.name)
                    guard isChosen(report.name) else { return nil }
                    try CaseRun(runner: self, file: file, syntax: syntax, templates: templates)
                        .run(&report)
                } catch {
                    guard isChosen(report.name) else { return nil }
                    report.problems.append(error)
                }
                return report
            }
        }
    }

    private struct Row {
        var values: JSONObject = [:]
        var span: SourceSpan?
        var problem: TestProblem?
    }

    /// The rows of a table; a case without one runs once.
    private func rows(of syntax: CaseSyntax) -> [Row] {
        guard !syntax.table.isEmpty else { return [Row()] }
        return syntax.table.map { row in
            var values = JSONObject()
            for member in row.values {
                do throws(TestProblem) {
                    values[member.name.value] = try TestTemplates().value(
                        member.value, member.name.value)
                } catch {
                    return Row(values: values, span: row.span, problem: error)
                }
            }
            return Row(values: values, span: row.span)
        }
    }
}

/// One case, once.
private struct CaseRun {
    let runner: RunbookTestRunner
    let file: RunbookTestFile
    let syntax: CaseSyntax
    let templates: TestTemplates

    private typealias Stage = RehearsalStage<TestMocks>

    private struct Moment {
        var at: Duration
        var incident: IncidentReference?
        var repeats: Bool
        var expect: ExpectSyntax?
        var span: SourceSpan
    }

    func run(_ report: inout CaseReport) throws(TestProblem) {
        let planner = try planner()
        let start = file.clock?.value ?? RehearsalBounds.start
        let mocks = try TestMocks(
            own: syntax.mocks, shared: file.mocks, templates, runner.program.catalogue)
        var stage = Stage(
            planner: planner, at: start, script: mocks,
            isMatchOnly: syntax.matchOnly?.value ?? false)
        let moments = moments
        let incidents = try incidents(of: moments, start)
        for (place, moment) in moments.enumerated() {
            stage.deliver(
                incidents[place], at: start + moment.at, before: incidents[(place + 1)...])
        }
        stage.proceed()
        try judge(moments, stage, start, &report)
    }

    // MARK: What comes in

    /// A case with an incident of its own is a timeline of one moment.
    private var moments: [Moment] {
        guard syntax.timeline.isEmpty else {
            return syntax.timeline.map {
                Moment(
                    at: $0.at.value, incident: $0.incident ?? syntax.incident,
                    repeats: $0.again?.value ?? false, expect: $0.expect, span: $0.span)
            }.sorted { $0.at < $1.at }
        }
        return [
            Moment(
                at: .zero, incident: syntax.incident, repeats: false, expect: syntax.expect,
                span: syntax.span)
        ]
    }

    private func incidents(
        of moments: [Moment], _ start: Timestamp
    ) throws(TestProblem) -> [Incident] {
        let reader = TestIncidents(file: file, templates: templates)
        var incidents: [Incident] = []
        for moment in moments {
            var incident = try reader.incident(
                try reference(of: moment), at: start + moment.at, number: incidents.count + 1)
            let earlier = incidents.last { $0.fingerprint == incident.fingerprint }
            if moment.repeats || incident.status != .firing, let earlier {
                incident.startedAt = earlier.startedAt
            }
            incidents.append(incident)
        }
        return incidents
    }

    private func reference(of moment: Moment) throws(TestProblem) -> IncidentReference {
        if let reference = moment.incident { return reference }
        guard file.incidents.count == 1 else {
            throw TestProblem("this says no `incident`", at: moment.span)
        }
        return .inline(file.incidents[0].incident)
    }

    private func planner() throws(TestProblem) -> Planner {
        let name = file.environment?.value ?? EnvironmentProgram.simulatedName
        guard let environment = runner.program.environments[name] else {
            let known = runner.program.environments.keys.sorted().joined(separator: ", ")
            throw TestProblem(
                "there is no environment `\(name)` (known: \(known))",
                at: file.environment?.span ?? file.metadata.name.span)
        }
        // A test must not depend on the process it runs in: each variable's value is its name.
        let variables = JSONObject(environment.variables.map { ($0, .string($0)) })
        return Planner(
            Decider(program: try asked(), environment: environment, variables: variables))
    }

    /// The program in which only the runbooks that the file names are asked.
    private func asked() throws(TestProblem) -> Program {
        var program = runner.program
        for only in file.only
        where !program.rules.contains(where: { $0.runbook.isNamed(only.value) }) {
            throw TestProblem("there is no runbook `\(only.value)`", at: only.span)
        }
        guard !file.only.isEmpty else { return program }
        for place in program.rules.indices {
            let runbook = program.rules[place].runbook
            if !file.only.contains(where: { runbook.isNamed($0.value) }) {
                program.rules[place].statuses = ["not asked in this test"]
            }
        }
        return program
    }

    // MARK: What came of it

    private func judge(
        _ moments: [Moment], _ stage: Stage, _ start: Timestamp, _ report: inout CaseReport
    ) throws(TestProblem) {
        let mocks = stage.rehearsal.script
        var expectations = TestExpectations(templates, mocks)
        var trace = TestTrace(start: start)
        for (place, moment) in moments.enumerated() {
            let delivery = stage.delivered[place]
            trace.tell(delivery, stage.rehearsal.runs, parts: stage.parts(of: place))
            report.rules.formUnion(delivery.decision.taken.map(\.rule.name))
            guard let expect = moment.expect else { continue }
            let before = expectations.mismatches.count
            try expectations.judge(expect, actuals(of: place, stage))
            if expectations.mismatches.count > before {
                report.drawings += drawings(expect, delivery, stage)
            }
        }
        report.mismatches = expectations.mismatches
        report.trace = trace.lines
        report.unusedMocks = mocks.unused.map { ($0.key, $0.span) }
        for call in mocks.unanswered where call.intent.effect.isChange {
            report.problems.append(
                TestProblem(
                    "\(call.intent.action) would be called at `\(call.path)` and has no mock",
                    at: syntax.span))
        }
        for refused in stage.rehearsal.refused {
            report.problems.append(
                TestProblem(
                    "a mock answers for somebody who may not: `\(refused.step)`: \(refused.why.message)",
                    at: syntax.span))
        }
        if stage.rehearsal.isCut {
            report.problems.append(
                TestProblem("the runs of this case do not come to an end", at: syntax.span))
        }
    }

    private func actuals(of place: Int, _ stage: Stage) -> [TestExpectations.Actual] {
        let delivery = stage.delivered[place]
        if let place = delivery.leader {
            let leader = stage.rehearsal.runs[place]
            return [
                .init(
                    rule: leader.context.rule.id, name: leader.context.rule.name,
                    outcome: leader.result == nil ? "waiting" : "joined", reason: leader.outcome)
            ]
        }
        if !delivery.runs.isEmpty {
            return delivery.runs.map { place in
                let run = stage.rehearsal.runs[place]
                return .init(
                    rule: run.context.rule.id, name: run.context.rule.name, outcome: run.outcome,
                    reason: run.reason, run: run)
            }
        }
        if !delivery.decision.taken.isEmpty {
            return delivery.decision.taken.map {
                .init(rule: $0.rule.id, name: $0.rule.name, outcome: "matched")
            }
        }
        return [suppressed(place, stage)]
    }

    /// What came of an incident that no rule was taken for: what `on_suppressed` did, or `after_resolve`.
    private func suppressed(_ place: Int, _ stage: Stage) -> TestExpectations.Actual {
        let decision = stage.delivered[place].decision
        let part = stage.parts(of: place).first.map { stage.rehearsal.runs[$0] }
        if decision.isOver { return .init(outcome: "suppressed", reason: Decision.over) }
        for verdict in decision.verdicts {
            guard case .suppressed(let why, _) = verdict.outcome else { continue }
            let rule = stage.planner.decider.program.rules[verdict.place]
            return .init(
                rule: rule.id, name: rule.name, outcome: "suppressed", reason: why.rawValue,
                run: part)
        }
        guard let part else { return .init(outcome: "no_rule") }
        return .init(
            rule: part.context.rule.id, name: part.context.rule.name, outcome: part.outcome,
            reason: part.reason, run: part)
    }

    /// The `when` of the rule that was expected and not taken, and the `until` that did not come true.
    private func drawings(
        _ expect: ExpectSyntax, _ delivery: StagedDelivery, _ stage: Stage
    ) -> [String] {
        var drawings: [String] = []
        let wanted = expect.rule.flatMap { try? templates.text($0) }
        for verdict in delivery.decision.verdicts {
            let rule = stage.planner.decider.program.rules[verdict.place]
            guard rule.id == wanted || rule.name == wanted, let when = rule.when else { continue }
            switch verdict.outcome {
            case .whenFalse, .whenFailed:
                let taken = TakenRule(
                    place: verdict.place, rule: rule, mode: .auto, reservations: [])
                let context = stage.planner.context(for: taken, delivery.incident)
                drawings.append(
                    when.drawing(in: context.scope(at: delivery.at, params: context.params)))
            default: continue
            }
        }
        return drawings + delivery.runs.compactMap { untilDrawing(stage.rehearsal.runs[$0]) }
    }

    private func untilDrawing(_ run: RehearsedRun) -> String? {
        guard case .ask(let ask)? = run.context.rule.until,
            let last = run.calls.last(where: { $0.place.question == .until }),
            case .succeeded(let output)? = run.state.calls[last.path]?.last?.outcome,
            run.state.calls[last.path]?.verdict != .met
        else { return nil }
        var scope = run.context.scope(at: last.at, params: run.context.params)
        scope.set("result", ask.call.action.typed(output))
        return ask.expect.drawing(in: scope)
    }
}

extension RunbookIdentity {
    /// Whether a test means this runbook: by its name, its path, or the end of its path.
    fileprivate func isNamed(_ name: String) -> Bool {
        self.name == name || path == name || path.hasSuffix("/\(name)")
    }
}
