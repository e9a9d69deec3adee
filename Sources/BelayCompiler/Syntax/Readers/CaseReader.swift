/// Reads the cases of a test.
struct CaseReader {
    let context: ReadingContext
    /// Names of the file's incidents.
    let names: [String]

    private var incidents: IncidentReader { IncidentReader(context: context) }

    func read(_ node: YAMLNode) -> CaseSyntax? {
        guard let reader = MappingReader(node, Tables.testCase, context) else { return nil }
        let name = reader.template("name")
        let incident = reader.node("incident").flatMap { incidents.reference($0, names: names) }
        if case .inline(let written)? = incident { checkExtends(written) }
        let mocks = MockReader(context: context).read(reader)
        let expect = reader.node("expect").flatMap(self.expect)
        let timeline = reader.list("timeline", of: "moments", moment)
        let table = reader.list("table", of: "rows", row)
        let matchOnly = reader.boolean("match_only")
        checkOrder(timeline ?? [])
        guard let name else { return nil }
        return CaseSyntax(
            name: name, incident: incident, mocks: mocks, expect: expect, timeline: timeline ?? [],
            table: table ?? [], matchOnly: matchOnly, span: node.span)
    }

    /// Named incidents may extend one another, but not in a circle.
    func checkExtends(_ incidents: [NamedIncidentSyntax]) {
        var parents: [String: Located<String>] = [:]
        for named in incidents {
            checkExtends(named.incident)
            parents[named.name.value] = named.incident.extends
        }
        for named in incidents {
            var seen = [named.name.value]
            while let parent = parents[seen[seen.count - 1]] {
                if parent.value == named.name.value, let place = named.incident.extends {
                    context.report(
                        .unknownIncident, "the incident `\(named.name.value)` extends itself",
                        at: place.span,
                        label: (seen + [parent.value]).joined(separator: " → "))
                }
                if seen.contains(parent.value) { break }
                seen.append(parent.value)
            }
        }
    }

    private func checkExtends(_ incident: IncidentSyntax) {
        if let name = incident.extends { incidents.checkName(name, names) }
    }

    private func row(_ node: YAMLNode) -> RowSyntax? {
        context.entries(node, of: "values").map { entries in
            let values = entries.map {
                TemplateMember(name: $0.key, value: context.freeValue($0.value))
            }
            return RowSyntax(values: values, span: node.span)
        }
    }

    private func moment(_ node: YAMLNode) -> MomentSyntax? {
        guard let reader = MappingReader(node, Tables.moment, context) else { return nil }
        let at = reader.duration("at")
        let incident = reader.node("incident").flatMap { incidents.reference($0, names: names) }
        if case .inline(let written)? = incident { checkExtends(written) }
        let again = reader.boolean("repeat")
        let expect = reader.node("expect").flatMap(self.expect)
        return at.map {
            MomentSyntax(at: $0, incident: incident, again: again, expect: expect, span: node.span)
        }
    }

    private func checkOrder(_ timeline: [MomentSyntax]) {
        for (earlier, later) in zip(timeline, timeline.dropFirst())
        where later.at.value < earlier.at.value {
            context.report(
                .invalidValue, "time does not run backwards", at: later.at.span,
                label: "before the moment above",
                notes: [Diagnostic.Label(earlier.at.span, "the moment above")])
        }
    }

    private func expect(_ node: YAMLNode) -> ExpectSyntax? {
        guard let reader = MappingReader(node, Tables.expect, context) else { return nil }
        var expect = ExpectSyntax(span: node.span)
        expect.rule = reader.template("rule")
        expect.steps = reader.map("steps", of: "steps and outcomes") { entry in
            context.template(entry.value).map { (id: entry.key, outcome: $0) }
        }
        expect.calls = reader.list("calls", of: "calls", call)
        expect.records = reader.list("records", of: "records") { node in
            context.entries(node, of: "members of a record").map { _ in context.templateValue(node)
            }
        }
        expect.outcome = reader.template("outcome")
        expect.reason = reader.template("reason")
        expect.runs = reader.list("runs", of: "runs", self.expect)
        return expect
    }

    private func call(_ node: YAMLNode) -> CallSyntax? {
        guard let entries = context.entries(node, of: "one action and its inputs") else {
            return nil
        }
        guard entries.count == 1, let entry = entries.first else {
            context.report(
                .invalidValue, "a call names one action, this names \(entries.count)",
                at: node.span,
                help: ["write `- {clear_cache: {target: cache}}`"])
            return nil
        }
        let action = context.checked(entry.key, .action)
        guard let action, let with = context.entries(entry.value, of: "inputs") else { return nil }
        return CallSyntax(
            action: action, with: context.members(with, allowsNUL: true), span: node.span)
    }
}
