import JSON

/// Reads incidents written out in tests; their fields are those of the language.
struct IncidentReader {
    let context: ReadingContext

    func read(_ node: YAMLNode) -> IncidentSyntax? {
        guard let reader = MappingReader(node, Tables.incidentFields, context) else { return nil }
        let extends = reader.text("extends")
        var fields: [TemplateMember] = []
        for field in IncidentField.all {
            guard let node = reader.node(field.name), check(node, field) else { continue }
            let name = Located(field.name, at: reader.place(field.name))
            let value =
                field.kind == .free
                ? context.freeValue(node) : context.templateValue(node, allowsNUL: true)
            fields.append(TemplateMember(name: name, value: value))
        }
        return IncidentSyntax(extends: extends, fields: fields, span: node.span)
    }

    /// A named incident, or one written out.
    func reference(_ node: YAMLNode, names: [String]) -> IncidentReference? {
        guard node.scalar != nil, !node.isNull else { return read(node).map { .inline($0) } }
        guard let name = context.template(node) else { return nil }
        if let constant = name.constant { checkName(Located(constant, at: node.span), names) }
        return .named(name)
    }

    func checkName(_ name: Located<String>, _ names: [String]) {
        guard !names.contains(where: { $0.utf8.elementsEqual(name.value.utf8) }) else { return }
        context.report(
            .unknownIncident, "there is no incident `\(name.value)`", at: name.span,
            help: names.isEmpty
                ? ["incidents are named under `incidents`"]
                : Suggestion.help(for: name.value, in: names))
    }

    /// Whether a field's value has the field's form; what holds `${{ }}` is judged when it is known.
    private func check(_ node: YAMLNode, _ field: IncidentField) -> Bool {
        switch field.kind {
        case .text: return isScalar(node, "text")
        case .word(let words):
            if isTemplate(node) { return true }
            return context.word(node, of: words) != nil
        case .time:
            if isTemplate(node) { return true }
            return context.timestamp(node) != nil
        case .texts:
            return context.entries(node, of: "text").map { all($0) { isScalar($0, "text") } }
                ?? false
        case .numbers:
            return context.entries(node, of: "numbers").map { all($0, isNumber) } ?? false
        case .free: return true
        case .links: return context.items(node, of: "links") != nil
        }
    }

    /// Whether all values pass; each is judged, so that all findings come at once.
    private func all(_ entries: [YAMLEntry], _ check: (YAMLNode) -> Bool) -> Bool {
        entries.map { check($0.value) }.allSatisfy { $0 }
    }

    private func isTemplate(_ node: YAMLNode) -> Bool {
        node.scalar?.text.firstOffset(of: "${{") != nil
    }

    private func isScalar(_ node: YAMLNode, _ what: String) -> Bool {
        guard node.scalar != nil, !node.isNull else {
            context.wrongKind(node, expected: what)
            return false
        }
        return true
    }

    private func isNumber(_ node: YAMLNode) -> Bool {
        guard !isTemplate(node) else { return true }
        guard let scalar = node.scalar, !node.isNull else {
            context.wrongKind(node, expected: "a number")
            return false
        }
        guard scalar.style == .plain, CoreSchema.value(of: scalar).doubleValue != nil else {
            context.report(.invalidValue, "`\(scalar.text)` is no number", at: node.span)
            return false
        }
        return true
    }
}
