import BelayCompiler
import JSON

/// Contracts for people and for programs.
struct CatalogueView {
    let catalogue: ActionCatalogue

    init(_ catalogue: ActionCatalogue) { self.catalogue = catalogue }

    var list: String {
        let contracts = catalogue.actionNames.compactMap(catalogue.action)
        let width = contracts.map(\.name.count).max() ?? 0
        let lines = contracts.map { contract in
            "\(contract.name.padded(width))  \(contract.effect.rawValue.padded(7))  \(contract.description)"
        }
        let providers = catalogue.providers.keys.sorted().joined(separator: ", ")
        return lines.joined(separator: "\n") + "\n\nproviders: \(providers)"
    }

    func page(_ contract: ActionContract) -> String {
        var lines = ["\(contract.name)", contract.description, ""]
        lines.append("effect    \(contract.effect.rawValue)")
        lines.append("recovery  \(contract.recovery.rawValue)")
        if let timeout = contract.timeout { lines.append("timeout   \(timeout.text)") }
        if let undo = contract.undo { lines.append("undo      \(undo)") }
        lines.append("")
        lines.append("inputs" + (contract.inputs.isEmpty ? "    none" : ""))
        lines += contract.inputs.map(line)
        if !contract.outputs.isEmpty { lines.append("outputs") }
        lines += contract.outputs.map { "  \($0.name)  \($0.type.rawValue)  \($0.description)" }
        let providers = catalogue.providers.values.filter {
            $0.operation(for: contract.name) != nil
        }
        lines.append("")
        lines.append("carried out by  " + providers.map(\.name).sorted().joined(separator: ", "))
        return lines.joined(separator: "\n")
    }

    func page(_ provider: ProviderContract) -> String {
        var lines = [provider.name, provider.description, ""]
        if !provider.settings.isEmpty { lines.append("settings of a binding") }
        lines += provider.settings.map(line)
        lines.append("operations")
        for operation in provider.operations {
            lines.append(
                "  \(operation.action.name)  \(operation.action.effect.rawValue), \(operation.action.recovery.rawValue)  \(operation.action.description)"
            )
            if !operation.serves.isEmpty {
                lines.append("    serves \(operation.serves.joined(separator: ", "))")
            }
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ input: InputContract) -> String {
        var text = "  \(input.name)  \(input.type.rawValue)"
        if input.required, input.standard == nil { text += "  required" }
        if let standard = input.standard {
            text += "  default \(standard.stringValue ?? standard.text())"
        }
        if !input.allowed.isEmpty {
            text +=
                "  one of "
                + input.allowed.map { $0.stringValue ?? $0.text() }.joined(separator: ", ")
        }
        return input.description.isEmpty ? text : text + "  \(input.description)"
    }

    var json: JSONValue {
        [
            "schema_version": "1.0",
            "actions": .array(catalogue.actionNames.compactMap(catalogue.action).map(json)),
        ]
    }

    func json(_ contract: ActionContract) -> JSONValue {
        var object: JSONObject = [
            "name": .string(contract.name), "description": .string(contract.description),
            "effect": .string(contract.effect.rawValue),
            "recovery": .string(contract.recovery.rawValue),
        ]
        object["timeout"] = contract.timeout.map { .string($0.text) }
        object["undo"] = contract.undo.map(JSONValue.string)
        object["inputs"] = .array(
            contract.inputs.map { input in
                var value: JSONObject = [
                    "name": .string(input.name), "type": .string(input.type.rawValue),
                    "required": .bool(input.required), "description": .string(input.description),
                ]
                value["default"] = input.standard
                if !input.allowed.isEmpty { value["enum"] = .array(input.allowed) }
                value["pattern"] = input.pattern.map(JSONValue.string)
                return .object(value)
            })
        object["outputs"] = .array(
            contract.outputs.map {
                [
                    "name": .string($0.name), "type": .string($0.type.rawValue),
                    "description": .string($0.description),
                ]
            })
        return .object(object)
    }
}

extension String {
    /// The text with blanks up to a width.
    func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - unicodeScalars.count))
    }
}
