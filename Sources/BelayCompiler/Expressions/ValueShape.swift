import CEL

/// The type of a value that an expression may name, as far as it is known when files are read.
package indirect enum ValueShape: Sendable, Hashable {
    case text
    case integer
    case number
    case boolean
    case timestamp
    case duration
    case list(ValueShape)
    /// Text to values of one shape.
    case map(ValueShape)
    /// Exactly these members; any other is an error when the file is read.
    case record(RecordShape)
    /// Anything: judged when it is evaluated.
    case any
}

/// A record's name and members, with the checker's type for it: made once, because many scopes name it.
package final class RecordShape: Sendable, Hashable {
    package let name: String
    package let members: [String: ValueShape]
    let cel: CELType

    init(_ name: String, _ members: [String: ValueShape]) {
        self.name = name
        self.members = members
        cel = .object(
            CELObjectType(
                name, fields: members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.cel) }))
    }

    package static func == (left: RecordShape, right: RecordShape) -> Bool {
        left === right || left.name == right.name && left.members == right.members
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension ValueShape {
    /// Exactly these members; any other is an error when the file is read.
    package static func record(_ name: String, _ members: [String: ValueShape]) -> ValueShape {
        .record(RecordShape(name, members))
    }

    /// The type by which the checker knows it.
    var cel: CELType {
        switch self {
        case .text: .string
        case .integer: .int
        case .number: .double
        case .boolean: .bool
        case .timestamp: .timestamp
        case .duration: .duration
        case .list(let item): .list(item.cel)
        case .map(let value): .map(.string, value.cel)
        case .record(let shape): shape.cel
        case .any: .dyn
        }
    }
}

extension ValueShape {
    /// The shape of a value with a declared type.
    package init(_ type: ValueType) {
        switch type {
        case .string, .duration, .size, .timestamp: self = .text
        case .integer: self = .integer
        case .number: self = .number
        case .boolean: self = .boolean
        case .list: self = .list(.any)
        case .map: self = .map(.any)
        case .any: self = .any
        }
    }

    /// `incident`, field by field.
    package static let incident: ValueShape = .record(
        "incident",
        Dictionary(
            uniqueKeysWithValues: IncidentShape.fields.map { ($0.name, ValueShape($0.type)) }))

    private init(_ field: IncidentShape.FieldType) {
        switch field {
        case .text, .word: self = .text
        case .timestamp: self = .timestamp
        case .textMap: self = .map(.text)
        case .numberMap: self = .map(.number)
        case .anyMap: self = .map(.any)
        case .links: self = .list(.record("link", ["title": .text, "url": .text]))
        }
    }

    /// `steps.ID` with the outputs that the step's action declares.
    package static func step(outputs: ValueShape) -> ValueShape {
        let item: [String: ValueShape] = [
            "outcome": .text, "ok": .boolean, "attempts": .integer, "output": outputs,
            "reason": .text, "error": error,
        ]
        return .record(
            "step", item.merging(["items": .list(.record("item", item))]) { _, items in items })
    }

    private static let error = ValueShape.record("error", ["class": .text, "message": .text])

    /// What an action answers with.
    package static func outputs(of contract: ActionContract) -> ValueShape {
        guard !contract.outputs.isEmpty else { return .any }
        return .record(
            "output of \(contract.name)",
            Dictionary(
                contract.outputs.map { ($0.name, ValueShape($0.type)) },
                uniquingKeysWith: { first, _ in first }))
    }

    package static let run: ValueShape = .record(
        "run",
        [
            "id": .text, "rule": .text, "runbook": .text, "mode": .text, "target": .text,
            "owner": .text,
            "started_at": .text,
        ])

    package static let failure: ValueShape = .record(
        "failure", ["step": .text, "outcome": .text, "class": .text, "message": .text])
}
