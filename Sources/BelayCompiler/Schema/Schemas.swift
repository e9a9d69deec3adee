package import JSON

/// The JSON Schemas of all that users write and read, for editors and other tools; draft 7, which editors know best.
package enum Schemas {
    /// The words for `belay schema`, sorted.
    package static let names = [
        "actions", "environment", "guardrails", "incident", "record", "runbook", "runbook-test",
    ]

    /// The schema with a name; nil if there is none such.
    package static func schema(_ name: String) -> JSONValue? {
        switch name {
        case "actions": SchemaBuilder.document(Tables.actions, "Belay actions")
        case "environment": SchemaBuilder.document(Tables.environment, "Belay environment")
        case "guardrails": SchemaBuilder.document(Tables.guardrails, "Belay guardrails")
        case "incident": IncidentSchema.document
        case "record": RecordSchema.document
        case "runbook": SchemaBuilder.document(Tables.runbook, "Belay runbook")
        case "runbook-test": SchemaBuilder.document(Tables.runbookTest, "Belay test of runbooks")
        default: nil
        }
    }
}
