import JSON

/// Makes a JSON Schema from the tables that the readers follow.
struct SchemaBuilder {
    static let draft = "http://json-schema.org/draft-07/schema#"

    private var definitions: [(name: String, schema: JSONValue)] = []
    private var begun: Set<String> = []

    /// The schema of files whose root is a table.
    static func document(_ table: KeyTable, _ title: String) -> JSONValue {
        var builder = SchemaBuilder()
        let root = builder.object(table)
        let definitions = builder.definitions.sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
        var document: JSONObject = ["$schema": .string(draft), "title": .string(title)]
        for (name, value) in root.objectValue ?? [:] where name != "title" {
            document[name] = value
        }
        document["definitions"] = .object(JSONObject(definitions.map { ($0.name, $0.schema) }))
        return .object(document)
    }

    private mutating func object(_ table: KeyTable) -> JSONValue {
        var properties: [(String, JSONValue)] = []
        for key in table.keys {
            properties.append((key.name, described(schema(key.shape), key.summary)))
            for former in key.former {
                properties.append(
                    (former, described(schema(key.shape), "former name of `\(key.name)`")))
            }
        }
        var object: JSONObject = ["type": "object", "title": .string(table.title)]
        object["properties"] = .object(JSONObject(properties))
        object["additionalProperties"] = table.rest.map { schema($0) } ?? false
        let required = table.keys.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { object["required"] = .array(required) }
        if !table.alternatives.isEmpty {
            object["anyOf"] = .array(
                table.alternatives.map { ["required": .array($0.map { .string($0) })] })
        }
        return .object(object)
    }

    /// A reference beside which nothing else may stand is wrapped, so that it can be described.
    private func described(_ schema: JSONValue, _ summary: String) -> JSONValue {
        guard case .object(var object) = schema else { return schema }
        if object["$ref"] != nil { object = ["allOf": .array([schema])] }
        object["description"] = .string(summary)
        return .object(object)
    }

    private mutating func reference(_ table: KeyTable) -> JSONValue {
        if begun.insert(table.name).inserted {
            let schema = object(table)
            definitions.append((table.name, schema))
        }
        return ["$ref": .string("#/definitions/\(table.name)")]
    }

    private mutating func schema(_ shape: Shape) -> JSONValue {
        switch shape {
        case .text, .template: ["type": ["string", "number", "boolean"]]
        case .named(let form): ["type": ["string", "integer"], "pattern": .string(form.pattern)]
        case .duration:
            [
                "type": "string",
                "pattern": "^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$",
            ]
        case .percentage: ["type": "string", "pattern": "^[0-9.]+%$"]
        case .integer(let range):
            [
                "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        case .boolean: ["type": "boolean"]
        case .timestamp: ["type": "string"]
        case .word(let words): ["enum": .array(words.map { .string($0) })]
        case .expression: ["type": ["string", "boolean"]]
        case .pattern: Self.pattern
        case .value: [:]
        case .nothing: ["type": "null"]
        case .list(let item, let least): list(schema(item), least)
        case .map(let value): ["type": "object", "additionalProperties": schema(value)]
        case .object(let table): reference(table())
        case .either(let shapes): ["anyOf": .array(shapes.map { schema($0) })]
        }
    }

    private func list(_ item: JSONValue, _ least: Int) -> JSONValue {
        var list: JSONObject = ["type": "array", "items": item]
        if least > 0 { list["minItems"] = .integer(Int64(least)) }
        return .object(list)
    }

    /// `match`: the fields of an incident, and `$or`.
    private static var pattern: JSONValue {
        let fields = IncidentField.all.map { field in
            (field.name, ["description": .string(field.summary)] as JSONValue)
        }
        let or: JSONValue = ["type": "array", "items": ["type": "object"], "minItems": 2]
        return [
            "type": "object", "properties": .object(JSONObject(fields + [("$or", or)])),
            "additionalProperties": false,
        ]
    }
}
