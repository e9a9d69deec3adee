package import CEL
import Cryptography
package import JSON

extension CELValue {
    /// A JSON value as CEL sees it: whole numbers are `int`, others `double`.
    package init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .int(value)
        case .number(let value): self = .double(value)
        case .bignum(let text):
            self = UInt64(text).map(CELValue.uint) ?? .double(Double(text) ?? .nan)
        case .string(let text): self = .string(text)
        case .array(let items): self = .list(items.map(CELValue.init))
        case .object(let object):
            self = .map(CELMap(object.map { ($0.name, CELValue($0.value)) }))
        }
    }

    /// The value as JSON: timestamps and durations as text, bytes in base64; nil where there is none.
    var json: JSONValue? {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .integer(value)
        case .uint(let value):
            Int64(exactly: value).map(JSONValue.integer) ?? .bignum(String(value))
        case .double(let value): value.isFinite ? .number(value) : nil
        case .string(let text): .string(text)
        case .bytes(let bytes): .string(Base64.encode(bytes))
        case .timestamp(let time): .string(time.description)
        case .duration(let length): .string(length.description)
        case .list(let items): Self.list(items)
        case .map(let map): Self.object(zip(map.keys, map.values).map { ($0, $1) })
        case .object(let object):
            Self.object(
                object.memberNames.compactMap { name in
                    object.member(CELName(name)).map { (.string(name), $0) }
                })
        case .optional(let optional): optional.value.map(\.json) ?? .null
        case .type(let type): .string(type.name)
        case .opaque(let opaque): .string(opaque.text)
        case .unknown: nil
        }
    }

    private static func list(_ items: [CELValue]) -> JSONValue? {
        let values = items.compactMap(\.json)
        return values.count == items.count ? .array(values) : nil
    }

    private static func object(_ members: [(CELValue, CELValue)]) -> JSONValue? {
        var object = JSONObject()
        for (key, value) in members {
            guard let key = key.json, let value = value.json else { return nil }
            object[key.stringValue ?? key.text()] = value
        }
        return .object(object)
    }
}
