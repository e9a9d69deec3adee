import ArgumentParser
import BelayCompiler
import JSON

/// `belay schema`: JSON Schemas for editors.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of a kind of file.",
        discussion: """
            Kinds: actions, environment, guardrails, incident, record, runbook, runbook-test.

            Example:
              belay schema runbook > schemas/runbook.json
            """)

    @Argument(help: "The kind of file.")
    var kind: String

    func run() throws {
        guard let schema = Schemas.schema(kind) else {
            throw CommandProblem(
                .usage, "unknown kind \(kind)",
                help: "kinds are \(Schemas.names.joined(separator: ", "))")
        }
        Output.standard(schema.pretty())
    }
}
