import JSON

extension JSONValue {
    /// A form in which whole doubles stay doubles: `71.0` becomes `{"double": 71}`, and a map that looks like that
    /// is wrapped. What a chain computes keeps its CEL type on the way through the journal.
    var exact: JSONValue {
        switch self {
        case .null, .bool, .integer, .bignum, .string: self
        case .number(let number):
            number.rounded() == number ? .object([Tag.double: self]) : self
        case .array(let items): .array(items.map(\.exact))
        case .object(let object):
            object.isTagged ? .object([Tag.map: object.exact]) : object.exact
        }
    }

    init(exact value: JSONValue) {
        switch value {
        case .null, .bool, .integer, .number, .bignum, .string: self = value
        case .array(let items): self = .array(items.map(JSONValue.init(exact:)))
        case .object(let object):
            if object.isTagged, let number = object[Tag.double]?.doubleValue {
                self = .number(number)
            } else if object.isTagged, case .object(let inner)? = object[Tag.map] {
                self = inner.decoded
            } else {
                self = object.decoded
            }
        }
    }

    /// The value as it will be read back, whole doubles included.
    var asStoredExactly: JSONValue { JSONValue(exact: exact.asStored) }
}

/// The names that mark a value of another kind.
private enum Tag {
    static let double = "double"
    static let map = "map"
}

extension JSONObject {
    fileprivate var isTagged: Bool {
        count == 1 && (self[Tag.double] != nil || self[Tag.map] != nil)
    }

    fileprivate var exact: JSONValue { .object(JSONObject(map { ($0.name, $0.value.exact) })) }

    fileprivate var decoded: JSONValue {
        .object(JSONObject(map { ($0.name, JSONValue(exact: $0.value)) }))
    }
}
