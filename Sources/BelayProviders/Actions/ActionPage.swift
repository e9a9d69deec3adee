import BelayCompiler
import JSON

/// The page of a provider or a capability in docs/actions, made from its contract: documentation that cannot
/// say other than the code.
package struct ActionPage: Sendable {
    package let name: String
    /// Markdown.
    package let text: String

    /// Pages of all capabilities and providers.
    package static let all: [ActionPage] =
        Capabilities.all.map(ActionPage.init) + BuiltinActions.contracts.map(ActionPage.init)

    private init(_ capability: ActionContract) {
        name = capability.name
        let servants = BuiltinActions.contracts.flatMap(\.operations)
            .filter { $0.serves.contains(capability.name) || $0.serves.contains("*") }
            .map { "`\($0.action.name)`" }
        text =
            ActionPage.section("# \(capability.name)", capability)
            + "Carried out by \(servants.joined(separator: ", ")).\n"
    }

    private init(_ provider: ProviderContract) {
        name = provider.name
        var text = "# \(provider.name)\n\n\(provider.description)\n\n"
        if !provider.settings.isEmpty {
            text += "Settings of a binding:\n\n" + ActionPage.table(provider.settings)
        }
        for operation in provider.operations {
            text += ActionPage.section("## \(operation.action.name)", operation.action)
            text += ActionPage.footer(operation)
        }
        self.text = text
    }

    private static func section(_ heading: String, _ action: ActionContract) -> String {
        var facts = "Effect `\(action.effect.rawValue)`, recovery `\(action.recovery.rawValue)`"
        if let timeout = action.timeout { facts += ", time-out \(timeout.text)" }
        if let undo = action.undo { facts += ", undone by `\(undo)`" }
        var text = "\(heading)\n\n\(action.description)\n\n\(facts).\n\n"
        if !action.inputs.isEmpty { text += "Inputs:\n\n" + table(action.inputs) }
        if !action.outputs.isEmpty { text += "Outputs:\n\n" + table(action.outputs) }
        return text
    }

    private static func footer(_ operation: OperationContract) -> String {
        var text = ""
        let served = operation.serves.map { $0 == "*" ? "every action" : "`\($0)`" }
        if !served.isEmpty { text += "May be bound to \(served.joined(separator: ", ")).\n\n" }
        if !operation.permissions.isEmpty {
            let names = operation.permissions.map { "`\($0)`" }.joined(separator: ", ")
            text += "IAM actions: \(names).\n\n"
        }
        return text
    }

    private static func table(_ inputs: [InputContract]) -> String {
        var text = "| name | type | | |\n|---|---|---|---|\n"
        for input in inputs {
            var notes: [String] = []
            if input.required, input.standard == nil { notes.append("required") }
            if !input.allowed.isEmpty {
                notes.append("one of " + input.allowed.map(shown).joined(separator: ", "))
            }
            if let standard = input.standard { notes.append("default \(shown(standard))") }
            text +=
                "| `\(input.name)` | \(input.type.rawValue) | \(notes.joined(separator: "; ")) | "
            text += "\(cell(input.description)) |\n"
        }
        return text + "\n"
    }

    private static func table(_ outputs: [OutputContract]) -> String {
        let rows = outputs.map {
            "| `\($0.name)` | \($0.type.rawValue) | \(cell($0.description)) |\n"
        }
        return "| name | type | |\n|---|---|---|\n" + rows.joined() + "\n"
    }

    private static func shown(_ value: JSONValue) -> String {
        "`\(value.stringValue ?? value.text())`"
    }

    private static func cell(_ text: String) -> String { text.replacingAll("|", with: "\\|") }
}
