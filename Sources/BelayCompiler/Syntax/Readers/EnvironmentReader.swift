/// Reads a file of kind `Environment`.
package enum EnvironmentReader {
    /// What could be read; nil without a name.
    package static func read(
        _ root: YAMLNode, of file: SourceFile, _ diagnostics: inout Diagnostics
    ) -> EnvironmentFile? {
        FileReading.run(&diagnostics) { read(root, file, $0) }
    }

    static func read(_ root: YAMLNode, _ file: SourceFile, _ context: ReadingContext)
        -> EnvironmentFile?
    {
        guard let reader = MappingReader(root, Tables.environment, context) else { return nil }
        let parts = EnvironmentParts(context: context)
        let metadata = HeadReader(context: context).read(reader, .environment)
        var environment = EnvironmentFile(
            file: file, metadata: metadata ?? Metadata(name: Located("", at: root.span)))
        environment.mode = reader.word("mode", Mode.self)
        environment.bind = reader.map("bind", of: "actions and their providers", parts.bind) ?? []
        environment.targets = reader.map("targets", of: "targets", parts.target) ?? []
        environment.env = reader.texts("env", of: "variables") ?? []
        environment.secrets = reader.map("secrets", of: "secrets", parts.secret) ?? []
        environment.limits = reader.node("limits").flatMap(parts.limits)
        environment.params = reader.members("params", of: "parameters")
        environment.sources = reader.map("sources", of: "sources", parts.source) ?? []
        environment.people = reader.node("people").flatMap(parts.people)
        environment.notices = reader.node("notices").flatMap(parts.notices)
        environment.storm = reader.node("storm").flatMap(parts.storm)
        environment.populations = reader.map("populations", of: "counts", parts.population) ?? []
        environment.windows = reader.map("windows", of: "windows", parts.window) ?? []
        environment.account = reader.text("account")
        environment.http = reader.node("http").flatMap(parts.http)
        environment.anchors = AnchorReader(context: context).anchors(of: reader)
        return metadata == nil ? nil : environment
    }
}

/// Reads the parts of an environment.
private struct EnvironmentParts {
    let context: ReadingContext

    func bind(_ entry: YAMLEntry) -> BindSyntax? {
        guard let reader = MappingReader(entry.value, Tables.bind, context) else { return nil }
        let action = context.checked(entry.key, .action)
        let operation = reader.text("operation")
        let recovery = reader.word("recovery", RecoveryClass.self)
        let maxInFlight = reader.integer("max_in_flight")
        let timeout = reader.duration("timeout")
        let settings = context.members(reader.rest)
        guard let provider = reader.text("provider"), let action else { return nil }
        return BindSyntax(
            action: action, provider: provider, operation: operation, settings: settings,
            recovery: recovery,
            maxInFlight: maxInFlight, timeout: timeout, span: entry.key.span)
    }

    func target(_ entry: YAMLEntry) -> TargetSyntax? {
        context.entries(entry.value, of: "what bindings need to know").map { entries in
            ImplicitTypes.check(entry.value) { context.report($0) }
            return TargetSyntax(
                name: entry.key, values: context.members(entries), span: entry.key.span)
        }
    }

    func secret(_ entry: YAMLEntry) -> SecretSyntax? {
        guard let reader = MappingReader(entry.value, Tables.secret, context) else { return nil }
        let (variable, file) = (reader.text("env"), reader.text("file"))
        let (from, name, key) = (reader.text("from"), reader.text("name"), reader.text("key"))
        context.exclude("env", "file", reader)
        context.exclude("env", "from", reader)
        context.exclude("file", "from", reader)
        var origin: SecretSyntax.Origin?
        if let variable {
            origin = .variable(variable)
        } else if let file {
            origin = .file(file)
        } else if let from, let name {
            origin = .store(from: from, name: name)
        }
        return origin.map {
            SecretSyntax(name: entry.key, origin: $0, key: key, span: entry.key.span)
        }
    }

    func limits(_ node: YAMLNode) -> LimitsSyntax? {
        guard let reader = MappingReader(node, Tables.limits, context) else { return nil }
        return LimitsSyntax(
            maxRuns: reader.node("max_runs").flatMap(budget),
            maxTargets: reader.node("max_targets").flatMap(budget), span: node.span)
    }

    private func budget(_ node: YAMLNode) -> BudgetSyntax? {
        guard let reader = MappingReader(node, Tables.budget, context) else { return nil }
        let (count, per) = (reader.integer("count"), reader.duration("per"))
        guard let count, let per else { return nil }
        return BudgetSyntax(count: count, per: per, span: node.span)
    }

    func source(_ entry: YAMLEntry) -> SourceSyntax? {
        guard let reader = MappingReader(entry.value, Tables.source, context) else { return nil }
        let priority = reader.map("priority", of: "words and priorities") { entry in
            context.word(entry.value, of: Tables.priorities).map { (word: entry.key, priority: $0) }
        }
        let metrics = reader.map("metrics", of: "metrics") { entry in
            context.expression(entry.value, key: entry.key.value).map {
                (name: entry.key, expression: $0)
            }
        }
        return SourceSyntax(
            name: entry.key, priority: priority ?? [], metrics: metrics ?? [], span: entry.key.span)
    }

    func people(_ node: YAMLNode) -> PeopleSyntax? {
        guard let reader = MappingReader(node, Tables.people, context) else { return nil }
        let groups = reader.map("groups", of: "groups") { entry in
            context.items(entry.value, of: "people").map { items in
                (name: entry.key, members: items.compactMap { context.text($0) })
            }
        }
        let oncall = reader.map("oncall", of: "people on call") { entry in
            context.entries(entry.value, of: "channels").map {
                (name: entry.key, channels: context.members($0))
            }
        }
        return PeopleSyntax(groups: groups ?? [], oncall: oncall ?? [], span: node.span)
    }

    func notices(_ node: YAMLNode) -> NoticesSyntax? {
        guard let reader = MappingReader(node, Tables.notices, context) else { return nil }
        let timeout = reader.duration("timeout")
        return StepReader(context: context).uses(reader).map {
            NoticesSyntax(uses: $0, timeout: timeout, span: node.span)
        }
    }

    func storm(_ node: YAMLNode) -> StormSyntax? {
        guard let reader = MappingReader(node, Tables.storm, context) else { return nil }
        let targets = reader.integer("targets")
        let (per, pause) = (reader.duration("per"), reader.duration("pause"))
        guard let targets, let per, let pause else { return nil }
        return StormSyntax(targets: targets, per: per, pause: pause, span: node.span)
    }

    func population(_ entry: YAMLEntry) -> PopulationSyntax? {
        context.integer(entry.value, Tables.count).map {
            PopulationSyntax(name: entry.key, count: $0)
        }
    }

    func window(_ entry: YAMLEntry) -> WindowSyntax? {
        guard let reader = MappingReader(entry.value, Tables.window, context) else { return nil }
        let (zone, cron, length) = (
            reader.text("zone"), reader.text("cron"), reader.duration("for")
        )
        guard let zone, let cron, let length else { return nil }
        return WindowSyntax(
            name: entry.key, zone: zone, cron: cron, length: length, span: entry.key.span)
    }

    func http(_ node: YAMLNode) -> NetworkSyntax? {
        guard let reader = MappingReader(node, Tables.http, context) else { return nil }
        return NetworkSyntax(
            hosts: reader.texts("allow", of: "hosts") ?? [],
            addresses: reader.texts("allow_private", of: "address blocks") ?? [], span: node.span)
    }
}
