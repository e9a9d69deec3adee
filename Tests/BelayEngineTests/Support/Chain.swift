import BelayEngine
import JSON

@testable import BelayCompiler

/// Small builders for rules, steps and the environment that they run in; every action is bound to `mock`.
enum Chain {
    static let source = SourceFile(path: "test.yaml", text: "")
    static let span = SourceSpan(file: source, start: 0, end: 0)
    static let start = Timestamp(microseconds: 1_772_330_400_000_000)

    /// The actions of the tests; recovery classes are told by their names.
    static let actions: [ActionContract] = [
        action("look", .read, .pure, outputs: [OutputContract("value", .number)]),
        action("tell", .notify, .idempotent),
        action("change", .change, .idempotent, outputs: [OutputContract("n", .number)]),
        action("other", .change, .idempotent),
        action("once", .change, .once),
        action("probed", .change, .probe, probe: "look_back"),
        action("look_back", .read, .pure),
        action("undo", .change, .idempotent),
        action("undo_once", .change, .once),
    ]

    static func action(
        _ name: String, _ effect: Effect, _ recovery: RecoveryClass,
        outputs: [OutputContract] = [], probe: String? = nil
    ) -> ActionContract {
        ActionContract(
            name, description: "", effect: effect, recovery: recovery,
            inputs: [
                InputContract("target", .string), InputContract("value", .any),
                InputContract("count", .integer),
            ], outputs: outputs, probe: probe)
    }

    static func environment(_ change: (inout EnvironmentProgram) -> Void = { _ in })
        -> EnvironmentProgram
    {
        var bindings: [String: Binding] = [:]
        for action in actions {
            bindings[action.name] = Binding(
                action: action.name, provider: "mock",
                operation: OperationContract(action.name, action: action), settings: [],
                recovery: action.recovery, maxInFlight: 16, timeout: nil, span: nil)
        }
        var environment = EnvironmentProgram(name: "test", mode: .auto)
        environment.bindings = bindings
        environment.targets = [
            "cache": ["node": "c1"], "api": ["node": "a1"], "db": ["node": "d1"],
        ]
        environment.groups = ["dba": ["ann", "bo"]]
        change(&environment)
        return environment
    }

    static let incident = Incident(
        id: "i1", fingerprint: "f1", priority: .critical, type: "pressure", source: "test",
        target: "cache", details: ["nodes": ["a", "b", "c"], "none": []], startedAt: start,
        receivedAt: start)

    static func rule(_ steps: [Step], _ change: (inout Rule) -> Void = { _ in }) -> Rule {
        var rule = Rule(
            id: "rule",
            runbook: RunbookIdentity(name: "book", owner: "team", path: "b.yaml", digest: ""),
            span: span, description: nil, precedence: 0, isCatchAll: false, continues: false,
            pattern: nil, matchSpan: nil, conditionSpans: [], statuses: [], when: nil,
            holdFor: .zero, target: .constant("cache"), mode: .auto, cooldown: nil,
            concurrency: nil, blastRadius: nil, again: nil, until: nil, deadline: .seconds(3600),
            steps: steps, onFailure: [], onSuppressed: [], afterResolve: [], onResolve: .stop,
            onAcknowledge: .finish)
        change(&rule)
        return rule
    }

    static func context(
        _ rule: Rule, mode: Mode = .auto, guardrails: [Guardrail] = [], actor: String = "source",
        environment: EnvironmentProgram = environment()
    ) -> RunContext {
        RunContext(
            run: "run-1", rule: rule, incident: incident, environment: environment,
            guardrails: guardrails, params: ["limit": 80], variables: [:], target: "cache",
            mode: mode, actor: actor)
    }
}

// MARK: - Steps

extension Chain {
    static func call(_ action: String, _ inputs: KeyValuePairs<String, Template>, timeout: Duration)
        -> Call
    {
        guard let contract = actions.first(where: { $0.name == action }) else {
            preconditionFailure("no action \(action)")
        }
        return Call(
            action: contract,
            inputs: inputs.map { NamedTemplate(name: $0.key, value: $0.value) }, timeout: timeout,
            span: span)
    }

    /// A step that calls an action; its id is given before a colon: `fix:change`.
    static func step(
        _ name: String, _ inputs: KeyValuePairs<String, Template> = [:],
        timeout: Duration = .seconds(30), _ change: (inout Step) -> Void = { _ in }
    ) -> Step {
        let parts = name.split(separator: ":").map(String.init)
        return step(
            parts[0], work: .call(call(parts.last ?? "", inputs, timeout: timeout)), change)
    }

    static func step(_ id: String, work: Step.Work, _ change: (inout Step) -> Void = { _ in })
        -> Step
    {
        var step = Step(
            id: id, span: span, work: work, condition: StepCondition(), forEach: nil,
            retry: RetryPolicy(), continueOnError: nil, approval: nil, verify: nil, rollback: nil,
            onFailure: nil)
        change(&step)
        return step
    }

    static func ask(
        _ action: String = "look", expect: String = "result.value < 80.0",
        every: Duration = .seconds(15), within: Duration = .seconds(60), after: Duration = .zero,
        _ inputs: KeyValuePairs<String, Template> = [:]
    ) -> Ask {
        Ask(
            call: call(action, inputs, timeout: .seconds(10)), expect: formula(expect),
            every: every,
            within: within, after: after)
    }

    static func undo(_ action: String = "undo") -> Call {
        call(action, [:], timeout: .seconds(30))
    }

    static func condition(_ text: String) -> StepCondition {
        let words = ["success()", "failure()", "always()"]
        return StepCondition(
            expression: formula(text), namesStatus: words.contains { text.contains($0) })
    }

    /// Compiles an expression; every name may be anything, as in a runbook without declared types.
    static func formula(_ text: String) -> Formula {
        let file = SourceFile(path: "test.yaml", text: text)
        let span = SourceSpan(file: file, start: 0, end: text.utf8.count)
        let node = YAMLNode(.scalar(YAMLScalar(text: text, style: .plain)), at: span)
        let names = [
            "incident", "params", "env", "resource", "steps", "run", "until", "result", "failure",
            "item", "action", "step", "inputs",
        ]
        var scope = NameScope(Dictionary(uniqueKeysWithValues: names.map { ($0, .any) }))
        scope.names["now"] = .timestamp
        scope.hasStatus = true
        var diagnostics = Diagnostics()
        let source = ExpressionText(text: text, node: node, offset: 0)
        guard let formula = FormulaCompiler.formula(source, scope, &diagnostics) else {
            preconditionFailure("\(text): \(diagnostics)")
        }
        return formula
    }

    static func value(_ text: String) -> Template { .formula(formula(text)) }
}
