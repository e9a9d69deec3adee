import JSON

/// The JSON Schema of an incident in our own form.
enum IncidentSchema {
    static var document: JSONValue {
        let fields = IncidentField.all.map { field -> (String, JSONValue) in
            var schema = schema(field.kind)
            schema["description"] = .string(field.summary)
            return (field.name, .object(schema))
        }
        return [
            "$schema": .string(SchemaBuilder.draft), "title": "Belay incident", "type": "object",
            "properties": .object(JSONObject(fields)), "required": ["type"],
            "additionalProperties": false,
        ]
    }

    private static func schema(_ kind: IncidentField.Kind) -> JSONObject {
        switch kind {
        case .text: ["type": "string"]
        case .word(let words): ["enum": .array(words.map { .string($0) })]
        case .time: ["type": "string", "format": "date-time"]
        case .texts: ["type": "object", "additionalProperties": ["type": "string"]]
        case .numbers: ["type": "object", "additionalProperties": ["type": "number"]]
        case .free: ["type": "object"]
        case .links: ["type": "array", "items": link]
        }
    }

    private static var link: JSONValue {
        [
            "type": "object",
            "properties": ["title": ["type": "string"], "url": ["type": "string"]],
            "required": ["url"], "additionalProperties": false,
        ]
    }
}
