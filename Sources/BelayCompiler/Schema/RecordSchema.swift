import JSON

/// The JSON Schema of a journal record as it is exported.
enum RecordSchema {
    static var document: JSONValue {
        [
            "$schema": .string(SchemaBuilder.draft), "title": "Belay journal record",
            "type": "object",
            "properties": .object(
                JSONObject(members.map { ($0.name, described($0.schema, $0.summary)) })),
            "required": ["v", "id", "log", "at", "node", "boot", "kind", "actor"],
        ]
    }

    private static let text: JSONObject = ["type": "string"]
    private static let digest: JSONObject = ["type": "string", "pattern": "^[0-9a-f]{64}$"]
    private static let count: JSONObject = ["type": "integer", "minimum": 0]

    private static let members: [(name: String, schema: JSONObject, summary: String)] = [
        ("v", ["type": "integer", "minimum": 1], "the version of this form"),
        ("id", text, "unique, a UUID of version 7"),
        ("log", text, "the log that it belongs to"),
        ("at", ["type": "string", "format": "date-time"], "when, in UTC with microseconds"),
        ("node", text, "the machine that wrote it"),
        ("boot", text, "the start of the program that wrote it"),
        ("kind", ["type": "string", "pattern": "^[a-z]+\\.[a-z_]+$"], "what it says"),
        ("actor", text, "who caused it: `system`, or a kind and a name"),
        ("incident", text, "the incident"),
        ("run", text, "the run"),
        ("step", text, "the step's path in the run"),
        ("item", count, "the place in a `for_each` list, from 0"),
        ("attempt", ["type": "integer", "minimum": 1], "the attempt, from 1"),
        ("epoch", count, "the epoch of the run's lease"),
        ("runbook", runbook, "the runbook and the digest of the whole program"),
        ("rule", text, "the rule"),
        ("provider", text, "the provider"),
        ("target", text, "a keyed hash of what is acted on"),
        ("idem", text, "the hash of the idempotency key"),
        ("input", digest, "the commitment to the input"),
        ("output", digest, "the commitment to the output"),
        (
            "payloads", ["type": "object", "additionalProperties": .object(digest)],
            "other commitments"
        ),
        ("outcome", text, "how it ended, a code"),
        ("error", error, "a failure in codes"),
        ("reason", text, "why, a code"),
        ("caused_by", text, "the record, run or incident that led to it"),
        ("prev", digest, "the SHA-256 of the record before it in its chain"),
    ]

    private static let runbook: JSONObject = [
        "type": "object", "properties": ["name": .object(text), "sha256": .object(digest)],
        "required": ["name", "sha256"],
    ]

    private static let error: JSONObject = [
        "type": "object", "properties": ["class": .object(text), "code": .object(text)],
        "required": ["class"],
    ]

    private static func described(_ schema: JSONObject, _ summary: String) -> JSONValue {
        var schema = schema
        schema["description"] = .string(summary)
        return .object(schema)
    }
}
