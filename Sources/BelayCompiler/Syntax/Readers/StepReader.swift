/// Reads steps and what belongs to them.
struct StepReader {
    let context: ReadingContext

    func read(_ node: YAMLNode) -> StepSyntax? {
        guard let reader = MappingReader(node, Tables.step, context) else { return nil }
        let parallel = reader.value("parallel")?.node
        let count = parallel.flatMap { $0.items == nil ? parallelism($0, reader) : nil }
        let branches = parallel.flatMap { $0.items == nil ? nil : self.branches($0) }
        let kind = self.kind(reader, node, branches)
        let retry = reader.node("retry").flatMap(self.retry)
        var step = StepSyntax(
            id: reader.text("id"), kind: kind ?? .parallel([]), retry: retry, keys: reader.keys,
            span: node.span)
        step.name = reader.template("name")
        step.forEach = reader.node("for_each").flatMap(forEach)
        step.maxItems = reader.integer("max_items")
        step.parallelism = count
        step.condition = reader.expression("if")
        step.timeout = reader.duration("timeout")
        step.continueOnError = reader.boolean("continue_on_error")
        step.approval = reader.node("approval").flatMap(approval)
        step.verify = reader.node("verify").flatMap(ask)
        step.rollback = reader.node("rollback").flatMap(rollback)
        step.onFailure = reader.list("on_failure", of: "steps", read)
        checkCompany(reader)
        return kind == nil ? nil : step
    }

    private func kind(_ reader: MappingReader, _ node: YAMLNode, _ branches: [StepSyntax]?)
        -> StepSyntax.Kind?
    {
        let uses = self.uses(reader)
        let wait = reader.duration("wait")
        let waitFor = reader.node("wait_for").flatMap(self.waitFor)
        let works =
            ["uses", "wait", "wait_for"].filter(reader.has) + (branches == nil ? [] : ["parallel"])
        if works.count > 1 { context.exclude(works[0], works[1], reader) }
        if let uses { return .uses(uses) }
        if let branches { return .parallel(branches) }
        if let wait { return .wait(wait) }
        if let waitFor { return .waitFor(waitFor) }
        if works.isEmpty, reader.has("parallel") {
            context.report(
                .missingKey, "a step needs `uses`, `wait`, `wait_for` or a list under `parallel`",
                at: reader.place("parallel"))
        }
        return nil
    }

    private func parallelism(_ node: YAMLNode, _ reader: MappingReader) -> Located<Int>? {
        guard node.scalar != nil, !node.isNull, reader.has("for_each") else {
            context.wrongKind(
                node, expected: "a list of steps",
                help: ["a number stands beside `for_each`: items at once"])
            return nil
        }
        return context.integer(node, 1...100)
    }

    private func branches(_ node: YAMLNode) -> [StepSyntax]? {
        context.items(node, of: "steps", least: 1)?.compactMap(read)
    }

    /// Keys that mean nothing without others.
    private func checkCompany(_ reader: MappingReader) {
        let needs = [("max_items", "for_each"), ("with", "uses")]
        for (key, other) in needs where reader.has(key) && !reader.has(other) {
            context.report(
                .conflictingKeys, "`\(key)` means nothing without `\(other)`",
                at: reader.place(key),
                help: ["add `\(other)`, or remove `\(key)`"])
        }
    }

    private func forEach(_ node: YAMLNode) -> TemplateValue? {
        guard node.entries == nil, !node.isNull else {
            context.wrongKind(node, expected: "a list")
            return nil
        }
        let value = context.templateValue(node)
        switch value {
        case .list: return value
        case .template(let template) where template.whole != nil: return value
        default:
            context.report(
                .wrongKind, "expected a list, found text", at: node.span,
                help: ["write one whole `${{ }}` that gives a list, or the list itself"])
            return nil
        }
    }
}

// MARK: - Calls

extension StepReader {
    /// `uses` and `with` of a step, whose action may be a chain.
    func uses(_ reader: MappingReader) -> UsesSyntax? {
        let with = reader.members("with", of: "inputs")
        guard let text = reader.text("uses") else { return nil }
        let withKey = reader.has("with") ? reader.place("with") : nil
        if text.value.hasPrefix("chain/") {
            let name = Located(String(text.value.dropFirst("chain/".count)), at: text.span)
            return context.checked(name, .name).map { _ in
                UsesSyntax(uses: text, with: with, withKey: withKey)
            }
        }
        return context.checked(text, .action).map {
            UsesSyntax(uses: $0, with: with, withKey: withKey)
        }
    }

    func ask(_ node: YAMLNode) -> AskSyntax? {
        guard let reader = MappingReader(node, Tables.ask, context) else { return nil }
        let uses = self.uses(reader)
        let expect = reader.expression("expect")
        let (every, within, after) = (
            reader.duration("every"), reader.duration("within"), reader.duration("after")
        )
        guard let uses, let expect else { return nil }
        return AskSyntax(
            uses: uses, expect: expect, every: every, within: within, after: after, span: node.span)
    }

    private func waitFor(_ node: YAMLNode) -> WaitForSyntax? {
        guard let reader = MappingReader(node, Tables.waitFor, context) else { return nil }
        let signal = reader.text("signal")
        let uses = self.uses(reader)
        let (when, expect) = (reader.expression("when"), reader.expression("expect"))
        let (every, within, after) = (
            reader.duration("every"), reader.duration("within"), reader.duration("after")
        )
        context.exclude("when", "expect", reader)
        for key in ["uses", "when", "expect", "every", "after"] {
            context.exclude("signal", key, reader)
        }
        if let signal { return .signal(signal, within: within, node.span) }
        guard let uses, let expression = when ?? expect else { return nil }
        return .ask(
            AskSyntax(
                uses: uses, expect: expression, every: every, within: within, after: after,
                span: node.span))
    }

    private func rollback(_ node: YAMLNode) -> RollbackSyntax? {
        guard let reader = MappingReader(node, Tables.rollback, context) else { return nil }
        let timeout = reader.duration("timeout")
        return uses(reader).map { RollbackSyntax(uses: $0, timeout: timeout, span: node.span) }
    }

    func retry(_ node: YAMLNode) -> RetrySyntax? {
        guard let reader = MappingReader(node, Tables.retry, context) else { return nil }
        let attempts = reader.integer("attempts")
        let backoff = reader.word("backoff", RetryPolicy.Backoff.self)
        let (initial, max) = (reader.duration("initial"), reader.duration("max"))
        let jitter = reader.word("jitter", RetrySyntax.Jitter.self)
        let errors = reader.list("errors", of: "failures") { context.word($0, of: Tables.errors) }
        if let initial, let max, initial.value > max.value {
            context.report(
                .invalidValue, "`initial` is longer than `max`", at: initial.span,
                label: "the first wait",
                notes: [Diagnostic.Label(max.span, "the longest wait")])
        }
        return attempts.map {
            RetrySyntax(
                attempts: $0, backoff: backoff, initial: initial, max: max, jitter: jitter,
                errors: errors,
                span: node.span)
        }
    }

    private func approval(_ node: YAMLNode) -> ApprovalSyntax? {
        guard let reader = MappingReader(node, Tables.approval, context) else { return nil }
        return ApprovalSyntax(
            from: reader.texts("from", of: "people"), timeout: reader.duration("timeout"),
            onTimeout: reader.word("on_timeout", Approval.Silence.self), span: node.span)
    }
}
