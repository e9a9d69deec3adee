/// A static type.
public indirect enum CELType: Hashable, Sendable {
    /// Anything; decided when the expression is evaluated.
    case dyn
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case timestamp
    case duration
    case list(CELType)
    case map(CELType, CELType)
    case optional(CELType)
    /// The type of a type; nil inside if it may be any.
    case type(CELType?)
    /// A record of the caller with named fields.
    case object(CELObjectType)
    /// A type of an extension, with its type arguments.
    case opaque(String, [CELType])
    /// A type parameter of a function's declaration, such as `T`.
    case parameter(String)
}

/// A record type: which fields there are and of which type.
public final class CELObjectType: Sendable, Hashable {
    /// The type's name in messages.
    public let name: String
    /// The fields in their order.
    public let fields: [(name: String, type: CELType)]
    private let types: [CELName: CELType]

    /// A record type with these fields.
    public init(_ name: String, fields: [(name: String, type: CELType)]) {
        self.name = name
        self.fields = fields
        types = Dictionary(fields.map { (CELName($0.name), $0.type) }) { first, _ in first }
    }

    /// The type of a field, nil if there is none of that name.
    public func type(of field: String) -> CELType? { types[CELName(field)] }

    /// Whether both have the same name and fields.
    public static func == (left: CELObjectType, right: CELObjectType) -> Bool {
        left === right || left.name == right.name && left.types == right.types
    }

    /// Feeds the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension CELType: CustomStringConvertible {
    /// The type as CEL writes it.
    public var description: String {
        switch self {
        case .dyn: "dyn"
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .optional(let value): "optional_type(\(value))"
        case .type(let type): type.map { "type(\($0))" } ?? "type"
        case .object(let object): object.name
        case .opaque(let name, let arguments):
            arguments.isEmpty
                ? name : name + "(" + arguments.map(\.description).joined(separator: ", ") + ")"
        case .parameter(let name): name
        }
    }
}

extension CELType {
    /// Whether it is int, uint or double.
    public var isNumeric: Bool { self == .int || self == .uint || self == .double }

    /// Whether null may stand for a value of the type.
    var isNullable: Bool {
        switch self {
        case .timestamp, .duration, .optional, .opaque, .object: true
        default: false
        }
    }

    /// Whether a value at run time has this type, as far as its outermost constructor says.
    func admits(_ value: CELValue) -> Bool {
        switch (self, value) {
        case (.dyn, _), (.parameter, _), (.null, .null), (.bool, .bool), (.int, .int),
            (.uint, .uint), (.double, .double), (.string, .string), (.bytes, .bytes),
            (.timestamp, .timestamp), (.duration, .duration), (.list, .list), (.map, .map),
            (.map, .object), (.object, .object), (.object, .map), (.optional, .optional),
            (.type, .type):
            true
        case (.opaque(let name, _), .opaque(let value)): value.typeName.name == name
        default: false
        }
    }
}
