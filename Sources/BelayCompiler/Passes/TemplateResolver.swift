import JSON

/// Turns template syntax into templates, checked against the type that is due.
struct TemplateResolver {
    let scope: NameScope

    /// A value for an input or setting of a declared type; `what` names it in messages.
    func template(
        _ value: TemplateValue, as type: ValueType, _ what: String, _ diagnostics: inout Diagnostics
    ) -> Template? {
        switch value {
        case .constant(let scalar): return constant(scalar, type, what, &diagnostics)
        case .template(let text): return template(text, as: type, what, &diagnostics)
        case .list(let items, let span):
            guard admits(.array([]), type, what, span, &diagnostics) else { return nil }
            let values = items.map { template($0, as: .any, what, &diagnostics) }
            return values.contains { $0 == nil } ? nil : .list(values.compactMap { $0 })
        case .map(let members, let span):
            guard admits(.object([:]), type, what, span, &diagnostics) else { return nil }
            var named: [NamedTemplate] = []
            for member in members {
                guard let value = template(member.value, as: .any, what, &diagnostics) else {
                    return nil
                }
                named.append(
                    NamedTemplate(name: member.name.value, value: value, span: member.name.span))
            }
            return .map(named)
        }
    }

    /// Text with `${{ }}`.
    func template(
        _ text: TemplateText, as type: ValueType, _ what: String, _ diagnostics: inout Diagnostics
    ) -> Template? {
        if !scope.allowsSecrets, let secret = text.secrets.first {
            diagnostics.append(
                Diagnostic(
                    .templateNotAllowed,
                    "a secret may not be used here", at: secret.span,
                    help: ["secrets can be passed in `with` and `bind` only"]))
            return nil
        }
        if let constant = text.constant {
            return constantText(constant, text, type, what, &diagnostics)
        }
        if let whole = text.whole {
            let wants: ValueShape? = [.any, .timestamp].contains(type) ? nil : ValueShape(type)
            return FormulaCompiler.formula(whole, scope, wants: wants, &diagnostics).map(
                Template.formula)
        }
        guard admits(.string(""), type, what, text.span, &diagnostics) else { return nil }
        let pieces = text.pieces.map { piece in part(piece, &diagnostics) }
        guard !pieces.contains(where: { $0 == nil }) else { return nil }
        let parts = pieces.compactMap { $0 }
        if parts.count == 1, case .secret = parts[0] { return parts[0] }
        return .text(parts)
    }

    private func part(_ piece: TemplateText.Piece, _ diagnostics: inout Diagnostics) -> Template? {
        switch piece {
        case .literal(let text): .constant(.string(text))
        case .expression(let expression):
            FormulaCompiler.formula(expression, scope, &diagnostics).map(Template.formula)
        case .secret(let name): .secret(name.value)
        }
    }

    private func constantText(
        _ constant: String, _ text: TemplateText, _ type: ValueType, _ what: String,
        _ diagnostics: inout Diagnostics
    ) -> Template? {
        self.constant(ScalarConstant(node: text.node), type, what, &diagnostics)
    }

    private func constant(
        _ scalar: ScalarConstant, _ type: ValueType, _ what: String,
        _ diagnostics: inout Diagnostics
    ) -> Template? {
        let value: JSONValue
        switch type {
        case .string, .duration, .size, .timestamp: value = .string(scalar.text)
        case .integer, .number, .boolean, .list, .map: value = scalar.core
        case .any:
            value = scalar.core
            ImplicitTypes.check(scalar.node) { diagnostics.append($0) }
        }
        guard admits(value, type, what, scalar.node.span, &diagnostics) else { return nil }
        return .constant(value)
    }

    private func admits(
        _ value: JSONValue, _ type: ValueType, _ what: String, _ span: SourceSpan,
        _ diagnostics: inout Diagnostics
    ) -> Bool {
        if value.isNull || type.admits(value) { return true }
        diagnostics.append(
            Diagnostic(
                .inputType,
                "\(what) takes \(type.article), found \(value.kindName)", at: span,
                label: "expected \(type.article)"))
        return false
    }
}
