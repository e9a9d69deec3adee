package import BelayCompiler
package import JSON

/// A call as an environment would make it for one target, with everything that is known before an incident comes.
package struct SurveyedCall: Sendable {
    package var action: String
    package var binding: Binding
    package var target: String?
    /// Settings that are known, secrets sealed; what only an incident can tell is not there.
    package var settings: SealedObject
    /// Inputs that are known.
    package var inputs: JSONObject
}

/// Finds what the rules of a program can call in an environment, without any incident.
package struct BindingSurvey: Sendable {
    package let program: Program
    package let environment: EnvironmentProgram
    /// The process variables that the environment declares.
    package let variables: JSONObject

    package init(program: Program, environment: EnvironmentProgram, variables: JSONObject) {
        self.program = program
        self.environment = environment
        self.variables = variables
    }

    /// What the rules can call: a target that a rule or step names is that one, else every target.
    ///
    /// A target for which a binding's settings cannot be computed is left out: its step fails before any call.
    package var callsOfRules: [SurveyedCall] {
        let calls = program.rules.flatMap { rule in
            rule.calls.flatMap { surveyed($0, in: rule) }
        }
        let notices = environment.notices.map { surveyed($0.action, inputs: nil, target: nil) }
        return calls + (notices ?? [])
    }

    /// What every bound action could do to every target, whether a rule does it or not.
    package var callsOfBindings: [SurveyedCall] {
        let bound = environment.bindings.values.filter { $0.span != nil }
            .sorted { $0.action < $1.action }
        return bound.flatMap { binding -> [SurveyedCall] in
            guard let contract = program.catalogue.action(binding.action) else { return [] }
            let takesTarget = contract.effect.isChange || contract.input("target") != nil
            let targets: [String?] =
                takesTarget ? environment.targets.keys.sorted().map { $0 } : [nil]
            let found = targets.flatMap { surveyed(contract, inputs: nil, target: $0) }
            return found.isEmpty && contract.effect == .read
                ? surveyed(contract, inputs: nil, target: nil) : found
        }
    }

    private func surveyed(_ call: Call, in rule: Rule) -> [SurveyedCall] {
        var scope = scope()
        let own = known(rule.target, scope)?.stringValue
        scope.set("run", .object(JSONObject([("target", own.map(JSONValue.string))].compact)))
        if own == nil { scope.setUnknown("run") }
        let named = call.inputs.first { $0.name == "target" }
        let target = named.map { known($0.value, scope)?.stringValue } ?? own
        let acts = call.action.effect.isChange || named != nil
        let targets: [String?] =
            target.map { [$0] } ?? (acts ? environment.targets.keys.sorted().map { $0 } : [nil])
        return targets.flatMap { target in
            var inner = scope
            inner.set("resource", resource(target))
            var inputs = JSONObject()
            var isWhole = true
            for input in call.inputs {
                if input.name == "target" {
                    inputs["target"] = target.map(JSONValue.string)
                } else if let value = known(input.value, inner) {
                    if !value.isNull { inputs[input.name] = value }
                } else {
                    isWhole = false
                }
            }
            return surveyed(
                call.action, inputs: isWhole ? inputs : nil, known: inputs, target: target)
        }
    }

    /// One call, or one for each whom it may tell where that is not known.
    ///
    /// - Parameter inputs: nil where not all of them are known.
    private func surveyed(
        _ action: ActionContract, inputs: JSONObject?, known: JSONObject = [:], target: String?
    ) -> [SurveyedCall] {
        guard let binding = environment.bindings[action.name] else { return [] }
        let told = (inputs ?? known)["to"]?.stringValue
        var templates = [binding.settings(telling: told)]
        if told == nil, inputs == nil {
            templates += binding.oncall.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }
                .map { binding.settings(telling: "oncall/\($0.key)") }
        }
        return templates.compactMap { surveyed($0, action, binding, inputs, known, target) }
    }

    private func surveyed(
        _ templates: [NamedTemplate], _ action: ActionContract, _ binding: Binding,
        _ inputs: JSONObject?, _ known: JSONObject, _ target: String?
    ) -> SurveyedCall? {
        var scope = scope()
        scope.set("resource", resource(target))
        if let inputs { scope.set("inputs", .object(inputs)) } else { scope.setUnknown("inputs") }
        var settings = SealedObject()
        for setting in templates {
            switch setting.value.render(in: scope) {
            case .success(let value): settings[setting.name] = value
            case .failure(let problem) where problem.kind == .unknown: break
            case .failure: return nil
            }
        }
        return SurveyedCall(
            action: action.name, binding: binding, target: target, settings: settings, inputs: known
        )
    }

    private func scope() -> Scope {
        var scope = Scope(now: Timestamp(microseconds: 0))
        for name in ["incident", "steps", "until", "result", "failure", "item", "params", "run"] {
            scope.setUnknown(name)
        }
        scope.set("env", .object(variables))
        return scope
    }

    private func resource(_ target: String?) -> JSONValue {
        .object(target.flatMap { environment.targets[$0] } ?? [:])
    }

    private func known(_ template: Template, _ scope: Scope) -> JSONValue? {
        try? template.render(in: scope).get().plainValue
    }
}

extension [(String, JSONValue?)] {
    /// Without the members that have no value.
    fileprivate var compact: [(String, JSONValue)] {
        compactMap { member in member.1.map { (member.0, $0) } }
    }
}
