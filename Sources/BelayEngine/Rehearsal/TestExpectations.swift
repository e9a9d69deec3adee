import BelayCompiler
import JSON

/// Compares what happened with what a case expects.
struct TestExpectations {
    let templates: TestTemplates
    let mocks: TestMocks
    private(set) var mismatches: [CaseReport.Mismatch] = []

    init(_ templates: TestTemplates, _ mocks: TestMocks) {
        self.templates = templates
        self.mocks = mocks
    }

    /// What can be expected of one rule: chosen, held back, or run.
    struct Actual {
        var rule: String?
        var name: String?
        var outcome: String
        var reason: String?
        var run: RehearsedRun?
    }

    mutating func judge(
        _ expect: ExpectSyntax, _ actuals: [Actual]
    ) throws(TestProblem) {
        if let runs = expect.runs {
            compare("runs", "\(runs.count)", "\(actuals.count { $0.rule != nil })", expect.span)
            for (wanted, actual) in zip(runs, actuals) { try judge(wanted, actual) }
        }
        try judge(expect, try main(expect, actuals))
    }

    /// The run that is spoken of: that of the named rule, else the last, which is the remedy.
    private func main(_ expect: ExpectSyntax, _ actuals: [Actual]) throws(TestProblem) -> Actual {
        let last = actuals.last ?? Actual(outcome: "no_rule")
        guard let rule = expect.rule else { return last }
        let name = try templates.text(rule)
        return actuals.first { $0.rule == name || $0.name == name } ?? last
    }

    private mutating func judge(_ expect: ExpectSyntax, _ actual: Actual) throws(TestProblem) {
        if let rule = expect.rule {
            let wanted = try templates.text(rule)
            let got = wanted == actual.name ? wanted : actual.rule ?? "none"
            let why = got != wanted && actual.outcome == "suppressed" ? " (suppressed)" : ""
            if wanted != got { add("rule", wanted, got + why, rule.span) }
        }
        if let outcome = expect.outcome {
            let why = actual.reason.map { " (\($0))" } ?? ""
            let wanted = try templates.text(outcome)
            if wanted != actual.outcome {
                add("outcome", wanted, actual.outcome + why, outcome.span)
            }
        }
        if let reason = expect.reason {
            compare("reason", try templates.text(reason), actual.reason ?? "none", reason.span)
        }
        if let steps = expect.steps { try judge(steps, actual.run, expect.span) }
        if let calls = expect.calls { try judge(calls, actual.run, expect.span) }
        if let records = expect.records { try judge(records, actual.run) }
    }

    private mutating func compare(
        _ what: String, _ expected: String, _ got: String, _ span: SourceSpan,
        mock: SourceSpan? = nil
    ) {
        if expected != got { add(what, expected, got, span, mock: mock) }
    }

    private mutating func add(
        _ what: String, _ expected: String, _ got: String, _ span: SourceSpan,
        mock: SourceSpan? = nil
    ) {
        mismatches.append(
            .init(what: what, expected: expected, got: got, span: span, mock: mock))
    }
}

// MARK: - Steps

extension TestExpectations {
    private mutating func judge(
        _ steps: [(id: Located<String>, outcome: TemplateText)], _ run: RehearsedRun?,
        _ span: SourceSpan
    ) throws(TestProblem) {
        let ends = (run?.stepEnds ?? []).filter { !$0.path.contains("[") }
        var seen: Set<String> = []
        for (id, outcome) in steps {
            let end = ends.first { $0.path == id.value } ?? ends.first { $0.id == id.value }
            if let end { seen.insert(end.path) }
            let wanted = try templates.text(outcome)
            let mock = run?.calls.first { $0.path == end?.path }.flatMap {
                mocks.span(of: $0.intent.action)
            }
            if wanted != end?.outcome {
                add("step \(id.value)", wanted, Self.text(end), outcome.span, mock: mock)
            }
        }
        // Steps inside a called chain need not be named.
        for end in ends where !seen.contains(end.path) && end.isOfTheRule {
            add("step \(end.id)", "not named", Self.text(end), span)
        }
    }

    private static func text(_ end: StepReport?) -> String {
        guard let end else { return "not reached" }
        return end.outcome + (end.reason.map { " (\($0))" } ?? "")
    }
}

extension StepReport {
    fileprivate var isOfTheRule: Bool {
        let path = path.hasPrefix("on_failure/") ? path.dropFirst("on_failure/".count) : path[...]
        return !path.contains("/")
    }
}

// MARK: - Calls

extension TestExpectations {
    private mutating func judge(
        _ calls: [CallSyntax], _ run: RehearsedRun?, _ span: SourceSpan
    ) throws(TestProblem) {
        let got = run?.visibleCalls ?? []
        for place in 0..<max(calls.count, got.count) {
            let what = "call \(place + 1)"
            guard place < calls.count else {
                add(what, "none", Self.text(got[place]), span, mock: mockSpan(got[place]))
                continue
            }
            let wanted = calls[place]
            guard place < got.count else {
                add(what, wanted.action.value, "none", wanted.span)
                continue
            }
            try judge(wanted, got[place], what)
        }
    }

    private mutating func judge(
        _ wanted: CallSyntax, _ got: RehearsedCall, _ what: String
    ) throws(TestProblem) {
        guard wanted.action.value == got.intent.action else {
            return add(
                what, wanted.action.value, Self.text(got), wanted.action.span, mock: mockSpan(got))
        }
        for member in wanted.with {
            let name = member.name.value
            let expected = try templates.value(member.value, name)
            let actual = got.intent.inputs[name]?.redacted
            guard !Self.matches(expected, actual) else { continue }
            add(
                "\(what), \(wanted.action.value).\(name)", expected.text(),
                actual?.text() ?? "none", member.value.span)
        }
    }

    private func mockSpan(_ call: RehearsedCall) -> SourceSpan? {
        mocks.span(of: call.intent.action)
    }

    private static func text(_ call: RehearsedCall) -> String {
        "\(call.intent.action) \(JSONValue.object(call.intent.inputs.redacted).text())"
    }

    /// Whether a value is as expected; maps need not be whole, numbers compare as numbers, scalars as text.
    static func matches(_ expected: JSONValue, _ actual: JSONValue?) -> Bool {
        guard let actual else { return expected.isNull }
        switch (expected, actual) {
        case (.object(let wanted), .object(let got)):
            return wanted.allSatisfy { matches($0.value, got[$0.name]) }
        case (.array(let wanted), .array(let got)):
            return wanted.count == got.count && zip(wanted, got).allSatisfy { matches($0, $1) }
        default: break
        }
        if expected == actual { return true }
        if let wanted = expected.doubleValue, let got = actual.doubleValue { return wanted == got }
        guard case .string(let text) = actual, expected.objectValue == nil,
            expected.arrayValue == nil
        else { return false }
        return expected.text() == text
    }
}

// MARK: - Records

extension TestExpectations {
    private mutating func judge(
        _ records: [TemplateValue], _ run: RehearsedRun?
    ) throws(TestProblem) {
        var rest = (run?.events ?? []).map { EventRecord.draft($0.event, run: "", at: $0.at).json }
        for (place, record) in records.enumerated() {
            let wanted = try templates.value(record, "the record")
            let found = rest.firstIndex { Self.matches(wanted, $0) }
            guard let found else {
                let kind = wanted["kind"]?.stringValue
                let near = rest.filter { $0["kind"]?.stringValue == kind }.map { $0.text() }
                add(
                    "record \(place + 1)", wanted.text(),
                    near.isEmpty ? "none of that kind after it" : near.joined(separator: ", "),
                    record.span)
                continue
            }
            rest.removeFirst(found + 1)
        }
    }
}

extension RecordDraft {
    /// The members that a test may expect.
    fileprivate var json: JSONValue {
        var object: JSONObject = ["kind": .string(kind.rawValue)]
        object["step"] = step.map(JSONValue.string)
        object["attempt"] = attempt.map { .integer(Int64($0)) }
        object["provider"] = provider.map(JSONValue.string)
        object["target"] = target.map(JSONValue.string)
        object["outcome"] = outcome.map(JSONValue.string)
        object["reason"] = reason.map(JSONValue.string)
        object["actor"] = .string(actor.description)
        if let error { object["error"] = ["class": .string(error.class)] }
        return .object(object)
    }
}
