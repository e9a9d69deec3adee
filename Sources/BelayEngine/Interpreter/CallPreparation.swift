package import BelayCompiler
import JSON

/// Computes a call's inputs, target and settings from its templates; planning and running share it.
struct CallPreparation {
    let context: RunContext
    let scope: Scope

    func intent(for call: Call, key: String) -> Result<CallIntent, StepProblem> {
        guard let binding = context.environment.binding(for: call.action.name) else {
            let message =
                "no provider is bound to \(call.action.name) in \(context.environment.name)"
            return .failure(StepProblem(.invalid, message))
        }
        do throws(StepProblem) {
            let (inputs, target, scope) = try inputs(of: call)
            let told =
                call.action.effect == .notify ? inputs["to"]?.plainValue?.stringValue : nil
            let settings = try settings(
                binding.settings(telling: told), of: binding, inputs: inputs, scope)
            return .success(
                CallIntent(
                    attempt: 1, action: call.action.name, provider: binding.provider,
                    operation: binding.operation.name, effect: call.action.effect,
                    recovery: binding.recovery, target: target, inputs: inputs, settings: settings,
                    timeout: call.timeout, idempotencyKey: key))
        } catch {
            return .failure(error)
        }
    }

    /// The environment's entry for a target; an empty map where nothing is acted on.
    static func resource(_ target: String?, in environment: EnvironmentProgram) -> JSONValue {
        .object(target.flatMap { environment.targets[$0] } ?? JSONObject())
    }

    /// The target is computed first, because the other inputs may use its `resource`.
    private func inputs(
        of call: Call
    ) throws(StepProblem) -> (inputs: SealedObject, target: String?, scope: Scope) {
        var scope = scope
        let target = try target(of: call)
        scope.set("resource", Self.resource(target, in: context.environment))
        var inputs = SealedObject()
        for input in call.inputs {
            let value = try render(input.value, in: scope, of: "input `\(input.name)`")
            if let contract = call.action.input(input.name) { try check(value, contract) }
            if value.plainValue?.isNull != true { inputs[input.name] = value }
        }
        for contract in call.action.inputs where contract.required && inputs[contract.name] == nil {
            throw StepProblem(
                .invalid, "input `\(contract.name)` of \(call.action.name) is missing")
        }
        return (inputs, target, scope)
    }

    /// What a changing call acts on, which must be known to the environment; nil for calls that change nothing.
    private func target(of call: Call) throws(StepProblem) -> String? {
        let named = call.inputs.first { $0.name == "target" }
        guard let named else { return try known(context.target, call) }
        let value = try render(named.value, in: scope, of: "input `target`")
        guard let text = value.plainValue?.stringValue, !text.isEmpty else {
            guard call.action.effect.isChange else { return nil }
            throw StepProblem(.invalid, "the target of \(call.action.name) is no text")
        }
        return try known(text, call)
    }

    private func known(_ target: String?, _ call: Call) throws(StepProblem) -> String? {
        guard call.action.effect.isChange else { return target }
        guard let target else {
            throw StepProblem(.invalid, "\(call.action.name) changes something and has no target")
        }
        guard !context.environment.requiresTargets || context.environment.targets[target] != nil
        else {
            let known = context.environment.targets.keys.sorted().joined(separator: ", ")
            let message =
                "target \"\(target)\" is not listed under targets of environment \(context.environment.name)"
                + (known.isEmpty ? "" : " (known: \(known))")
            throw StepProblem(.invalid, message)
        }
        return target
    }

    private func settings(
        _ templates: [NamedTemplate], of binding: Binding, inputs: SealedObject, _ scope: Scope
    ) throws(StepProblem) -> SealedObject {
        var scope = scope
        scope.set("inputs", .object(inputs.redacted))
        var settings = SealedObject()
        for setting in templates {
            settings[setting.name] = try render(
                setting.value, in: scope, of: "setting `\(setting.name)` of \(binding.action)")
        }
        return settings
    }

    private func render(
        _ template: Template, in scope: Scope, of what: String
    ) throws(StepProblem) -> SealedValue {
        switch template.render(in: scope) {
        case .success(let value): return value
        case .failure(let problem):
            let unknown = problem.kind == .unknown
            throw StepProblem(.expression, "\(what): \(problem.message)", isUnknown: unknown)
        }
    }

    private func check(_ value: SealedValue, _ contract: InputContract) throws(StepProblem) {
        guard let plain = value.plainValue, !plain.isNull else { return }
        if let problem = contract.problem(with: plain) {
            throw StepProblem(.invalid, "input `\(contract.name)`: \(problem)")
        }
    }
}

extension EnvironmentProgram {
    /// The binding of an action: its own entry, or the provider that its name denotes.
    package func binding(for action: String) -> Binding? { bindings[action] }
}
