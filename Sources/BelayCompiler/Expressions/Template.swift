package import JSON

/// A value that is computed when its time comes: a constant, `${{ }}`, or a tree of these.
package indirect enum Template: Sendable {
    case constant(JSONValue)
    /// One whole `${{ }}`: keeps the expression's type.
    case formula(Formula)
    /// Pieces joined as text.
    case text([Template])
    /// `${{ secrets.NAME }}`: sealed, never a CEL value.
    case secret(String)
    case list([Template])
    case map([NamedTemplate])

    /// The value in a scope, with secrets still sealed.
    package func render(in scope: Scope) -> Result<SealedValue, FormulaFailure> {
        do throws(FormulaFailure) { return .success(try value(in: scope)) } catch {
            return .failure(error)
        }
    }

    private func value(in scope: Scope) throws(FormulaFailure) -> SealedValue {
        switch self {
        case .constant(let value): return .plain(value)
        case .formula(let formula): return .plain(try formula.value(in: scope).get())
        case .secret(let name): return .secret(name)
        case .text(let pieces): return try joined(pieces, in: scope)
        case .list(let items):
            var values: [SealedValue] = []
            for item in items { values.append(try item.value(in: scope)) }
            return .list(values)
        case .map(let members):
            var object = SealedObject()
            for member in members { object[member.name] = try member.value.value(in: scope) }
            return .object(object)
        }
    }

    private func joined(_ pieces: [Template], in scope: Scope) throws(FormulaFailure) -> SealedValue
    {
        var values: [SealedValue] = []
        for piece in pieces { values.append(try piece.value(in: scope)) }
        let whole = SealedValue.text(values)
        return whole.plainValue.map(SealedValue.plain) ?? whole
    }

    /// The constant, if nothing in it must be computed.
    package var constantValue: JSONValue? {
        switch self {
        case .constant(let value): return value
        case .formula, .secret: return nil
        case .text(let pieces):
            let texts = pieces.compactMap { $0.constantValue?.stringValue }
            return texts.count == pieces.count ? .string(texts.joined()) : nil
        case .list(let items):
            let values = items.compactMap(\.constantValue)
            return values.count == items.count ? .array(values) : nil
        case .map(let members):
            let values = members.compactMap { member in
                member.value.constantValue.map { (member.name, $0) }
            }
            return values.count == members.count ? .object(JSONObject(values)) : nil
        }
    }

    /// As a runbook writes it.
    package var text: String {
        switch self {
        case .constant(let value): value.stringValue ?? value.text()
        case .formula(let formula): "${{ \(formula.text) }}"
        case .secret(let name): "${{ secrets.\(name) }}"
        case .text(let pieces): pieces.map(\.text).joined()
        case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
        case .map(let members):
            "{" + members.map { "\($0.name): \($0.value.text)" }.joined(separator: ", ") + "}"
        }
    }

    /// Every formula in it, in order.
    package var formulas: [Formula] {
        switch self {
        case .constant, .secret: []
        case .formula(let formula): [formula]
        case .text(let parts), .list(let parts): parts.flatMap(\.formulas)
        case .map(let members): members.flatMap(\.value.formulas)
        }
    }

    /// Names of the secrets in it.
    package var secrets: [String] {
        switch self {
        case .constant, .formula: []
        case .secret(let name): [name]
        case .text(let parts), .list(let parts): parts.flatMap(\.secrets)
        case .map(let members): members.flatMap(\.value.secrets)
        }
    }
}
