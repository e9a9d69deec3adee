package import JSON

/// A value that is computed when its time comes: constants, text with `${{ }}`, and lists and maps of these.
package indirect enum TemplateValue: Sendable {
    case constant(ScalarConstant)
    case template(TemplateText)
    case list([TemplateValue], SourceSpan)
    case map([TemplateMember], SourceSpan)
}

/// A named value in a map, in the order of the file: an input under `with`, a setting under `bind`.
package struct TemplateMember: Sendable {
    package var name: Located<String>
    package var value: TemplateValue
}

/// A scalar without `${{ }}`, whose type the place where it is used decides.
package struct ScalarConstant: Sendable {
    package let node: YAMLNode

    /// As text, whatever it looks like: for an input that is text.
    package var text: String { node.scalar?.text ?? "" }

    /// As the YAML 1.2 core schema reads it: for an input without a type of its own.
    package var core: JSONValue {
        CoreSchema.value(of: node.scalar ?? YAMLScalar(text: "", style: .plain))
    }
}

extension TemplateValue {
    package var span: SourceSpan {
        switch self {
        case .constant(let constant): constant.node.span
        case .template(let template): template.span
        case .list(_, let span), .map(_, let span): span
        }
    }

    /// The value by the YAML 1.2 core schema if there is no `${{ }}` anywhere in it.
    package var constantValue: JSONValue? {
        switch self {
        case .constant(let constant): return constant.core
        case .template: return nil
        case .list(let items, _):
            var values: [JSONValue] = []
            for item in items {
                guard let value = item.constantValue else { return nil }
                values.append(value)
            }
            return .array(values)
        case .map(let members, _):
            var object: [(String, JSONValue)] = []
            for member in members {
                guard let value = member.value.constantValue else { return nil }
                object.append((member.name.value, value))
            }
            return .object(JSONObject(object))
        }
    }
}
