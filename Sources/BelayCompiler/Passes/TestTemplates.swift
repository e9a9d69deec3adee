package import JSON

/// What is wrong with a value of a test file, and where.
package struct TestProblem: Error, Sendable {
    package var message: String
    package var span: SourceSpan

    package init(_ message: String, at span: SourceSpan) {
        self.message = message
        self.span = span
    }
}

/// Computes the values of a test file, where `${{ row.NAME }}` may stand.
package struct TestTemplates: Sendable {
    package let row: JSONObject

    package init(row: JSONObject = [:]) { self.row = row }

    package func value(
        _ value: TemplateValue, as type: ValueType = .any, _ what: String
    ) throws(TestProblem) -> JSONValue {
        var diagnostics = Diagnostics()
        let template = resolver.template(value, as: type, what, &diagnostics)
        let json = try rendered(template, diagnostics, at: value.span)
        guard type == .string, json.stringValue == nil, !json.isNull else { return json }
        return .string(json.text())
    }

    package func text(_ text: TemplateText) throws(TestProblem) -> String {
        var diagnostics = Diagnostics()
        let template = resolver.template(text, as: .any, "it", &diagnostics)
        if let constant = text.constant { return constant }
        let json = try rendered(template, diagnostics, at: text.span)
        return json.stringValue ?? json.text()
    }

    private var resolver: TemplateResolver {
        TemplateResolver(scope: NameScope(["row": .map(.any)]))
    }

    private func rendered(
        _ template: Template?, _ diagnostics: Diagnostics, at span: SourceSpan
    ) throws(TestProblem) -> JSONValue {
        guard let template else {
            let first = diagnostics.sorted.first
            throw TestProblem(
                first?.message ?? "this value cannot be read", at: first?.primary?.span ?? span)
        }
        var scope = Scope(now: Timestamp(microseconds: 0))
        scope.set("row", .object(row))
        switch template.render(in: scope) {
        case .success(let value): return value.redacted
        case .failure(let problem): throw TestProblem(problem.message, at: problem.span ?? span)
        }
    }
}
