import CEL
import JSON

/// Resolves every environment and adds the built-in `simulated`.
enum EnvironmentsPass {
    static func run(_ state: inout CompilerState) {
        for file in state.syntax.environments {
            var resolver = EnvironmentResolver(file: file, catalogue: state.catalogue)
            resolver.resolve(state)
            state.diagnostics.append(contentsOf: resolver.diagnostics)
            state.environments[file.metadata.name.value] = resolver.environment
        }
        let name = EnvironmentProgram.simulatedName
        var simulated = state.environments[name] ?? EnvironmentProgram(name: name, mode: .auto)
        if simulated.groups.isEmpty { simulated.groups = everyGroup(state) }
        state.environments[name] = simulated.simulatingTheRest(state.catalogue)
    }

    /// The groups of all environments, for the one that stands for them all in tests.
    private static func everyGroup(_ state: CompilerState) -> [String: [String]] {
        state.environments.values.reduce(into: [:]) { groups, environment in
            for (name, members) in environment.groups {
                groups[name] = Set((groups[name] ?? []) + members).sorted()
            }
        }
    }
}

extension EnvironmentProgram {
    /// The built-in environment, in which nothing is changed.
    package static let simulatedName = "simulated"
    /// The provider that answers as told and changes nothing.
    package static let simulatedProvider = "simulated"

    /// Whatever is not bound is answered by the provider that changes nothing.
    fileprivate func simulatingTheRest(_ catalogue: ActionCatalogue) -> EnvironmentProgram {
        var environment = self
        guard let provider = catalogue.providers[Self.simulatedProvider] else { return environment }
        for action in catalogue.actionNames where bindings[action] == nil {
            guard let operation = provider.operation(for: action),
                let contract = catalogue.action(action)
            else { continue }
            environment.bindings[action] = Binding(
                action: action, provider: provider.name, operation: operation, settings: [],
                recovery: contract.recovery, maxInFlight: Standards.maxInFlight)
        }
        return environment
    }
}

/// Resolves one environment.
struct EnvironmentResolver {
    let file: EnvironmentFile
    let catalogue: ActionCatalogue
    var environment: EnvironmentProgram
    var diagnostics = Diagnostics()

    init(file: EnvironmentFile, catalogue: ActionCatalogue) {
        self.file = file
        self.catalogue = catalogue
        environment = EnvironmentProgram(
            name: file.metadata.name.value, mode: file.mode?.value ?? .observe)
        environment.path = file.file.path
        environment.span = file.metadata.name.span
    }

    mutating func resolve(_ state: CompilerState) {
        environment.variables = file.env.map(\.value)
        environment.account = file.account?.value
        environment.network = NetworkPolicy(
            hosts: file.http?.hosts.map(\.value) ?? [],
            addresses: file.http?.addresses.map(\.value) ?? [])
        resolveSecrets()
        resolveAnchors()
        resolveTargets()
        resolveLimits()
        resolveParams(state)
        resolvePeople()
        resolveSources()
        resolveWindows()
        for bind in file.bind { resolve(bind) }
        resolveOncall()
        bindOwnOperations()
        resolveNotices()
    }

    private mutating func resolveSecrets() {
        for secret in file.secrets {
            let key = secret.key?.value
            environment.secrets[secret.name.value] =
                switch secret.origin {
                case .variable(let name): SecretReference(origin: "env", name: name.value, key: key)
                case .file(let path): SecretReference(origin: "file", name: path.value, key: key)
                case .store(let from, let name):
                    SecretReference(origin: from.value, name: name.value, key: key)
                }
        }
    }

    private mutating func resolveTargets() {
        for target in file.targets {
            var values = JSONObject()
            for member in target.values {
                guard let value = member.value.constantValue else {
                    report(
                        .templateNotAllowed,
                        "what bindings need to know of `\(target.name.value)` must be constant",
                        member.value.span)
                    continue
                }
                values[member.name.value] = value
            }
            environment.targets[target.name.value] = values
        }
    }

    private mutating func resolveLimits() {
        if let runs = file.limits?.maxRuns {
            environment.limits.runs = .init(count: runs.count.value, per: runs.per.value)
        }
        if let targets = file.limits?.maxTargets {
            environment.limits.targets = .init(count: targets.count.value, per: targets.per.value)
        }
        environment.storm = file.storm.map {
            Storm(targets: $0.targets.value, per: $0.per.value, pause: $0.pause.value)
        }
        for population in file.populations {
            environment.populations[population.name.value] = population.count.value
        }
    }

    /// `RUNBOOK.PARAM`, or `PARAM` for every runbook that has it.
    private mutating func resolveParams(_ state: CompilerState) {
        for member in file.params {
            let name = member.name.value
            let declared = state.syntax.runbooks.flatMap { runbook in
                runbook.params.filter {
                    name == $0.name.value
                        || name == "\(runbook.metadata.name.value).\($0.name.value)"
                }
            }
            guard let param = declared.first else {
                let known = state.syntax.runbooks.flatMap { runbook in
                    runbook.params.map { "\(runbook.metadata.name.value).\($0.name.value)" }
                }
                report(
                    .unknownKey, "no runbook has a param `\(name)`", member.name.span,
                    help: Suggestion.nearest(to: name, in: known).map { ["did you mean `\($0)`?"] }
                        ?? [])
                continue
            }
            guard let value = member.value.constant(as: param.type.value) else {
                report(
                    .templateNotAllowed, "a param must be constant", member.value.span)
                continue
            }
            ParamsPass.check(value, param, member.value.span, &diagnostics)
            environment.params[name] = value
        }
    }

    private mutating func resolvePeople() {
        for group in file.people?.groups ?? [] {
            environment.groups[group.name.value] = group.members.map(\.value)
        }
        environment.oncall = Set((file.people?.oncall ?? []).map(\.name.value))
    }

    private mutating func resolveSources() {
        for source in file.sources {
            var settings = SourceSettings(priorities: [:], metrics: [:])
            for (word, priority) in source.priority {
                settings.priorities[word.value] = priority.value
            }
            for (name, expression) in source.metrics {
                let scope = NameScope([
                    "labels": .map(.text), "annotations": .map(.text), "status": .text,
                    "startsAt": .text, "endsAt": .text, "generatorURL": .text, "fingerprint": .text,
                    "details": .any,
                ])
                settings.metrics[name.value] = FormulaCompiler.formula(
                    expression, scope, &diagnostics)
            }
            environment.sources[source.name.value] = settings
        }
    }

    private mutating func resolveWindows() {
        for window in file.windows {
            guard let schedule = CronSchedule(window.cron.value) else {
                report(
                    .invalidValue, "`\(window.cron.value)` is no cron schedule",
                    window.cron.span, help: ["five fields: minute, hour, day, month, weekday"])
                continue
            }
            guard TimeZones.offset(of: window.zone.value, at: 0) != nil else {
                report(
                    .invalidValue, "unknown time zone `\(window.zone.value)`",
                    window.zone.span, help: ["use a name such as `Europe/Paris` or `UTC`"])
                continue
            }
            environment.windows[window.name.value] = Window(
                zone: window.zone.value, schedule: schedule, length: window.length.value)
        }
    }

    private mutating func resolveNotices() {
        guard let notices = file.notices else { return }
        let resolver = CallResolver(
            catalogue: catalogue,
            scope: NameScope([
                "notice": .record("notice", ["kind": .text, "message": .text]), "env": .map(.text),
            ]), standardTimeout: nil)
        environment.notices = resolver.call(notices.uses, timeout: notices.timeout, &diagnostics)
    }

    mutating func report(
        _ code: DiagnosticCode, _ message: String, _ span: SourceSpan, help: [String] = []
    ) {
        diagnostics.append(Diagnostic(code, message, at: span, help: help))
    }
}

// MARK: - Bindings

extension EnvironmentResolver {
    private mutating func resolve(_ bind: BindSyntax) {
        guard let contract = action(bind), let provider = provider(bind),
            let operation = operation(bind, provider)
        else { return }
        let allowed = provider.settings + operation.action.inputs
        let scope = NameScope.binding(inputs: inputsShape(contract))
        let settings =
            settings(bind.settings, scope, allowed, provider: provider.name)
            + sharedSettings(of: provider, besides: bind.settings.map(\.name.value))
        requireSettings(bind, contract, provider, operation)
        let recovery = bind.recovery?.value ?? operation.action.recovery
        if recovery > contract.recovery {
            report(
                .weakRecovery,
                "`\(contract.name)` must be \(contract.recovery.rawValue) at the least, "
                    + "`\(provider.name)` \(operation.name) is \(recovery.rawValue)",
                bind.provider.span,
                help: [
                    "state `recovery:` in the binding if the bound operation is better than that"
                ])
        }
        environment.bindings[bind.action.value] = Binding(
            action: bind.action.value, provider: provider.name, operation: operation,
            settings: settings, recovery: recovery,
            maxInFlight: bind.maxInFlight?.value ?? Standards.maxInFlight,
            timeout: bind.timeout?.value, span: bind.span)
    }

    private mutating func action(_ bind: BindSyntax) -> ActionContract? {
        let name = bind.action.value
        if let contract = catalogue.action(name) { return contract }
        report(
            .unknownAction, "unknown action `\(name)`", bind.action.span,
            help: Suggestion.nearest(to: name, in: catalogue.actionNames).map {
                ["did you mean `\($0)`?"]
            }
                ?? [])
        return nil
    }

    private mutating func provider(_ bind: BindSyntax) -> ProviderContract? {
        let name = bind.provider.value
        if let provider = catalogue.providers[name] { return provider }
        let names = catalogue.providers.keys.sorted()
        report(
            .unknownProvider, "unknown provider `\(name)`", bind.provider.span,
            help: [
                Suggestion.nearest(to: name, in: names).map { "did you mean `\($0)`?" }
                    ?? "providers are \(names.joined(separator: ", "))"
            ])
        return nil
    }

    private mutating func operation(
        _ bind: BindSyntax, _ provider: ProviderContract
    ) -> OperationContract? {
        if let name = bind.operation {
            if let operation = provider.operation(name.value) { return operation }
            report(
                .unknownValue,
                "provider `\(provider.name)` has no operation `\(name.value)`", name.span,
                help: ["it has \(provider.operations.map(\.name).joined(separator: ", "))"])
            return nil
        }
        if let operation = provider.operation(for: bind.action.value) { return operation }
        let serving = provider.operations.filter { $0.serves.contains(bind.action.value) }.map(
            \.name)
        let choices = serving.isEmpty ? provider.operations.map(\.name) : serving
        report(
            .missingKey,
            "provider `\(provider.name)` has no one operation for `\(bind.action.value)`",
            bind.provider.span,
            help: ["add `operation:`, one of \(choices.joined(separator: ", "))"])
        return nil
    }

    func inputsShape(_ contract: ActionContract) -> ValueShape {
        .record(
            "inputs of \(contract.name)",
            Dictionary(
                contract.inputs.map { ($0.name, ValueShape($0.type)) },
                uniquingKeysWith: { first, _ in first }))
    }

    mutating func settings(
        _ members: [TemplateMember], _ scope: NameScope, _ allowed: [InputContract],
        provider: String? = nil
    ) -> [NamedTemplate] {
        let resolver = TemplateResolver(scope: scope)
        return members.compactMap { member in
            let contract = allowed.first { $0.name == member.name.value }
            if contract == nil, let provider {
                // What several operations take stands there once for each.
                let names = Set(allowed.map(\.name)).sorted()
                report(
                    .unknownKey,
                    "provider `\(provider)` has no setting `\(member.name.value)`",
                    member.name.span,
                    help: [
                        Suggestion.nearest(to: member.name.value, in: names).map {
                            "did you mean `\($0)`?"
                        }
                            ?? "it has \(names.joined(separator: ", "))"
                    ])
                return nil
            }
            return resolver.template(
                member.value, as: contract?.type ?? .any, "`\(member.name.value)`", &diagnostics
            ).map { NamedTemplate(name: member.name.value, value: $0, span: member.value.span) }
        }
    }

    /// Settings that the provider must have, and inputs of the operation that the action does not give.
    private mutating func requireSettings(
        _ bind: BindSyntax, _ contract: ActionContract, _ provider: ProviderContract,
        _ operation: OperationContract
    ) {
        let given = Set(bind.settings.map(\.name.value))
        let needed =
            provider.settings.filter { $0.required && $0.standard == nil }
            + operation.action.inputs.filter {
                $0.required && $0.standard == nil && contract.input($0.name) == nil
            }
        for setting in needed where !given.contains(setting.name) {
            report(
                .missingKey,
                "the binding of `\(bind.action.value)` to `\(provider.name)` needs `\(setting.name)`",
                bind.provider.span,
                help: setting.description.isEmpty ? [] : ["\(setting.name): \(setting.description)"]
            )
        }
    }

    /// What the environment says once for all bindings: hosts that may be reached, the account that must answer.
    private func sharedSettings(
        of provider: ProviderContract, besides given: [String]
    ) -> [NamedTemplate] {
        var shared: [(name: String, value: JSONValue)] = []
        let network = environment.network
        if !network.hosts.isEmpty {
            shared.append(("hosts", .array(network.hosts.map(JSONValue.string))))
        }
        if !network.addresses.isEmpty {
            shared.append(("networks", .array(network.addresses.map(JSONValue.string))))
        }
        if let account = environment.account { shared.append(("account", .string(account))) }
        return shared.filter { setting in
            !given.contains(setting.name) && provider.settings.contains { $0.name == setting.name }
        }.map { NamedTemplate(name: $0.name, value: .constant($0.value)) }
    }

    /// A provider's own operations that change nothing need no binding if it needs no settings; what changes
    /// something is bound by a person, or not at all.
    private mutating func bindOwnOperations() {
        for provider in catalogue.providers.values
        where !provider.settings.contains(where: { $0.required && $0.standard == nil }) {
            for operation in provider.operations
            where environment.bindings[operation.action.name] == nil
                && !operation.action.effect.isChange
            {
                environment.bindings[operation.action.name] = Binding(
                    action: operation.action.name, provider: provider.name, operation: operation,
                    settings: [], recovery: operation.action.recovery,
                    maxInFlight: Standards.maxInFlight)
            }
        }
    }
}
