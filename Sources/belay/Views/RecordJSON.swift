import BelayCompiler
import BelayEngine
import BelayStore
import JSON

extension StoredRecord {
    /// The record with its index and payloads.
    var json: JSONValue {
        [
            "index": .integer(index),
            "record": (try? JSONParser.parse(bytes)) ?? .null,
            "payloads": .object(JSONObject(payloads.map { ($0.name, $0.value ?? .null) })),
        ]
    }
}

extension PrunedRecords {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["records": .integer(count)]
        object["by"] = actor.map { .string("\($0)") }
        object["at"] = at.map { .string($0.rfc3339) }
        return .object(object)
    }
}

extension VerificationReport {
    var json: JSONValue {
        [
            "schema_version": "1.0", "verified": .bool(isSound), "records": .integer(records),
            "unsigned": .integer(unsigned), "forgotten": .integer(Int64(forgotten)),
            "missing": .integer(Int64(missing)),
            "pruned": pruned?.json ?? .null,
            "faults": .array(
                faults.map { fault in
                    var object: JSONObject = [
                        "kind": .string(fault.kind.rawValue), "detail": .string(fault.detail),
                    ]
                    object["index"] = fault.index.map(JSONValue.integer)
                    object["id"] = fault.id.map(JSONValue.string)
                    object["table"] = fault.table.map(JSONValue.string)
                    return .object(object)
                }),
        ]
    }
}
